import { ROUTES } from '../../lib/routes.ts'

export type GatewayRoute = {
  routeKey: string
  pathParameters: Record<string, string>
  /** The function that handles it. */
  to: keyof typeof ROUTES
}

const TEMPLATES = (['receiver', 'exporter'] as const).flatMap((to) =>
  ROUTES[to].map((template) => ({ template, to })),
)

/**
 * Matches a path with the routes. The functions themselves check which kinds and connections exist.
 * @returns undefined for any other path, which API Gateway answers itself.
 */
export function matchRoute(path: string): GatewayRoute | undefined {
  const segments = path.split('/').slice(1).map(decode)
  if (segments.includes('')) return undefined
  for (const { template, to } of TEMPLATES) {
    const pathParameters = match(template.split('/').slice(1), segments)
    if (pathParameters) return { routeKey: `ANY ${template}`, pathParameters, to }
  }
  return undefined
}

function match(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name !== undefined) parameters[name] = segment
    else if (part !== segment) return undefined
  }
  return parameters
}

/** Decodes a segment. Invalid percent-encoding becomes an empty segment, which no route accepts. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
