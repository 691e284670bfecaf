import type { BrazeAnswer } from '../../shared/braze.edge.ts'
import { BRAZE_ANSWERS, type BrazeAnswerClass } from '../../shared/metrics.ts'
import type { Credentials } from '../../shared/secrets.ts'
import type { Halt, Invocation } from '../invocation.ts'
import { type BatchItem, trackBody } from './batch.ts'
import { type ArrayCounts, type BrazeVerdict, judge, type SentCounts } from './judge.ts'
import { noteSent } from './spacing.ts'
import { withJitter } from './wait.ts'

/**
 * In milliseconds. A shorter wait is slept inside the invocation, because giving the lanes back would take as
 * long.
 */
export const SHORT_WAIT_MS = 10_000

/**
 * How often a request is repeated after a short wait. An object that alone gets 429s would otherwise use up the
 * invocation.
 */
const MAX_SHORT_WAITS = 3

/** The result of one request: a verdict about its objects, or why nothing more is sent. */
export type Asked = BrazeVerdict | Halt

/** The requests of one invocation, which share the key and are counted together. */
export type BrazeSession = {
  /** Sends one request, keeping to the pace and the deadline and sleeping through short waits, and judges the answer. */
  ask: (items: readonly BatchItem[], options?: { maxShortWaits?: number }) => Promise<Asked>
  /** Requests sent so far, and the objects in them. */
  readonly sent: { readonly requests: number; readonly objects: number }
}

export function openBrazeSession(invocation: Invocation): BrazeSession {
  const { deps, deadline } = invocation
  const key = invocationKey(invocation)
  const sent = { requests: 0, objects: 0 }
  let isLimitReported = false

  async function ask(items: readonly BatchItem[], { maxShortWaits = MAX_SHORT_WAITS } = {}): Promise<Asked> {
    const body = trackBody(items)
    const counts = countSent(items)
    for (let waits = 0; ; waits++) {
      const credentials = await key.read()
      if ('kind' in credentials) return credentials
      await deps.pace()
      if (deps.now() >= deadline) return { kind: 'out of time' }

      const answer = await send(invocation, credentials, body, counts.objects)
      noteSent(invocation, items)
      sent.requests += 1
      sent.objects += items.length
      const verdict = judge(answer, counts, deps.now())
      if (verdict.kind === 'hold' && verdict.cause === 'BRAZE_KEY_REFUSED' && (await key.readAgain()))
        continue
      if (isOverLimit(verdict, items) && !isLimitReported) {
        isLimitReported = true
        reportLimit(invocation, counts.objects)
      }
      if (verdict.kind === 'accepted') reportDoubts(invocation, counts.objects, verdict)
      if (verdict.kind !== 'wait') return verdict
      const waitMs = verdict.waitMs && withJitter(verdict.waitMs, deps.random)
      deps.count('BrazeThrottled', 1)
      const isSlept = waitMs !== undefined && waitMs < SHORT_WAIT_MS && deps.now() + waitMs < deadline
      if (!isSlept || waits >= maxShortWaits) return { kind: 'wait', waitMs }
      await deps.pause(waitMs)
    }
  }

  return { ask, sent }
}

/**
 * The Braze key of one invocation. It is read once, and again after a 401, because it may just have been
 * rotated.
 */
function invocationKey({ deps }: Invocation) {
  let known: Credentials | undefined
  let isReadAgain = false
  return {
    read: async (): Promise<Credentials | Halt> => {
      if (known) return known
      const credentials = await deps.credentials({ fresh: false })
      if ('missing' in credentials) return { kind: 'hold', cause: credentials.missing }
      known = credentials
      return credentials
    },
    /** @returns whether this was the first reread, so that the request is worth repeating. */
    readAgain: async (): Promise<boolean> => {
      if (isReadAgain) return false
      isReadAgain = true
      const credentials = await deps.credentials({ fresh: true })
      if (!('missing' in credentials)) known = credentials
      return true
    },
  }
}

async function send(
  { deps, kind }: Invocation,
  credentials: Credentials,
  body: string,
  objects: ArrayCounts,
): Promise<BrazeAnswer> {
  const startedAt = deps.now()
  const answer = await deps.track(credentials, body)
  deps.count('BrazeAnswers', 1, { answer: answerClass(answer) })
  deps.log.info('braze answered', {
    kind,
    status: answer.kind === 'answer' ? answer.status : answer.cause,
    ...objects,
    ms: deps.now() - startedAt,
  })
  return answer
}

function countSent(items: readonly BatchItem[]): SentCounts {
  const objects = { attributes: 0, events: 0, purchases: 0 }
  const users = { attributes: new Set<string>(), events: new Set<string>(), purchases: new Set<string>() }
  for (const item of items) {
    objects[item.array] += 1
    if (isAlwaysCounted(item)) users[item.array].add(item.user)
  }
  const countable = {
    attributes: users.attributes.size,
    events: users.events.size,
    purchases: users.purchases.size,
  }
  return { objects, countable }
}

/**
 * Braze describes its counters as a number of external ids, so several events of one user may rightly count
 * as one. What it counts for users that an object must not create is not documented.
 */
const isAlwaysCounted = ({ records }: BatchItem) =>
  records.length > 0 &&
  records.every(({ mapped: { object } }) => 'external_id' in object && object._update_existing_only !== true)

/** Braze's words for a request with too many objects (Braze's docs, "Errors & responses", "Fatal errors"). */
const TOO_MANY_OBJECTS = /max input length exceeded/i

const isOverLimit = (verdict: BrazeVerdict, { length }: readonly BatchItem[]) =>
  verdict.kind === 'rejected' && length > 1 && TOO_MANY_OBJECTS.test(verdict.message)

/** Halving delivers such a request too, but each full request then costs three. */
const reportLimit = ({ deps, kind }: Invocation, objects: ArrayCounts) =>
  deps.log.warn('braze accepts fewer objects in a request', {
    code: 'TOO_MANY_OBJECTS',
    kind,
    ...objects,
    hint: 'The Braze contract allows fewer objects per request than the settings say. Nothing is lost, but each full request is sent again in halves. Set objectsPerRequest in cdk.json to the number that the contract names, and deploy.',
  })

type Accepted = Extract<BrazeVerdict, { kind: 'accepted' }>

/** Counters that do not add up are the only trace of an object that Braze dropped. */
function reportDoubts(
  { deps, kind }: Invocation,
  objects: ArrayCounts,
  { rejected, uncounted = 0, contradictory }: Accepted,
): void {
  if (uncounted === 0 && !contradictory) return
  deps.count('BrazeUncounted', uncounted)
  deps.log.warn('the counters in an answer of braze do not add up', {
    code: 'BRAZE_COUNTERS',
    kind,
    ...objects,
    rejected: rejected.length,
    uncounted,
  })
}

/** Returns the class under which the metrics count an answer of Braze. */
function answerClass(answer: BrazeAnswer): BrazeAnswerClass {
  if (answer.kind === 'no answer') return 'none'
  const { status } = answer
  if (status >= 200 && status < 300) return '2xx'
  if (status >= 500 && status < 600) return '5xx'
  return BRAZE_ANSWERS.find((name) => name === String(status)) ?? 'other'
}
