import { DEFAULT_CONNECTION } from '../shared/connection.ts'
import { NO_SUCH_PATH, type Problem } from './problem.ts'

/** `activations`: profile rows. `events`: event rows. `records`: each row shows by its columns which it is. */
export type Endpoint = 'activations' | 'events' | 'records'
export type Route = { endpoint: Endpoint; connection: string }

/** `/v1/{endpoint}` or `/v1/{connection}/{endpoint}`; a slash at the end, which is easily typed, is no other path. */
const PATH = /^\/v1\/(?:([A-Za-z0-9-]+)\/)?(activations|events|records)\/?$/

export function routeOf(path: string): Route | Problem {
  const [, connection = DEFAULT_CONNECTION, name] = PATH.exec(path) ?? []
  const endpoint = endpointOf(name)
  return endpoint ? { endpoint, connection } : NO_SUCH_PATH
}

function endpointOf(name: string | undefined): Endpoint | undefined {
  return name === 'activations' || name === 'events' || name === 'records' ? name : undefined
}
