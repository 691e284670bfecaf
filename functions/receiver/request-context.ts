import { resolveConnection, type Sender } from '../shared/authenticate.ts'
import { type Connections, DEFAULT_CONNECTION, ENDPOINTS } from '../shared/connection.ts'
import type { BridgeRequest } from '../shared/http-request.ts'
import { builtInColumn, type RowReader, rowReader } from './columns.ts'
import { endpointNotSigned, isProblem, NO_SUCH_PATH, type Problem, parameterNotSigned } from './problems.ts'

export type Endpoint = (typeof ENDPOINTS)[number]

/** Braze's own path, for senders that use Braze's API. */
export const TRACK = 'users/track'
export type Route = { endpoint: Endpoint | typeof TRACK; connection: string }

/** What is known about a request before its body is read. It is resolved once and passed along. */
export type RequestContext = {
  request: BridgeRequest
  /** A problem if there is nothing at this path. */
  route: Route | Problem
  /** The connection whose credentials the request must carry and whose settings apply to its rows. */
  sender: Sender
  /** Reads columns by the sender's settings. It caches the meaning of each header in the request. */
  reader: RowReader
  /** Milliseconds since 1970. */
  receivedAt: number
}

export function requestContext(
  request: BridgeRequest,
  connections: Connections,
  receivedAt: number,
): RequestContext {
  const route = routeOf(request.path)
  const sender = resolveConnection(isProblem(route) ? DEFAULT_CONNECTION : route.connection, connections)
  const reader = rowReader(sender.connection, Object.values(connections))
  return { request, route, sender, reader, receivedAt }
}

/** Whether the sender uses Braze's API and therefore expects an answer in Braze's format. */
export const isTrack = ({ route }: Pick<RequestContext, 'route'>) =>
  !isProblem(route) && route.endpoint === TRACK

/** Matches `/users/track`, as in Braze, and `/v1/{connection}/users/track`. */
const TRACK_PATH = /^(?:\/v1\/([A-Za-z0-9-]+))?\/users\/track$/

/** Matches `/v1/{endpoint}` and `/v1/{connection}/{endpoint}`. */
const PATH = /^\/v1\/(?:([A-Za-z0-9-]+)\/)?(activations|events|records)$/

export function routeOf(path: string): Route | Problem {
  const track = TRACK_PATH.exec(path)
  if (track) return { endpoint: TRACK, connection: track[1] ?? DEFAULT_CONNECTION }
  const [, connection = DEFAULT_CONNECTION, name] = PATH.exec(path) ?? []
  const endpoint = endpointOf(name)
  return endpoint ? { endpoint, connection } : NO_SUCH_PATH
}

const endpointOf = (name: string | undefined) => ENDPOINTS.find((endpoint) => endpoint === name)

/**
 * The problem of a signed request whose URL would decide what is written. A signature covers neither the path nor the
 * parameters, so whoever recorded the request could change both.
 */
export function unsignedPart(
  { query }: Pick<BridgeRequest, 'query'>,
  { name, connection }: Sender,
  endpoint: Route['endpoint'],
): Problem | undefined {
  const { signedEndpoint = '' } = connection
  if (endpoint !== signedEndpoint)
    return endpointNotSigned(`/v1/${name === DEFAULT_CONNECTION ? '' : `${name}/`}${signedEndpoint}`)
  const parameter = Object.keys(query).find((header) => builtInColumn(header).kind !== 'other')
  return parameter === undefined ? undefined : parameterNotSigned(parameter)
}
