import type { Refusal } from '../shared/dead-letter.ts'
import { NONE } from '../shared/progress.ts'
import { trim } from './ledger.ts'
import { type Opened, open, type Unopened } from './map/open.ts'
import { WORKER_DIED } from './park-reasons.ts'
import { tellHalt, tellHeld, tellParked, tellWork } from './report.ts'
import { type Handed, noteParked, type Run, startRun, troubleLane, type WorkerDeps } from './run.ts'
import { byLane, deliver } from './send/deliver.ts'
import { messageLetter, park } from './settle/park.ts'
import { putBack, settle } from './settle/settle.ts'
import { stillHeld } from './settle/still-held.ts'

/** From this receive on, a message may be what killed the worker before. */
export const RECEIVES_OF_A_DANGER = 3

/** So often a message was being handled when the worker died, and then it is given up. */
const DEATHS_TO_GIVE_UP = 2

/**
 * Takes the messages of one queue to Braze: open → map → merge per user → pack → send → judge → settle.
 *
 * What could be handed to another invocation before this one ends is left alone. Lanes with a message that may have killed the worker come last and message by message, under a marker, when
 * everything else is deleted or put back: at worst that message dies alone.
 *
 * @param messages as SQS handed them out, a lane's in their order.
 * @param deadline no request to Braze starts after it, in milliseconds since the epoch.
 * @returns the ids of the messages that go back to the queue; the others are done.
 */
export async function work(
  messages: readonly Handed[],
  deps: WorkerDeps,
  deadline: number,
): Promise<string[]> {
  const startedAt = deps.now()
  const run = startRun(messages, deps, deadline)
  const lanes = [...byLane(await stillHeld(run, messages)).values()]
  const [dangerous, steady] = [lanes.filter(isDangerous), lanes.filter((lane) => !isDangerous(lane))]

  await handle(run, steady.flat(), { deleteDone: dangerous.length > 0 })
  for (const lane of dangerous) await handleAlone(run, lane)

  for (const messageId of run.finished) deps.ledger.delete(messageId)
  trim(deps.ledger)
  // The next invocation may start in another environment: this one's place is free only when its pace allows a request.
  if (run.requests > 0) await deps.pace()
  tellHalt(run)
  tellWork(run, startedAt)
  await tellParked(run)
  return messages.map(({ messageId }) => messageId).filter((messageId) => !run.finished.has(messageId))
}

const isDangerous = (lane: readonly Handed[]) => lane.some(({ receives }) => receives >= RECEIVES_OF_A_DANGER)

/**
 * Delivers and settles messages together. Behind one that a newer deployment wrote its lane waits; one that the
 * receiver didn't write is parked as it stands, after all others.
 */
async function handle(
  run: Run,
  messages: readonly Handed[],
  { deleteDone }: { deleteDone: boolean },
): Promise<void> {
  const opened: Opened[] = []
  const foreign: Unopened[] = []
  const held: Handed[] = []
  for (const message of messages.map(open)) {
    if (held.some(({ lane }) => lane === message.lane)) held.push(message)
    else if ('sources' in message) opened.push(message)
    else if (message.refusal) foreign.push(message)
    else hold(run, held, message)
  }
  await deliver(run, opened)
  await settle(run, opened)
  await putBack(run, held)
  for (const message of foreign) if (message.refusal) await giveUp(run, message, message.refusal)
  const done = messages.filter(({ messageId }) => run.finished.has(messageId))
  if (deleteDone && done.length > 0) await run.deps.remove(done)
}

function hold(run: Run, held: Handed[], message: Handed): void {
  tellHeld(run)
  troubleLane(run, message.lane)
  held.push(message)
}

/** Parks a message whole, or puts it back where that fails. */
async function giveUp(run: Run, message: Handed, refusal: Refusal): Promise<void> {
  const letter = messageLetter(
    message,
    refusal,
    run.deps.settings.deadLetterUrls[message.queue],
    run.deps.now(),
  )
  const notTaken = await park(run, [letter], { tries: Number.POSITIVE_INFINITY })
  if (notTaken.length > 0) {
    troubleLane(run, message.lane)
    await putBack(run, [message])
  } else {
    run.finished.add(message.messageId)
    run.progress.of(NONE, message.queue).add({}, 'parked')
    noteParked(run.parked, { code: refusal.code, message })
  }
}

/** One message at a time, each under its marker; what comes behind one that goes back goes back too. */
async function handleAlone(run: Run, lane: readonly Handed[]): Promise<void> {
  const { markers } = run.deps
  for (const [index, message] of lane.entries()) {
    if (run.halt) return putBack(run, lane.slice(index))
    const deaths = await markers.set(message.messageId)
    const isDeadly = deaths >= DEATHS_TO_GIVE_UP
    if (isDeadly) await giveUp(run, message, WORKER_DIED)
    else await handle(run, [message], { deleteDone: true })
    const isDone = run.finished.has(message.messageId)
    // One that could not be parked must be known when it comes again.
    if (isDone || !isDeadly) await markers.clear(message.messageId)
    if (!isDone) return putBack(run, lane.slice(index + 1))
  }
}
