import { DEFAULT_CONNECTION } from '../shared/connection.ts'
import { NO_SUCH_PATH, type Problem } from './problems.ts'

/** `activations`: profile rows. `events`: event rows. `records`: each row shows by its columns which it is. */
export type Endpoint = 'activations' | 'events' | 'records'

/** Braze's own path, for senders that speak to Braze. */
export const TRACK = 'users/track'
export type Route = { endpoint: Endpoint | typeof TRACK; connection: string }

/** Under a connection's name, or as in Braze itself. */
const TRACK_PATH = /^(?:\/v1\/([A-Za-z0-9-]+))?\/users\/track$/

/** `/v1/{endpoint}` or `/v1/{connection}/{endpoint}`; a slash at the end, which is easily typed, is no other path. */
const PATH = /^\/v1\/(?:([A-Za-z0-9-]+)\/)?(activations|events|records)\/?$/

/** Whether the sender speaks to Braze, and wants to be answered as Braze answers. */
export const isTrack = (path: string) => TRACK_PATH.test(path)

export function routeOf(path: string): Route | Problem {
  const track = TRACK_PATH.exec(path)
  if (track) return { endpoint: TRACK, connection: track[1] ?? DEFAULT_CONNECTION }
  const [, connection = DEFAULT_CONNECTION, name] = PATH.exec(path) ?? []
  const endpoint = endpointOf(name)
  return endpoint ? { endpoint, connection } : NO_SUCH_PATH
}

function endpointOf(name: string | undefined): Endpoint | undefined {
  return name === 'activations' || name === 'events' || name === 'records' ? name : undefined
}
