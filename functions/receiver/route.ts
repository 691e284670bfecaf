import { NO_SUCH_CONNECTION, NO_SUCH_PATH, type Problem } from './problem.ts'

/** `activations`: profile rows. `events`: event rows. `records`: each row shows by its columns which it is. */
export type Endpoint = 'activations' | 'events' | 'records'
export type Route = { endpoint: Endpoint; connection: string }

/** The connection that every stack has, and that the short paths mean. */
const DEFAULT_CONNECTION = 'default'

/** `/v1/{endpoint}` or `/v1/{connection}/{endpoint}`; a slash at the end, which is easily typed, is no other path. */
const PATH = /^\/v1\/(?:([A-Za-z0-9-]+)\/)?(activations|events|records)\/?$/

export function routeOf(path: string): Route | Problem {
  const [, connection = DEFAULT_CONNECTION, name] = PATH.exec(path) ?? []
  const endpoint = endpointOf(name)
  if (!endpoint) return NO_SUCH_PATH
  if (connection !== DEFAULT_CONNECTION) return NO_SUCH_CONNECTION
  return { endpoint, connection }
}

function endpointOf(name: string | undefined): Endpoint | undefined {
  return name === 'activations' || name === 'events' || name === 'records' ? name : undefined
}
