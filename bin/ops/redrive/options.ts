import type { QueueName } from '../../../functions/shared/record.ts'
import { QUEUE_NAMES } from '../queue-names.ts'

/** Selects dead letters, and overrides the rules for records that would otherwise stay. */
export type RedriveChoice = {
  /** Empty selects all codes. */
  codes: readonly string[]
  /** Message ids or deduplication ids of dead letters. Empty selects all. */
  deadLetterIds: readonly string[]
  connection: string | undefined
  /** Only records and rows of this run. */
  run: string | undefined
  /** Milliseconds. Profile records that were accepted longer ago stay. */
  maxAgeMs: number
  includeStale: boolean
  includeDoubtful: boolean
  /**
   * Dead letters that came in after `at` stay, since they may have been redriven just now. The exceptions are
   * deduplication ids that this run has written itself.
   */
  parkedBefore?: { at: number; except: ReadonlySet<string> }
}

export type RedriveOptions = RedriveChoice & {
  queues: readonly QueueName[]
  /** Records a second. */
  rate: number
  /** Redrive; otherwise only show the plan. */
  yes: boolean
  /** Show every dead letter with its personal data. */
  show: boolean
}

/** Audiences are usually exported once a day, so an older record has most likely been sent again since. */
const DEFAULT_MAX_AGE_MS = 24 * 3_600_000

/**
 * Records a second. A dead letter of the worker goes back as one message, and one request to Braze takes ten
 * of those. So this rate needs ten requests a second and leaves most of a larger budget to new records.
 */
const DEFAULT_RATE = 100

/** Shows the plan for all dead letters. */
export const DEFAULT_OPTIONS: RedriveOptions = {
  queues: QUEUE_NAMES,
  codes: [],
  deadLetterIds: [],
  connection: undefined,
  run: undefined,
  maxAgeMs: DEFAULT_MAX_AGE_MS,
  includeStale: false,
  includeDoubtful: false,
  rate: DEFAULT_RATE,
  yes: false,
  show: false,
}
