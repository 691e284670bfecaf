import type { Outgoing } from '../../shared/queue.edge.ts'
import { forget, isComplete, isSettled, outcomeOf, record } from '../ledger.ts'
import type { Opened } from '../map/open.ts'
import { type Handed, noteParked, type Run, troubleLane } from '../run.ts'
import { byLane } from '../send/deliver.ts'
import { backoff } from '../send/wait.ts'
import { park, recordLetter } from './park.ts'

/** What is only unsent for want of time goes back at once; the local queue can't take 0. */
const AT_ONCE_MS = 1_000

/** So often: a Braze so slow that a lane never gets its turn must not use up its receives. */
const RECEIVES_AT_ONCE = 3

/**
 * Ends messages after delivery: parks what was refused of those that are complete, and hides the others for as long as
 * their lane must wait.
 */
export async function settle(run: Run, messages: readonly Opened[]): Promise<void> {
  await finish(run, messages, { tries: Number.POSITIVE_INFINITY })
  const back = messages.filter(({ messageId }) => !run.finished.has(messageId))
  for (const lane of byLane(back).values()) forgetOvertaken(run, lane)
  await putBack(run, back)
}

/**
 * Parks what was refused of those messages that are complete, and then ends them, unless an earlier message of their
 * lane goes back and its older values would be written over theirs.
 * @returns the messages that are done.
 */
export async function finish(
  run: Run,
  messages: readonly Opened[],
  limit: { tries: number },
): Promise<Opened[]> {
  const open = messages.filter(({ messageId }) => !run.finished.has(messageId))
  const unsent = chooseBack(open, (message) => isComplete(run.deps.ledger, message))
  await parkRefused(
    run,
    open.filter((message) => !unsent.has(message)),
    limit,
  )
  const back = chooseBack(open, (message) => isSettled(run.deps.ledger, message))
  const done = open.filter((message) => !back.has(message))
  for (const message of done) end(run, message)
  return done
}

async function parkRefused(run: Run, messages: readonly Opened[], limit: { tries: number }): Promise<void> {
  const refused = messages.flatMap((message) => refusalsOf(run, message))
  const letters = refused.map(({ letter }) => letter)
  const notTaken = new Set(await park(run, letters, limit))
  for (const { message, index, code, letter } of refused) {
    if (notTaken.has(letter)) {
      troubleLane(run, message.lane)
    } else {
      record(run.deps.ledger, { messageId: message.messageId, index }, 'parked')
      noteParked(run.parked, { code, message, index })
    }
  }
}

function refusalsOf({ deps }: Run, message: Opened) {
  const refused: { message: Opened; index: number; code: string; letter: Outgoing }[] = []
  const url = deps.settings.deadLetterUrls[message.queue]
  deps.ledger.get(message.messageId)?.forEach((outcome, index) => {
    if (outcome === 'delivered' || outcome === 'parked') return
    const letter = recordLetter(message, index, outcome, url, deps.now())
    refused.push({ message, index, code: outcome.code, letter })
  })
  return refused
}

/**
 * The messages that go back: in each lane those that are not done, and of those after them the ones that may be resent
 * and share a user. Once an older value is written again, the newer one has to follow.
 */
function chooseBack(messages: readonly Opened[], isDone: (message: Opened) => boolean): Set<Opened> {
  const back = new Set<Opened>()
  for (const lane of byLane(messages).values()) {
    const ahead: Opened[] = []
    for (const message of lane) {
      if (isDone(message) && !(message.safe && sharesUser(message, ahead))) continue
      back.add(message)
      ahead.push(message)
    }
  }
  return back
}

function sharesUser({ sources }: Opened, others: readonly Opened[]): boolean {
  if (others.length === 0) return false
  const users = new Set(others.flatMap((other) => other.sources.map(({ mapped }) => mapped.user)))
  return sources.some(({ mapped }) => users.has(mapped.user))
}

/**
 * What was delivered of a message that goes back is not sent again from this environment, except plain values of a user
 * whose older values stand in a message before it: another environment may write those again.
 */
function forgetOvertaken({ deps: { ledger } }: Run, lane: readonly Opened[]): void {
  const users = new Set<string>()
  for (const { safe, sources } of lane) {
    for (const source of sources) {
      if (safe && users.has(source.mapped.user) && outcomeOf(ledger, source) === 'delivered')
        forget(ledger, source)
    }
    for (const { mapped } of sources) users.add(mapped.user)
  }
}

/** Hides each lane's messages, which is the last act on them: all of a lane for the same time. */
export async function putBack(run: Run, messages: readonly Handed[]): Promise<void> {
  for (const [lane, [head, ...others]] of byLane(messages)) {
    const waitMs = run.waits.get(lane) ?? laneWaitMs(run, lane, head.receives)
    run.waits.set(lane, waitMs)
    await run.deps.hide([head, ...others], Math.ceil(waitMs / 1_000))
  }
}

/** What of an invocation a lane's wait depends on. */
export type Waiting = Pick<Run, 'halt' | 'troubled'> & { readonly deps: Pick<Run['deps'], 'random'> }

/** The wait that Braze told, the lane itself or all of them, else a growing one where the lane met trouble. */
export function laneWaitMs({ deps, halt, troubled }: Waiting, lane: string, receives: number): number {
  const told = troubled.get(lane) ?? 0
  const growing = Math.max(backoff(receives, deps.random), told)
  if (halt?.kind === 'wait') return Math.max(halt.waitMs ?? growing, told)
  if (halt?.kind === 'hold') return growing
  if (halt?.kind === 'outage') return Math.max(growing, halt.waitMs ?? 0)
  if (troubled.has(lane)) return growing
  return receives < RECEIVES_AT_ONCE ? AT_ONCE_MS : growing
}

/** Ends a message whose every record is delivered or parked: counts them, and tells how long the way to Braze was. */
export function end(run: Run, { messageId, message, queue }: Opened): void {
  const { ledger, measure, now } = run.deps
  const outcomes = ledger.get(messageId)
  const part = run.progress.of(message.connection, queue)
  let parked = 0
  message.records.forEach((record, index) => {
    const isParked = outcomes?.get(index) === 'parked'
    part.add(record, isParked ? 'parked' : 'done')
    if (isParked) parked += 1
  })
  const delivered = message.records.length - parked
  const codes = Object.fromEntries(run.parked.byMessage.get(messageId) ?? [])
  run.finished.add(messageId)
  run.ended.push({ requestId: message.requestId, messageId, delivered, parked, ...(parked > 0 && { codes }) })
  // What an invocation before this one delivered has lost its time; it was not long ago.
  const ms = (run.deliveredAt.get(messageId) ?? now()) - Date.parse(message.receivedAt)
  if (delivered > 0 && ms >= 0) measure('AcceptedToDelivered', ms, { kind: queue })
}
