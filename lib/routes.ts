/** The paths of the HTTP API, by the function that handles them. Every method of them is routed. */
export const ROUTES = {
  /** The paths for rows of each kind, and Braze's own path for senders that speak to Braze. */
  receiver: ['/v1/{kind}', '/v1/{connection}/{kind}', '/users/track', '/v1/{connection}/users/track'],
  exporter: ['/users/export/ids', '/v1/{connection}/users/export/ids'],
} as const
