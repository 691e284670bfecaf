import { parseJson } from '../../../functions/shared/json.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { answerTelemetry } from './answer-telemetry.ts'
import { answerWindow } from './answer-window.ts'
import { BAD_REQUEST, type ControlRequest, type ControlResponse, NOT_FOUND } from './control-response.ts'
import type { ControlParts } from './parts.ts'
import { EventSourceShape, SinceShape } from './shapes.ts'
import { summarizeQueue } from './summarize-queue.ts'

/** Answers one request whose control token has already been checked. */
export async function answerControl(request: ControlRequest, parts: ControlParts): Promise<ControlResponse> {
  const { method, path, body } = request
  switch (`${method} ${path}`) {
    case 'GET /api/event-sources':
      return forEachQueue((queue) => ({ enabled: parts.isEnabled(queue) }))
    case 'PUT /api/event-sources/profiles':
      return enable('profiles', body, parts)
    case 'PUT /api/event-sources/events':
      return enable('events', body, parts)
    case 'GET /api/queues':
      return forEachQueue((queue) => summarizeQueue(parts.groups(queue)))
    case 'POST /api/finished':
      return finished(body, parts)
  }
  return answerTelemetry(request, parts.telemetry) ?? (await answerWindow(request, parts)) ?? NOT_FOUND
}

const forEachQueue = <T>(read: (queue: QueueName) => T): ControlResponse => ({
  status: 200,
  body: { profiles: read('profiles'), events: read('events') },
})

function enable(queue: QueueName, body: string, parts: ControlParts): ControlResponse {
  const wanted = EventSourceShape.safeParse(parseJson(body))
  if (!wanted.success) return BAD_REQUEST
  parts.enable(queue, wanted.data.enabled)
  return { status: 200, body: { enabled: parts.isEnabled(queue) } }
}

function finished(body: string, parts: ControlParts): ControlResponse {
  const wanted = SinceShape.safeParse(parseJson(body))
  return wanted.success ? { status: 200, body: { finished: parts.finished(wanted.data.since) } } : BAD_REQUEST
}
