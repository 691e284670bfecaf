import type { BrazeAnswerClass } from '../../../functions/shared/metrics.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge, EventSourceStatus, QueueState } from '../bridge.ts'
import type { BridgeTelemetry, Figures, LastAnswer, QueueFigures } from '../telemetry.ts'

export type ReadStatusDeps = {
  bridge: Bridge
  telemetry: BridgeTelemetry
  /** Number of messages in a queue's dead-letter queue. SQS gives an approximate number. */
  countDeadLetters: (queue: QueueName) => Promise<number>
  now: () => number
}

export type QueueStatus = QueueState & {
  delivery: EventSourceStatus['state']
  letters: number
  lastFiveMinutes: QueueFigures
  lastHour: QueueFigures
}

/** The status of a bridge at one moment. */
export type Status = {
  /** Milliseconds since the epoch. */
  at: number
  queues: Readonly<Record<QueueName, QueueStatus>>
  braze: { last: LastAnswer | undefined; lastHour: Readonly<Record<BrazeAnswerClass, number>> }
  /** Numbers of parked rows and records, by code. */
  parkedLastDay: Readonly<Record<string, number>>
}

const FIVE_MINUTES_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** @throws if the bridge cannot be reached. */
export async function readStatus({
  bridge,
  telemetry,
  countDeadLetters,
  now,
}: ReadStatusDeps): Promise<Status> {
  const [sources, states, profileDeadLetters, eventDeadLetters, fiveMinutes, hour, parkedLastDay, last] =
    await Promise.all([
      bridge.eventSources(),
      bridge.queues(),
      countDeadLetters('profiles'),
      countDeadLetters('events'),
      telemetry.figures(FIVE_MINUTES_MS),
      telemetry.figures(HOUR_MS),
      telemetry.parked(DAY_MS),
      telemetry.lastAnswer(),
    ])
  const figures = { fiveMinutes, hour }
  return {
    at: now(),
    queues: {
      profiles: {
        ...states.profiles,
        ...figuresOf('profiles', figures),
        letters: profileDeadLetters,
        delivery: sources.profiles.state,
      },
      events: {
        ...states.events,
        ...figuresOf('events', figures),
        letters: eventDeadLetters,
        delivery: sources.events.state,
      },
    },
    braze: { last, lastHour: hour.answers },
    parkedLastDay,
  }
}

const figuresOf = (queue: QueueName, { fiveMinutes, hour }: { fiveMinutes: Figures; hour: Figures }) => ({
  lastFiveMinutes: fiveMinutes[queue],
  lastHour: hour[queue],
})
