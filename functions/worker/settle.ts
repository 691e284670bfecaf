import type { Handed } from './handed.ts'
import { forget, isComplete, outcomeOf, record } from './ledger.ts'
import { recordLetter } from './letters.ts'
import type { Opened } from './open.ts'
import { park } from './park.ts'
import type { Run } from './run.ts'
import { byLane } from './stretches.ts'
import { backoff } from './wait.ts'

/** What is only unsent for want of time goes back at once; the local queue can't take 0. */
const AT_ONCE_MS = 1_000

/**
 * Ends messages after delivery: parks what was refused of those that are complete, and hides the others for as long as
 * their lane must wait.
 */
export async function settle(run: Run, messages: readonly Opened[]): Promise<void> {
  const goingBack = [...byLane(messages).values()].flatMap((lane) => chooseBack(run, lane))
  const ending = messages.filter((message) => !goingBack.includes(message))
  await finish(run, ending)
  const back = messages.filter(({ messageId }) => !run.finished.has(messageId))
  for (const message of back) forgetResendable(run, message)
  await putBack(run, back)
}

/**
 * Parks what was refused of those messages that are complete, which is the last thing that happens to them.
 * @returns the messages that are done.
 */
export async function finish(run: Run, messages: readonly Opened[]): Promise<Opened[]> {
  const { deps } = run
  const complete = messages.filter(
    (message) => isComplete(deps.ledger, message) && !run.finished.has(message.messageId),
  )
  const letters = complete.flatMap((message) => refusalsOf(run, message))
  const notTaken = new Set(
    await park(
      run,
      letters.map(({ letter }) => letter),
    ),
  )
  for (const { message, index, letter } of letters) {
    if (notTaken.has(letter)) run.troubled.set(message.lane, undefined)
    else record(deps.ledger, { messageId: message.messageId, index }, 'parked')
  }
  const done = complete.filter(
    (message) => !letters.some((parked) => parked.message === message && notTaken.has(parked.letter)),
  )
  for (const { messageId, size } of done) {
    const parked = [...(deps.ledger.get(messageId)?.values() ?? [])].filter(
      (outcome) => outcome === 'parked',
    ).length
    run.parked += parked
    run.delivered += size - parked
    run.finished.add(messageId)
  }
  return done
}

function refusalsOf({ deps }: Run, message: Opened) {
  return [...(deps.ledger.get(message.messageId) ?? [])].flatMap(([index, outcome]) => {
    if (outcome === 'delivered' || outcome === 'parked') return []
    const letter = recordLetter(
      message,
      index,
      outcome,
      deps.settings.deadLetterUrls[message.queue],
      deps.now(),
    )
    return [{ message, index, letter }]
  })
}

/**
 * The incomplete messages of a lane; and of the complete ones after them those that may be resent and share a user:
 * once an older value is written again, the newer one has to follow.
 */
function chooseBack(run: Run, lane: readonly Opened[]): Opened[] {
  const back: Opened[] = []
  const users = new Set<string>()
  for (const message of lane) {
    const isOvertaken = message.safe && message.sources.some(({ mapped }) => users.has(mapped.user))
    const isFinished = run.finished.has(message.messageId)
    if (isFinished || (isComplete(run.deps.ledger, message) && !isOvertaken)) continue
    back.push(message)
    for (const { mapped } of message.sources) users.add(mapped.user)
  }
  return back
}

/** What is safe to resend is sent anew with its whole message, in order; events keep what became of each. */
function forgetResendable({ deps: { ledger } }: Run, { sources, safe }: Opened): void {
  for (const source of sources) if (safe && outcomeOf(ledger, source) === 'delivered') forget(ledger, source)
}

/** Hides each lane's messages, which is the last act on them: all of a lane for the same time. */
export async function putBack(run: Run, messages: readonly Handed[]): Promise<void> {
  for (const [lane, [head, ...others]] of byLane(messages)) {
    const waitMs = run.waits.get(lane) ?? laneWaitMs(run, lane, head.receives)
    run.waits.set(lane, waitMs)
    await run.deps.hide([head, ...others], Math.ceil(waitMs / 1_000))
  }
}

/** The wait that Braze told, else a growing one where the lane met trouble. */
function laneWaitMs({ deps, halt, troubled }: Run, lane: string, receives: number): number {
  const growing = backoff(receives, deps.random)
  if (halt?.kind === 'wait') return halt.waitMs ?? growing
  if (halt?.kind === 'hold') return growing
  if (halt?.kind === 'outage') return Math.max(growing, halt.waitMs ?? 0)
  return troubled.has(lane) ? Math.max(growing, troubled.get(lane) ?? 0) : AT_ONCE_MS
}
