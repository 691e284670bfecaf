import { unauthorized } from './admit.ts'
import { type Answer, type BrazeRequest, jsonAnswer } from './outcome.ts'
import type { ReadyStep } from './script.ts'

/**
 * The answer that a step states.
 * @param own what the request got by the rules, where it was carried out.
 */
export function scriptedAnswer(
  { status, headers, body }: Extract<ReadyStep, { do: 'answer' }>,
  request: BrazeRequest,
  own: Answer | undefined,
): Answer {
  const stated = lowerCased(headers)
  if (typeof body === 'string') return { status, headers: stated, body }
  if (body !== undefined) return jsonAnswer(status, body, stated)
  const typical = typicalAnswer(status, request, own)
  return { ...typical, headers: { ...typical.headers, ...stated } }
}

/** What Braze sends with a status where nothing else is said. */
function typicalAnswer(status: number, request: BrazeRequest, own: Answer | undefined): Answer {
  if (own?.status === status) return own
  switch (status) {
    case 202:
      return jsonAnswer(202, { message: 'queued' })
    case 401:
      return unauthorized(request)
    case 403:
      return jsonAnswer(403, { message: 'Forbidden' })
    case 404:
      return jsonAnswer(404, { message: 'Not found' })
    case 413:
      return jsonAnswer(413, { message: 'Payload too large' })
    default:
      // A proxy before Braze answers with a page of its own.
      if (status >= 500)
        return { status, headers: { 'content-type': 'text/html' }, body: '<html>Out of order</html>' }
      return jsonAnswer(status, { message: `Scripted answer ${status}` })
  }
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
