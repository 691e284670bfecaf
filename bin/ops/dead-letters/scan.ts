import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetter, DeadLetterHandle, ReceivedDeadLetter } from '../redrive/dead-letter.ts'
import { type ListDeps, type Listing, receiveDeadLetters, releaseDeadLetters } from '../redrive/list.ts'
import { unknownRun } from '../redrive/unmatched.ts'
import { type DeadLetterFacts, type InspectedDeadLetter, inspectDeadLetter } from './inspect.ts'

export type ScanDeps = ListDeps & {
  /** Hides dead letters of one queue for `seconds` from now. */
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<unknown>
  /**
   * How many dead letters can be received, and how many are hidden, including those of this run. SQS gives
   * approximate numbers.
   */
  count: (queues: readonly QueueName[]) => Promise<{ visible: number; hidden: number }>
  now: () => number
  settings: ReceiverSettings
}

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

/** The result of a scan of the dead-letter queues. */
export type ScanResult = {
  listing: Listing
  /** How many dead letters were received in all, whether they match the filter or not. */
  total: number
  deadLetters: readonly DeadLetterFacts[]
  /**
   * How many dead letters the scan did not see: more than it could receive, or hidden by another consumer.
   */
  unseen: { visible: number; hiddenElsewhere: number }
  /** A sentence that says that no dead letter belongs to the run of the filter. */
  unmatched?: string
}

/** No limit on the size: only the few facts about each dead letter are kept in memory. */
const ANY_SIZE = Number.POSITIVE_INFINITY

/**
 * Looks through the dead letters. It deletes nothing and leaves all of them visible.
 * @param onMatch receives each dead letter that matches the filter.
 */
export async function scanDeadLetters(
  filter: DeadLetterFilter,
  deps: ScanDeps,
  onMatch: (deadLetter: DeadLetter) => void,
): Promise<ScanResult> {
  const deadLetters: DeadLetterFacts[] = []
  const runs = new Set<string>()
  const now = deps.now()
  const { listing, total, counted } = await forEachDeadLetter(filter.queues, deps, (received) => {
    const inspected = inspectDeadLetter(received, deps.settings)
    for (const run of inspected.runs) if (run !== undefined) runs.add(run)
    if (!matchesFilter(inspected, filter, now)) return
    deadLetters.push(inspected.facts)
    onMatch(inspected.deadLetter)
  })
  const isUnknown = filter.run !== undefined && listing === 'complete' && !runs.has(filter.run)
  const hiddenElsewhere = Math.max(0, counted.hidden - total)
  return {
    listing,
    total,
    deadLetters,
    unseen: { visible: counted.visible, hiddenElsewhere },
    ...(isUnknown &&
      filter.run !== undefined && { unmatched: unknownRun(filter.run, [...runs], hiddenElsewhere) }),
  }
}

/** @param now milliseconds since the epoch. */
export function matchesFilter(
  { facts, runs }: InspectedDeadLetter,
  { codes, connection, run, olderThanMs }: DeadLetterFilter,
  now: number,
): boolean {
  if (codes.length > 0 && !codes.includes(facts.code)) return false
  if (connection !== undefined && facts.connection !== connection) return false
  if (run !== undefined && !runs.has(run)) return false
  return olderThanMs === undefined || now - facts.sentAt >= olderThanMs
}

/** @returns the dead letter with this message id; undefined if it is not there, or not visible now. */
export async function findDeadLetter(
  messageId: string,
  queues: readonly QueueName[],
  deps: ScanDeps,
): Promise<ReceivedDeadLetter | undefined> {
  const found = new AbortController()
  const stop = AbortSignal.any([deps.stop, found.signal])
  let match: ReceivedDeadLetter | undefined
  await forEachDeadLetter(queues, { ...deps, stop }, (deadLetter) => {
    if (deadLetter.messageId !== messageId) return
    match = deadLetter
    found.abort()
  })
  return match
}

/** Receives every dead letter once, and makes all of them visible again even if something fails. */
async function forEachDeadLetter(
  queues: readonly QueueName[],
  deps: ScanDeps,
  onDeadLetter: (deadLetter: ReceivedDeadLetter) => void,
): Promise<{ listing: Listing; total: number; counted: { visible: number; hidden: number } }> {
  const handles: DeadLetterHandle[] = []
  const sink = {
    set: (handle: string, deadLetter: ReceivedDeadLetter) => {
      handles.push({ queue: deadLetter.queue, handle })
      onDeadLetter(deadLetter)
    },
  }
  try {
    const listing = await receiveDeadLetters(queues, deps, sink, ANY_SIZE)
    return { listing, total: handles.length, counted: await deps.count(queues) }
  } finally {
    await releaseDeadLetters(handles, deps.hide)
  }
}
