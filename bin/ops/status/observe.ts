import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge, EventSourceStatus, QueueState } from '../bridge.ts'
import type { BridgeTelemetry, Figures, LastAnswer } from '../telemetry.ts'
import { type Verdict, verdictOf } from '../verdict.ts'

export type ObserveDeps = {
  bridge: Bridge
  telemetry: BridgeTelemetry
  /** Number of messages in a queue's dead-letter queue. SQS gives an approximate number. */
  countDeadLetters: (queue: QueueName) => Promise<number>
  now: () => number
}

/** What was read of a bridge, and what it amounts to. */
export type Observation = {
  /** Milliseconds since the epoch. */
  at: number
  sources: Readonly<Record<QueueName, EventSourceStatus>>
  queues: Readonly<Record<QueueName, QueueState>>
  deadLetters: Readonly<Record<QueueName, number>>
  lastFiveMinutes: Figures
  lastAnswer: LastAnswer | undefined
  verdict: Verdict
}

const FIVE_MINUTES_MS = 5 * 60_000

/** @throws if the bridge cannot be reached. */
export async function observe({
  bridge,
  telemetry,
  countDeadLetters,
  now,
}: ObserveDeps): Promise<Observation> {
  const [sources, queues, profileDeadLetters, eventDeadLetters, lastFiveMinutes, lastAnswer] =
    await Promise.all([
      bridge.eventSources(),
      bridge.queues(),
      countDeadLetters('profiles'),
      countDeadLetters('events'),
      telemetry.figures(FIVE_MINUTES_MS),
      telemetry.lastAnswer(),
    ])
  const at = now()
  const queue = (name: QueueName) => ({ ...queues[name], isPaused: sources[name].state === 'disabled' })
  const { answers, holds } = lastFiveMinutes
  const verdict = verdictOf({
    at,
    queues: { profiles: queue('profiles'), events: queue('events') },
    deadLetters: profileDeadLetters + eventDeadLetters,
    answers,
    holds,
    last: lastAnswer,
  })
  const deadLetters = { profiles: profileDeadLetters, events: eventDeadLetters }
  return { at, sources, queues, deadLetters, lastFiveMinutes, lastAnswer, verdict }
}
