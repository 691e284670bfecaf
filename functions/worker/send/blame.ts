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

/** How often requests with one object have failed in one delivery. */
export type Failures = { total: number; alone: number }

export const NO_FAILURES: Failures = { total: 0, alone: 0 }

export const failedOnceMore = ({ total, alone }: Failures, items: readonly BatchItem[]): Failures => ({
  total: total + 1,
  alone: items.length === 1 ? alone + 1 : 0,
})

/**
 * How often requests with an object must fail in one delivery before it is blamed, and how often it must have
 * been alone in them. Braze accepts a probe between two failures of a lone object. A Braze that fails on half
 * of all requests at random therefore fails an object with a probability of less than 1 in 30.
 */
const MIN_FAILURES: Failures = { total: 4, alone: 2 }

export const hasFailedEnough = ({ total, alone }: Failures) =>
  total >= MIN_FAILURES.total && alone >= MIN_FAILURES.alone

/**
 * From this receive on, an object is blamed even if Braze accepted nothing to compare it with. Otherwise SQS
 * would soon move the message itself, without a reason: it does so after 1,000 receives.
 */
const LAST_RECEIVES = 900

export const isReceivedLast = (sending: Sending, item: BatchItem) =>
  messagesOf(sending, item).some(({ receives }) => receives >= LAST_RECEIVES)

/** Remembers how much Braze had accepted when a request with these objects first went wrong. */
export function suspect({ suspectedAt, accepted }: Sending, items: readonly BatchItem[]): void {
  for (const item of items) if (!suspectedAt.has(item)) suspectedAt.set(item, accepted)
}

/** Whether Braze has accepted something since a request with this object first went wrong. */
export function isOtherAccepted({ suspectedAt, accepted }: Sending, item: BatchItem): boolean {
  const before = suspectedAt.get(item)
  return before !== undefined && accepted > before
}

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

/** Returns why an object is parked on which Braze fails alone. */
export function blamedFor(item: BatchItem, failure: Failure): Rejected {
  return { item, reason: reasonOf(item, failure) }
}

function reasonOf(item: BatchItem, failure: Failure): ParkReason {
  if (failure.kind === 'unconfirmed' && !isSafe(item)) return mayHaveArrived(UNCONFIRMED, failure.status)
  if (failure.kind === 'wait') return brazeFailsOnIt(429)
  return brazeFailsOnIt('status' in failure ? failure.status : undefined)
}
