import type { QueueName } from '../../../functions/shared/record.ts'
import type { Opened } from './seen.ts'

/** Which letters are meant. */
export type Choice = {
  queues: readonly QueueName[]
  /** Empty: all. */
  codes: readonly string[]
  connection: string | undefined
  run: string | undefined
  /** That came into the dead-letter queue at least so long ago. Milliseconds. */
  olderThanMs: number | undefined
}

/** @param now milliseconds since the epoch. */
export function isMeant({ seen, runs }: Opened, choice: Choice, now: number): boolean {
  if (choice.codes.length > 0 && !choice.codes.includes(seen.code)) return false
  if (choice.connection !== undefined && seen.connection !== choice.connection) return false
  if (choice.run !== undefined && !runs.has(choice.run)) return false
  return choice.olderThanMs === undefined || now - seen.sentAt >= choice.olderThanMs
}
