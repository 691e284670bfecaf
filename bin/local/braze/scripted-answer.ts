import { unauthorized } from './check-access.ts'
import { jsonResponse, type SimulatorRequest, type SimulatorResponse } from './outcome.ts'
import type { ParsedStep } from './script.ts'

/**
 * The answer that a step states.
 * @param own what the request got by the rules, where it was carried out.
 */
export function scriptedAnswer(
  { status, headers, body }: Extract<ParsedStep, { do: 'answer' }>,
  request: SimulatorRequest,
  own: SimulatorResponse | undefined,
): SimulatorResponse {
  const scriptedHeaders = lowerCased(headers)
  if (typeof body === 'string') return { status, headers: scriptedHeaders, body }
  if (body !== undefined) return jsonResponse(status, body, scriptedHeaders)
  const typical = typicalAnswer(status, request, own)
  return { ...typical, headers: { ...typical.headers, ...scriptedHeaders } }
}

/** What Braze sends with a status where nothing else is said. */
function typicalAnswer(
  status: number,
  request: SimulatorRequest,
  own: SimulatorResponse | undefined,
): SimulatorResponse {
  if (own?.status === status) return own
  switch (status) {
    case 202:
      return jsonResponse(202, { message: 'queued' })
    case 401:
      return unauthorized(request)
    case 403:
      return jsonResponse(403, { message: 'Forbidden' })
    case 404:
      return jsonResponse(404, { message: 'Not found' })
    case 413:
      return jsonResponse(413, { message: 'Payload too large' })
    default:
      // A proxy before Braze answers with a page of its own.
      if (status >= 500)
        return { status, headers: { 'content-type': 'text/html' }, body: '<html>Out of order</html>' }
      return jsonResponse(status, { message: `Scripted answer ${status}` })
  }
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
