import { type Connections, DEFAULT_CONNECTION } from '../functions/shared/connection.ts'

/** A path of the HTTP API, and the function that handles every method of it. */
export type Route = { path: string; to: 'receiver' | 'exporter' }

/** The paths for rows of each kind, and Braze's own path for senders that use Braze's API. */
const rowRoutes = (connection: string): Route[] => [
  { path: connection === DEFAULT_CONNECTION ? '/v1/{kind}' : `/v1/${connection}/{kind}`, to: 'receiver' },
  { path: `${trackPrefix(connection)}/users/track`, to: 'receiver' },
]

/** The default connection has Braze's paths as Braze has them. */
const trackPrefix = (connection: string) => (connection === DEFAULT_CONNECTION ? '' : `/v1/${connection}`)

/** These answer those who mistype a connection's name. */
const UNKNOWN_CONNECTION = rowRoutes('{connection}')

/**
 * The routes that every stack has, which are those that outsiders can guess. Only these have limits of their own:
 * when a route is removed, API Gateway keeps its limit, and from then on rejects each change of the stage because of
 * it ("Unable to find Route by key").
 */
export const PERMANENT_ROUTES = [...rowRoutes(DEFAULT_CONNECTION), ...UNKNOWN_CONNECTION]

/**
 * The routes of a stack. Each connection has routes of its own, because API Gateway limits the requests of
 * each route separately: a flood on the paths of one connection does not use up the requests of another. The
 * routes with `{connection}` answer senders who mistype a connection's name. Only a connection that may read
 * profiles has a route to the exporter.
 */
export const routesOf = (connections: Connections): Route[] => [
  ...Object.entries(connections).flatMap(([name, connection]) => [
    ...rowRoutes(name),
    ...(connection.exports
      ? [{ path: `${trackPrefix(name)}/users/export/ids`, to: 'exporter' as const }]
      : []),
  ]),
  ...UNKNOWN_CONNECTION,
]
