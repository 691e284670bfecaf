import type { BrazeAnswer } from '../../shared/braze.edge.ts'
import { BRAZE_ANSWERS, type BrazeAnswerClass } from '../../shared/metrics.ts'
import type { Credentials } from '../../shared/secrets.ts'
import type { Halt, Run } from '../run.ts'
import { type Piece, trackBody } from './batch.ts'
import { judge, type Sent, type Verdict } from './judge.ts'
import { withJitter } from './wait.ts'

/** A told wait under this is slept inside the invocation: giving the lanes back would cost as long. */
export const SHORT_WAIT_MS = 10_000

/** Sends one request, obeying pace, deadline and short waits, and judges the answer. */
export async function ask(
  run: Run,
  pieces: readonly Piece[],
): Promise<Exclude<Verdict, { kind: 'wait' | 'hold' }> | Halt> {
  const body = trackBody(pieces)
  const sent = countArrays(pieces)
  for (;;) {
    const credentials = await credentialsOf(run)
    if ('kind' in credentials) return credentials
    await run.deps.pace()
    if (run.deps.now() >= run.deadline) return { kind: 'out of time' }

    const verdict = judge(await send(run, credentials, body, sent), sent, run.deps.now())
    if (verdict.kind === 'hold' && verdict.cause === 'BRAZE_KEY_REFUSED' && !run.keyReadAgain) {
      await readKeyAgain(run)
    } else if (verdict.kind === 'wait') {
      const waitMs = verdict.waitMs && withJitter(verdict.waitMs, run.deps.random)
      run.deps.count('BrazeThrottled', 1)
      if (waitMs === undefined || waitMs >= SHORT_WAIT_MS || run.deps.now() + waitMs >= run.deadline)
        return { kind: 'wait', waitMs }
      await run.deps.pause(waitMs)
    } else {
      return verdict
    }
  }
}

async function credentialsOf(run: Run): Promise<Credentials | Halt> {
  if (run.credentials) return run.credentials
  const credentials = await run.deps.credentials({ fresh: false })
  if ('missing' in credentials) return { kind: 'hold', cause: credentials.missing }
  run.credentials = credentials
  return credentials
}

/** A key that was rotated a moment ago is refused until the secret is read again. */
async function readKeyAgain(run: Run): Promise<void> {
  run.keyReadAgain = true
  const credentials = await run.deps.credentials({ fresh: true })
  if (!('missing' in credentials)) run.credentials = credentials
}

async function send(run: Run, credentials: Credentials, body: string, sent: Sent): Promise<BrazeAnswer> {
  const { deps } = run
  const startedAt = deps.now()
  const answer = await deps.track(credentials, body)
  run.requests += 1
  run.objects += sent.attributes + sent.events + sent.purchases
  deps.count('BrazeAnswers', 1, { answer: answerClass(answer) })
  deps.log.info('braze answered', {
    kind: run.kind,
    status: answer.kind === 'answer' ? answer.status : answer.cause,
    ...sent,
    ms: deps.now() - startedAt,
  })
  return answer
}

function countArrays(pieces: readonly Piece[]): Sent {
  const sent = { attributes: 0, events: 0, purchases: 0 }
  for (const { array } of pieces) sent[array] += 1
  return sent
}

/** What the metrics call an answer of Braze. */
export function answerClass(answer: BrazeAnswer): BrazeAnswerClass {
  if (answer.kind === 'no answer') return 'none'
  const { status } = answer
  if (status >= 200 && status < 300) return '2xx'
  if (status >= 500 && status < 600) return '5xx'
  return BRAZE_ANSWERS.find((name) => name === String(status)) ?? 'other'
}
