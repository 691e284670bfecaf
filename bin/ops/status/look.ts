import type { BrazeAnswerClass } from '../../../functions/shared/metrics.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge, EventSource, QueueState } from '../bridge.ts'
import type { Figures, LastAnswer, QueueFigures, Telemetry } from '../telemetry.ts'

export type LookDeps = {
  bridge: Bridge
  telemetry: Telemetry
  /** How many letters stand in a queue's dead-letter queue. SQS knows it roughly. */
  countLetters: (queue: QueueName) => Promise<number>
  now: () => number
}

export type QueueStatus = QueueState & {
  delivery: EventSource['state']
  letters: number
  lastFiveMinutes: QueueFigures
  lastHour: QueueFigures
}

/** All of a bridge at one moment. */
export type Status = {
  /** Milliseconds since the epoch. */
  at: number
  queues: Readonly<Record<QueueName, QueueStatus>>
  braze: { last: LastAnswer | undefined; lastHour: Readonly<Record<BrazeAnswerClass, number>> }
  /** By code. */
  parkedLastDay: Readonly<Record<string, number>>
}

const FIVE_MINUTES_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** @throws where the bridge can't be asked. */
export async function look({ bridge, telemetry, countLetters, now }: LookDeps): Promise<Status> {
  const [sources, states, profileLetters, eventLetters, fiveMinutes, hour, parkedLastDay, last] =
    await Promise.all([
      bridge.eventSources(),
      bridge.queues(),
      countLetters('profiles'),
      countLetters('events'),
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
        ...ofQueue('profiles', figures),
        letters: profileLetters,
        delivery: sources.profiles.state,
      },
      events: {
        ...states.events,
        ...ofQueue('events', figures),
        letters: eventLetters,
        delivery: sources.events.state,
      },
    },
    braze: { last, lastHour: hour.answers },
    parkedLastDay,
  }
}

const ofQueue = (queue: QueueName, { fiveMinutes, hour }: { fiveMinutes: Figures; hour: Figures }) => ({
  lastFiveMinutes: fiveMinutes[queue],
  lastHour: hour[queue],
})
