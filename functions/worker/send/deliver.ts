import { outcomeOf, record } from '../ledger.ts'
import type { Opened } from '../map/open.ts'
import type { Run } from '../run.ts'
import { finish } from '../settle/settle.ts'
import { merge, type Piece, pack, type Source, toPiece } from './batch.ts'
import { refuseCulprits, send } from './bisect.ts'

/**
 * Sends the records of these messages to Braze, as far as it lets us. What became of each stands in the ledger
 * afterwards; a record without an outcome was not delivered.
 *
 * Each lane is cut into stretches, and its next one starts only when the one before is done and deleted: whatever
 * happens then, nothing of it can be written again over what follows. Requests are sent one after the other, so no user
 * ever stands in two that are in flight.
 */
export async function deliver(run: Run, messages: readonly Opened[]): Promise<void> {
  for (const message of messages) recordRefused(run, message)
  let lanes = [...byLane(messages).values()].map(toStretches)
  while (lanes.length > 0) {
    const stretches = lanes.flatMap(([next]) => next ?? [])
    await sendMerged(run, stretches.filter(({ safe }) => safe).flatMap(messagesOf))
    await sendWhole(run, stretches.filter(({ safe }) => !safe).flatMap(messagesOf))
    const unfinished = lanes.filter(([, next]) => next !== undefined)
    await deleteFinished(
      run,
      unfinished.flatMap(([sent]) => sent?.messages ?? []),
    )
    lanes = unfinished
      .filter(([sent]) => sent?.messages.every(({ messageId }) => run.finished.has(messageId)))
      .map(([, ...rest]) => rest)
  }
}

/** Deletes what is done before more is sent: if the worker dies, it can't be sent again. */
async function deleteFinished(run: Run, messages: readonly Opened[]): Promise<void> {
  const done = await finish(run, messages, { tries: 1 })
  if (done.length > 0) await run.deps.remove(done)
}

const messagesOf = ({ messages }: Stretch) => messages

/** What Braze would refuse needs no call. */
function recordRefused({ deps: { ledger } }: Run, { messageId, refused }: Opened): void {
  for (const { index, refusal } of refused) {
    if (!outcomeOf(ledger, { messageId, index })) record(ledger, { messageId, index }, refusal)
  }
}

/** Plain profile values: merged per user over all messages, packed freely. */
async function sendMerged(run: Run, messages: readonly Opened[]): Promise<void> {
  const sources = messages.flatMap((message) => unsent(run, message))
  await sendAndRefuse(
    run,
    merge(sources).map((piece) => [piece]),
  )
}

/**
 * Events and relative writes: each message whole in one request, so that its fate is one answer's; a lane stops at its
 * first failure.
 */
async function sendWhole(run: Run, messages: readonly Opened[]): Promise<void> {
  const stopped = new Set<string>()
  const requests = pack(messages.map((message) => unsent(run, message).map(asPiece)))
  for (const [turn, request] of requests.entries()) {
    if (run.halt) return
    if (turn > 0) await deleteFinished(run, messages)
    const pieces = request.filter(
      ({ sources }) => !sources.some((source) => stopped.has(laneOf(run, source))),
    )
    await sendAndRefuse(run, [pieces])
    for (const source of pieces.flatMap(({ sources }) => sources)) {
      if (!outcomeOf(run.deps.ledger, source)) stopped.add(laneOf(run, source))
    }
  }
}

async function sendAndRefuse(run: Run, groups: readonly (readonly Piece[])[]): Promise<void> {
  await refuseCulprits(run, await send(run, groups))
}

const unsent = (run: Run, { sources }: Opened) =>
  sources.filter((source) => !outcomeOf(run.deps.ledger, source))
const asPiece = (source: Source) => toPiece([source])
const laneOf = (run: Run, { messageId }: Source) => run.handed.get(messageId)?.lane ?? ''

/** Messages of one lane that follow each other and are sent the same way. */
export type Stretch = { safe: boolean; messages: [Opened, ...Opened[]] }

/**
 * Cuts a lane's messages, in queue order, where plain profile values and what isn't safe to resend meet: the first
 * may be merged over messages, the second must stay whole, and neither may pass the other.
 */
export function toStretches(messages: readonly Opened[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const message of messages) {
    const last = stretches.at(-1)
    if (last && last.safe === message.safe) last.messages.push(message)
    else stretches.push({ safe: message.safe, messages: [message] })
  }
  return stretches
}

/** Groups messages by lane, in the order SQS handed them out. */
export function byLane<T extends { lane: string }>(messages: readonly T[]): Map<string, [T, ...T[]]> {
  const lanes = new Map<string, [T, ...T[]]>()
  for (const message of messages) {
    const lane = lanes.get(message.lane)
    if (lane) lane.push(message)
    else lanes.set(message.lane, [message])
  }
  return lanes
}
