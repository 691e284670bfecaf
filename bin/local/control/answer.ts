import type { QueueName } from '../../../functions/shared/record.ts'
import type { QueuedGroup } from '../queues.ts'
import type { ControlParts } from './parts.ts'
import { EventSourceShape, type QueueShape } from './shapes.ts'

export type Asked = { method: string; path: string; body: string }
export type Answered = { status: number; body: unknown }

const NOT_FOUND: Answered = { status: 404, body: { message: 'There is nothing here.' } }
const WRONG: Answered = { status: 400, body: { message: 'The body is not what this address takes.' } }

/** Answers one request that has shown the control token. */
export function answerControl({ method, path, body }: Asked, parts: ControlParts): Answered {
  switch (`${method} ${path}`) {
    case 'GET /api/event-sources':
      return ofEachQueue((queue) => ({ enabled: parts.isEnabled(queue) }))
    case 'PUT /api/event-sources/profiles':
      return enable('profiles', body, parts)
    case 'PUT /api/event-sources/events':
      return enable('events', body, parts)
    case 'GET /api/queues':
      return ofEachQueue((queue) => summed(parts.groups(queue)))
  }
  return NOT_FOUND
}

const ofEachQueue = <T>(look: (queue: QueueName) => T): Answered => ({
  status: 200,
  body: { profiles: look('profiles'), events: look('events') },
})

function enable(queue: QueueName, body: string, parts: ControlParts): Answered {
  const wanted = EventSourceShape.safeParse(parsed(body))
  if (!wanted.success) return WRONG
  parts.enable(queue, wanted.data.enabled)
  return { status: 200, body: { enabled: parts.isEnabled(queue) } }
}

function summed(groups: readonly QueuedGroup[]): QueueShape {
  const oldest = groups.map(({ oldestSentAt }) => oldestSentAt).sort((a, b) => a - b)[0]
  return {
    waiting: groups.reduce((sum, { waiting }) => sum + waiting, 0),
    inFlight: groups.reduce((sum, { inFlight }) => sum + inFlight, 0),
    ...(oldest !== undefined && { oldestSentAt: oldest }),
    lanes: groups.map(({ group, waiting, inFlight }) => ({ lane: group, waiting, inFlight })),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
