export type Route = { routeKey: string; pathParameters: Record<string, string> }

/**
 * The routes of the stack's HTTP API; the receiver itself knows which kinds and connections there are.
 * @returns undefined for any other path, which API Gateway answers by itself.
 */
export function routeOf(path: string): Route | undefined {
  const [, version, ...segments] = path.split('/').map(decode)
  if (version !== 'v1' || segments.some((segment) => segment === '')) return undefined
  const [first, second] = segments
  if (first === undefined || segments.length > 2) return undefined
  return second === undefined
    ? { routeKey: 'ANY /v1/{kind}', pathParameters: { kind: first } }
    : { routeKey: 'ANY /v1/{connection}/{kind}', pathParameters: { connection: first, kind: second } }
}

/** An empty segment, which no route takes, for one that is not percent-encoded right. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
