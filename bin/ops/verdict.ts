import type { BrazeAnswerClass } from '../../functions/shared/metrics.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { formatDuration } from '../cli/duration.ts'
import { plural } from '../cli/plural.ts'
import { QUEUE_NAMES } from './queue-names.ts'
import type { LastAnswer } from './telemetry.ts'

/** What can be observed of a bridge at one moment. */
export type Observed = {
  /** Milliseconds since the epoch. */
  at: number
  queues: Readonly<Record<QueueName, ObservedQueue>>
  deadLetters: number
  /** Braze's answers of the last minutes, by class. */
  answers: Readonly<Record<BrazeAnswerClass, number>>
  /** How often the worker held everything in the last minutes, or kept a message of an unknown version. */
  holds: number
  last: LastAnswer | undefined
}

type ObservedQueue = {
  isPaused: boolean
  waiting: number
  inFlight: number
  /** Age of the oldest message, in milliseconds. */
  oldestMs?: number | undefined
}

/** How a bridge is, in words that every command and the window share. */
export type Verdict = {
  /** `problem`: rows are held and a person may have to act. `note`: worth a look. */
  severity: 'ok' | 'note' | 'problem'
  code: VerdictCode
  /** What is the matter, in one sentence. */
  headline: string
  /** What that means for the data. */
  meaning: string
  /** The command to go on with, without its target. */
  next?: string
  /** How long the oldest message has waited, in milliseconds. */
  waitedMs?: number
}

export type VerdictCode =
  | 'BRAZE_REFUSES'
  | 'BRAZE_FAILS'
  | 'BRAZE_LIMITS'
  | 'HOLDING'
  | 'PAUSED'
  | 'DEAD_LETTERS'
  | 'DELIVERING'
  | 'IDLE'

/** SQS deletes a message after 14 days, and the alarms begin to ring before. In milliseconds. */
const LOSS_IN_SIGHT_MS = 7 * 24 * 3_600_000

const NOT_LOST = 'Nothing is lost: delivery goes on when the cause is gone.'
const OLD = 'SQS deletes messages after 14 days.'

/**
 * In milliseconds. Every lane is tried again within 15 minutes, so an older answer says nothing about now
 * (`backoff` in `functions/worker/send/wait.ts`).
 */
const RECENT_ANSWER_MS = 20 * 60_000

/** The first thing that is wrong decides, the worst first. */
export function verdictOf(observed: Observed): Verdict {
  const { queues, deadLetters } = observed
  const inBoth = (of: (queue: ObservedQueue) => number) => of(queues.profiles) + of(queues.events)
  const messages = inBoth(({ waiting, inFlight }) => waiting + inFlight)
  const oldestMs = Math.max(...QUEUE_NAMES.map((queue) => queues[queue].oldestMs ?? 0))
  const waitedMs = messages > 0 && oldestMs > 0 ? oldestMs : undefined
  const trouble =
    (messages > 0 && !isAllPaused(queues) ? (brazeTrouble(observed) ?? holding(observed)) : undefined) ??
    paused(observed, messages)
  if (trouble)
    return {
      ...trouble,
      meaning: messages > 0 ? `${backlog(messages, waitedMs)} ${fateOf(waitedMs)}` : 'Nothing waits.',
      ...(waitedMs !== undefined && { waitedMs }),
    }
  const meaning = messages > 0 ? backlog(messages, waitedMs) : 'Nothing waits.'
  if (deadLetters > 0)
    return {
      severity: 'note',
      code: 'DEAD_LETTERS',
      headline: `There ${deadLetters === 1 ? 'is' : 'are'} ${plural(deadLetters, 'dead letter')}.`,
      meaning: `${meaning} Rows in dead letters are not in Braze until you redrive them.`,
      next: 'dead-letters',
      ...(waitedMs !== undefined && { waitedMs }),
    }
  return messages > 0
    ? { severity: 'ok', code: 'DELIVERING', headline: 'The bridge is delivering.', meaning }
    : { severity: 'ok', code: 'IDLE', headline: 'Everything is delivered.', meaning }
}

const backlog = (messages: number, waitedMs: number | undefined) => {
  const [what, verb] = [plural(messages, 'message'), messages === 1 ? 'waits' : 'wait']
  return `${what} ${verb}${waitedMs === undefined ? '' : `, the oldest for ${formatDuration(waitedMs)}`}.`
}

const fateOf = (waitedMs: number | undefined) => ((waitedMs ?? 0) < LOSS_IN_SIGHT_MS ? NOT_LOST : OLD)

type Trouble = Pick<Verdict, 'severity' | 'code' | 'headline' | 'next'>

/**
 * What Braze does if its last answer and most of the recent ones were bad. A single bad answer among good ones is
 * everyday.
 */
function brazeTrouble({ at, answers, last, holds }: Observed): Trouble | undefined {
  if (!last || isGood(last.status) || at - last.at > RECENT_ANSWER_MS) return undefined
  const total = Object.values(answers).reduce((sum, count) => sum + count, 0)
  const isMostlyGood = 2 * answers['2xx'] > total
  if (isMostlyGood && holds === 0) return undefined
  // In a search for a bad row, the worker itself makes Braze reject requests, and asks with probes in between.
  if (isRejection(last.status) && answers['2xx'] > 0 && holds === 0) return undefined
  return { severity: 'problem', ...troubleOf(last.status) }
}

/** Whether whatever waits, waits in a queue that is paused. */
const isAllPaused = (queues: Observed['queues']) =>
  QUEUE_NAMES.every((queue) => queues[queue].isPaused || queues[queue].waiting + queues[queue].inFlight === 0)

const isGood = (status: string) => status.startsWith('2')

const isRejection = (status: string) => status === '400' || status === '413'

function troubleOf(status: string): Omit<Trouble, 'severity'> {
  switch (status) {
    case '401':
      return { code: 'BRAZE_REFUSES', headline: 'Braze refuses the key (401).', next: 'check' }
    case '403':
      return {
        code: 'BRAZE_REFUSES',
        headline: 'The Braze key may not write, or the account is closed (403).',
        next: 'check',
      }
    case '404':
      return {
        code: 'BRAZE_REFUSES',
        headline: 'The Braze address in the secret is wrong (404).',
        next: 'check',
      }
    case '429':
      return { code: 'BRAZE_LIMITS', headline: 'Braze limits the requests (429).' }
  }
  if (/^4/.test(status))
    return { code: 'BRAZE_REFUSES', headline: `Braze rejects the requests (${status}).`, next: 'check' }
  return /^\d+$/.test(status)
    ? { code: 'BRAZE_FAILS', headline: `Braze is failing (${status}).` }
    : { code: 'BRAZE_FAILS', headline: `Braze does not answer (${status}).` }
}

/**
 * The worker can hold rows without having asked Braze, for example while there is no key. If Braze's last answer
 * was good, the hold may be over, or it concerns only some of the messages.
 */
function holding({ holds, last }: Observed): Trouble | undefined {
  if (holds === 0) return undefined
  const trouble = { code: 'HOLDING', next: 'check' } as const
  return last && isGood(last.status)
    ? { ...trouble, severity: 'note', headline: 'The worker held rows in the last minutes.' }
    : { ...trouble, severity: 'problem', headline: 'The worker holds rows until somebody acts.' }
}

function paused({ queues }: Observed, messages: number): Trouble | undefined {
  const names = QUEUE_NAMES.filter((queue) => queues[queue].isPaused)
  const [only] = names
  if (only === undefined) return undefined
  return {
    severity: messages > 0 ? 'problem' : 'note',
    code: 'PAUSED',
    headline: `Delivery of ${names.join(' and ')} is paused.`,
    next: names.length > 1 ? 'resume' : `resume ${only}`,
  }
}

/** The verdict as the first lines of a report. @param flags select the target of the next command. */
export const formatVerdict = ({ severity, headline, meaning, next }: Verdict, flags: string): string[] => [
  `${VERDICT_MARKS[severity]}  ${headline}`,
  `    ${meaning}`,
  ...(next === undefined ? [] : [`    Next: ${commandOf(next, flags)}`]),
]

const VERDICT_MARKS: Readonly<Record<Verdict['severity'], string>> = { ok: 'ok', note: '--', problem: '!!' }

/** The command line to go on with. */
export const commandOf = (next: string, flags: string) => `npm run ops -- ${next} ${flags}`
