import { isComplete, outcomeOf, record } from './ledger.ts'
import type { Opened } from './open.ts'
import { pack } from './pack.ts'
import { merge, type Piece, type Source, toPiece } from './piece.ts'
import type { Run } from './run.ts'
import { convict, send } from './send.ts'
import { finish } from './settle.ts'
import { byLane, type Stretch, toStretches } from './stretches.ts'
import { refuseCulprits } from './take-apart.ts'

/**
 * Sends the records of these messages to Braze, as far as it lets us. What became of each stands in the ledger
 * afterwards; a record without an outcome was not delivered.
 *
 * Each lane is cut into stretches, and a lane's next one starts only when the one before is complete. Requests are
 * sent one after the other, so no user ever stands in two that are in flight.
 */
export async function deliver(run: Run, messages: readonly Opened[]): Promise<void> {
  for (const message of messages) recordRefused(run, message)
  let lanes = [...byLane(messages).values()].map(toStretches)
  while (lanes.length > 0) {
    const stretches = lanes.flatMap(([next]) => next ?? [])
    await sendMerged(run, stretches.filter(({ safe }) => safe).flatMap(messagesOf))
    await sendWhole(run, stretches.filter(({ safe }) => !safe).flatMap(messagesOf))
    lanes = lanes
      .filter(([sent]) => sent?.messages.every((message) => isComplete(run.deps.ledger, message)))
      .map(([, ...rest]) => rest)
      .filter(({ length }) => length > 0)
  }
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
 * first failure. Before the next request, what is done is deleted: if the worker dies, it can't be sent again.
 */
async function sendWhole(run: Run, messages: readonly Opened[]): Promise<void> {
  const stopped = new Set<string>()
  let open = messages
  for (const [turn, request] of pack(
    messages.map((message) => unsent(run, message).map(asPiece)),
  ).entries()) {
    if (run.halt) return
    if (turn > 0) {
      const done = await finish(run, open)
      if (done.length > 0) await run.deps.remove(done)
      open = open.filter((message) => !done.includes(message))
    }
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
  let rejected = [...(await send(run, groups)), ...convict(run)]
  while (rejected.length > 0) {
    await refuseCulprits(run, rejected)
    rejected = convict(run)
  }
}

const unsent = (run: Run, { sources }: Opened) =>
  sources.filter((source) => !outcomeOf(run.deps.ledger, source))
const asPiece = (source: Source) => toPiece([source])
const laneOf = (run: Run, { messageId }: Source) => run.handed.get(messageId)?.lane ?? ''
