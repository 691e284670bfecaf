import type { QueueName } from '../../../functions/shared/record.ts'
import type { InspectedDeadLetter } from './inspect.ts'

/** Selects dead letters. */
export type DeadLetterFilter = {
  queues: readonly QueueName[]
  /** Empty selects all codes. */
  codes: readonly string[]
  connection: string | undefined
  run: string | undefined
  /** The least time in milliseconds since the dead letter came into the dead-letter queue. */
  olderThanMs: number | undefined
}

/** @param now milliseconds since the epoch. */
export function matchesFilter(
  { seen: facts, runs }: InspectedDeadLetter,
  filter: DeadLetterFilter,
  now: number,
): boolean {
  if (filter.codes.length > 0 && !filter.codes.includes(facts.code)) return false
  if (filter.connection !== undefined && facts.connection !== filter.connection) return false
  if (filter.run !== undefined && !runs.has(filter.run)) return false
  return filter.olderThanMs === undefined || now - facts.sentAt >= filter.olderThanMs
}
