import type { ParkReason } from '../../shared/dead-letter.ts'
import { brazeFailsOnIt, mayHaveArrived } from '../park-reasons.ts'
import type { Asked } from './ask.ts'
import type { BatchItem } from './batch.ts'
import { probe } from './probe.ts'
import { isSafe, messagesOf, type Rejected, type Sending } from './sending.ts'

/**
 * When an object, and not Braze, is to blame for a request that failed or was rejected: only if Braze accepts
 * something else in the same invocation. Otherwise an outage would dead-letter healthy records.
 */

/**
 * How often requests with a record must fail in one delivery before it is blamed, and how often it must have
 * been alone in them. Braze accepts a probe between two failures of a lone record. If Braze fails on
 * half of all requests at random, a healthy record is therefore blamed with a probability of less than 1 in 30.
 */
const MIN_FAILURES = 4
const MIN_FAILURES_ALONE = 2

const isLone = (items: readonly BatchItem[]) => items.length === 1 && items[0]?.records.length === 1

/** Counts a failed request against all of its records. */
export function noteFailure(sending: Sending, items: readonly BatchItem[]): void {
  suspect(sending, items)
  for (const record of items.flatMap(({ records }) => records)) {
    const suspicion = sending.suspicions.get(record)
    if (!suspicion) continue
    suspicion.failures += 1
    if (isLone(items)) suspicion.failuresAlone += 1
  }
}

/** Whether a search of these objects has begun. */
export const isSuspected = ({ suspicions }: Sending, items: readonly BatchItem[]) =>
  items.some(({ records }) => records.some((record) => suspicions.has(record)))

export const hasFailedEnough = ({ suspicions }: Sending, { records }: BatchItem) =>
  records.every((record) => {
    const { failures = 0, failuresAlone = 0 } = suspicions.get(record) ?? {}
    return failures >= MIN_FAILURES && failuresAlone >= MIN_FAILURES_ALONE
  })

/**
 * From this receive on, an object is blamed even if Braze accepted nothing to compare it with. Otherwise SQS
 * would soon move the message without a reason, as it does after 1,000 receives. This needs a Braze that rejects
 * the probe: if the probe fails too, the search ends before anything is blamed.
 */
const LAST_RECEIVES = 900

export const isReceivedLast = (sending: Sending, item: BatchItem) =>
  messagesOf(sending, item).some(({ receives }) => receives >= LAST_RECEIVES)

/** Remembers how much Braze had accepted when a request with these objects first went wrong. */
export function suspect({ suspicions, accepted }: Sending, items: readonly BatchItem[]): void {
  for (const record of items.flatMap(({ records }) => records))
    if (!suspicions.has(record)) suspicions.set(record, { since: accepted, failures: 0, failuresAlone: 0 })
}

/** Whether Braze has accepted something since a request with this object first went wrong. */
export const isOtherAccepted = ({ suspicions, accepted }: Sending, { records }: BatchItem) =>
  records.every((record) => accepted > (suspicions.get(record)?.since ?? accepted))

/**
 * Whether an object that fails alone is to blame. That is decided immediately, because its message would go
 * back otherwise, and another environment would send the events beside it again.
 */
export const isCulprit = (sending: Sending, item: BatchItem) =>
  isOtherAccepted(sending, item) || isReceivedLast(sending, item)

/**
 * Asks Braze to accept an object of the same kind that changes nothing.
 * @returns `rejected` if Braze rejects the probe itself; its edge is up, but that proves nothing about an
 * object. `down` if Braze does not work. Then nothing more is sent.
 */
export async function askProbe(
  sending: Sending,
  { array }: BatchItem,
): Promise<'accepted' | 'rejected' | 'down'> {
  if (sending.halt) return 'down'
  const answer = await sending.ask([probe(array, sending.invocation.deps.now())])
  if (answer.kind === 'accepted') sending.accepted += 1
  if (answer.kind === 'rejected' || answer.kind === 'accepted') return answer.kind
  sending.halt ??= haltAfter(answer)
  return 'down'
}

export type Failure = Exclude<Asked, { kind: 'accepted' | 'rejected' | 'out of time' }>

/** Returns why nothing more is sent when Braze fails on something that cannot be to blame. */
function haltAfter(answer: Exclude<Asked, { kind: 'accepted' | 'rejected' }>): NonNullable<Sending['halt']> {
  switch (answer.kind) {
    case 'retry':
      return { kind: 'outage', waitMs: answer.waitMs }
    case 'unconfirmed':
      return { kind: 'outage', waitMs: undefined }
    default:
      return answer
  }
}

const UNCONFIRMED = 'The answer does not say that Braze accepted the request.'

/** Returns why an object on which Braze fails alone is parked. */
export function blamedFor(item: BatchItem, failure: Failure): Rejected {
  return { item, reason: reasonOf(item, failure) }
}

function reasonOf(item: BatchItem, failure: Failure): ParkReason {
  if (failure.kind === 'unconfirmed' && !isSafe(item)) return mayHaveArrived(UNCONFIRMED, failure.status)
  if (failure.kind === 'wait') return brazeFailsOnIt(429)
  return brazeFailsOnIt('status' in failure ? failure.status : undefined)
}
