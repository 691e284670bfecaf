import { unauthorized } from './check-access.ts'
import { jsonResponse, type SimulatorRequest, type SimulatorResponse } from './outcome.ts'
import type { ParsedStep } from './script.ts'

/**
 * Builds the answer that a step defines.
 * @param own the answer by Braze's rules, if the request was carried out.
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

/** The answer that Braze typically sends with a status. */
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
      // A proxy in front of Braze answers with its own HTML page.
      if (status >= 500)
        return { status, headers: { 'content-type': 'text/html' }, body: '<html>Out of order</html>' }
      return jsonResponse(status, { message: `Scripted answer ${status}` })
  }
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
