import { parseJson } from '../../../functions/shared/json.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { answerTelemetry } from './answer-telemetry.ts'
import { answerWindow } from './answer-window.ts'
import { type Answered, type Asked, NOT_FOUND, WRONG } from './answers.ts'
import type { ControlParts } from './parts.ts'
import { EventSourceShape, SinceShape } from './shapes.ts'
import { summed } from './summed.ts'

/** Answers one request that has shown the control token. */
export async function answerControl(asked: Asked, parts: ControlParts): Promise<Answered> {
  const { method, path, body } = asked
  switch (`${method} ${path}`) {
    case 'GET /api/event-sources':
      return ofEachQueue((queue) => ({ enabled: parts.isEnabled(queue) }))
    case 'PUT /api/event-sources/profiles':
      return enable('profiles', body, parts)
    case 'PUT /api/event-sources/events':
      return enable('events', body, parts)
    case 'GET /api/queues':
      return ofEachQueue((queue) => summed(parts.groups(queue)))
    case 'POST /api/finished':
      return finished(body, parts)
  }
  return answerTelemetry(asked, parts.telemetry) ?? (await answerWindow(asked, parts)) ?? NOT_FOUND
}

const ofEachQueue = <T>(look: (queue: QueueName) => T): Answered => ({
  status: 200,
  body: { profiles: look('profiles'), events: look('events') },
})

function enable(queue: QueueName, body: string, parts: ControlParts): Answered {
  const wanted = EventSourceShape.safeParse(parseJson(body))
  if (!wanted.success) return WRONG
  parts.enable(queue, wanted.data.enabled)
  return { status: 200, body: { enabled: parts.isEnabled(queue) } }
}

function finished(body: string, parts: ControlParts): Answered {
  const wanted = SinceShape.safeParse(parseJson(body))
  return wanted.success ? { status: 200, body: { finished: parts.finished(wanted.data.since) } } : WRONG
}
