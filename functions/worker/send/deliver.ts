import type { Invocation } from '../invocation.ts'
import { forget, isDelivered, outcomeOf } from '../ledger.ts'
import type { PendingRecord } from '../map/map.ts'
import type { Decision } from '../outcome.ts'
import type { BrazeSession } from './ask.ts'
import { type BatchItem, toBatchItem } from './batch.ts'
import { SLOW_PART, sendGroups } from './bisect.ts'
import { withoutRejectedFields } from './rejected-fields.ts'
import {
  isDecided,
  type Rejected,
  recordDelivered,
  recordRejected,
  type Sending,
  startSending,
} from './sending.ts'
import { untilReady } from './spacing.ts'

/**
 * Sends groups of objects in order, each group in one request, and finds out what Braze does not accept of
 * them. An object that was merged from several records is split like a request.
 * @returns what was decided. What became of each record is in the ledger; a record without an outcome was not
 * delivered.
 */
export async function deliver(
  invocation: Invocation,
  session: BrazeSession,
  groups: readonly (readonly BatchItem[])[],
): Promise<Decision> {
  const sending = startSending(invocation, session)
  await parkCulprits(sending, await sendGroups(sending, groups))
  const { halt, backedOff, deliveredAt } = sending
  return { halt, backedOff, deliveredAt }
}

/**
 * Records why the culprits are parked. An object made from one record is its own culprit. A merged object is
 * split, and its parts are sent again until each culprit is alone. What Braze accepted of it is then
 * sent once more in one object, last, because Braze promises no order between requests.
 */
async function parkCulprits(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  await splitMerged(sending, rejected)
  await sendRestTogether(sending, rejected.map(({ item }) => item).filter(isMerged))
}

const isMerged = ({ records }: BatchItem) => records.length > 1

async function splitMerged(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  for (const culprit of rejected.filter(({ item }) => !isMerged(item))) await parkCulprit(sending, culprit)
  let left = rejected
    .map(({ item }) => ({ item, parts: cut(sending, item) }))
    .filter(({ item }) => isMerged(item))
  while (left.length > 0) {
    const heads = left.flatMap(({ parts: [head] }) => (head ? [[head]] : []))
    // After a slow failure, parts of several users in one request would have to be searched for in turn again.
    for (const groups of sending.isSlow ? heads.map((head) => [head]) : [heads])
      await splitMerged(sending, await sendGroups(sending, groups))
    // What follows a part that is not decided must not overtake it.
    left = left
      .filter(({ parts: [head, next] }) => head && next && isDecided(sending, head))
      .map(({ item, parts: [, ...parts] }) => ({ item, parts }))
  }
}

/**
 * Delivers what Braze accepts of a lone record and parks the rest. The fields that Braze does not accept are taken
 * out one after the other.
 */
async function parkCulprit(sending: Sending, culprit: Rejected): Promise<void> {
  const [original] = culprit.item.records
  let last = culprit
  let trimmed = original && withoutRejectedFields(original, culprit.reason)
  while (original && trimmed) {
    const suspicion = sending.suspicions.get(original)
    if (suspicion) sending.suspicions.set(trimmed, suspicion)
    const [rejected] = await sendGroups(sending, [[toBatchItem([trimmed])]])
    if (!rejected) return void sending.trimmed.set(original, trimmed)
    last = rejected
    trimmed = withoutRejectedFields(trimmed, rejected.reason)
  }
  // If a part may have arrived, that is what matters before somebody redrives the record.
  recordRejected(
    sending,
    last.reason.code === 'MAY_HAVE_ARRIVED' ? { ...culprit, reason: last.reason } : culprit,
  )
}

/**
 * Cuts a merged object in halves. After a slow failure, the parts are smaller, because an invocation has time for
 * few more of them.
 */
function cut({ isSlow }: Sending, { records }: BatchItem): BatchItem[] {
  const slowSize = records.length > SLOW_PART ? Math.ceil(Math.sqrt(records.length)) : 1
  const size = isSlow ? slowSize : Math.ceil(records.length / 2)
  return Array.from({ length: Math.ceil(records.length / size) }, (_, part) =>
    asItems(records.slice(part * size, (part + 1) * size)),
  ).flat()
}

function asItems([first, ...others]: readonly PendingRecord[]): BatchItem[] {
  return first ? [toBatchItem([first, ...others])] : []
}

/**
 * Until they have been sent together, the accepted records count as unsent, so that a search that is cut off
 * starts again. They wait until Braze has applied what was accepted in the search. The requests of the search
 * themselves do not wait for each other, because this last one decides about the values.
 */
async function sendRestTogether(sending: Sending, merged: readonly BatchItem[]): Promise<void> {
  const { ledger } = sending.invocation.deps
  const rests: BatchItem[][] = []
  for (const { records } of merged) {
    const isCutOff = records.some((pendingRecord) => outcomeOf(ledger, pendingRecord) === undefined)
    const accepted = records.filter((pendingRecord) => isDelivered(outcomeOf(ledger, pendingRecord)))
    if (accepted.length === 1 && !isCutOff) continue
    for (const pendingRecord of accepted) forget(ledger, pendingRecord)
    if (!isCutOff) rests.push(asItems(accepted.map((accepted) => sending.trimmed.get(accepted) ?? accepted)))
  }
  if (!(await untilReady(sending.invocation, rests.flat()))) return
  const rejected = await sendGroups(sending, rests)
  recordDelivered(
    sending,
    rejected.map(({ item }) => item),
  )
}
