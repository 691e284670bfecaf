import * as z from 'zod/mini'
import type { BrazeAnswer } from '../../shared/braze.edge.ts'
import { parseJson } from '../../shared/json.ts'
import { TRACK_ARRAYS, type TrackArray } from '../../shared/record.ts'
import { attribute, listOf, type RejectedObject } from './answer-errors.ts'
import { rateLimitWaitMs, retryAfterMs } from './wait.ts'

export type ArrayCounts = { readonly [array in TrackArray]: number }

/** What a request held. */
export type SentCounts = {
  /** The number of objects of each array. */
  objects: ArrayCounts
  /** The least number that Braze must count as processed or rejected of each array. */
  countable: ArrayCounts
}

export type BrazeVerdict =
  | ({ kind: 'accepted'; status: number; rejected: RejectedObject[] } & Doubts)
  /**
   * The request was rejected as a whole and nothing was applied. One of its objects may be the reason.
   * `named` is set if Braze gave every object an error of its own.
   */
  | { kind: 'rejected'; status: number; message: string; named?: RejectedObject[] }
  /** The rate limit was reached. Without `waitMs`, Braze named no time. */
  | { kind: 'wait'; waitMs: number | undefined }
  /** A 2xx that does not say that Braze accepted the objects. They may have been applied. */
  | { kind: 'unconfirmed'; status: number }
  /** Something failed on Braze's side or on the way. Without a status, no answer came. */
  | { kind: 'retry'; cause: string; status?: number; waitMs: number | undefined }
  /** Something is wrong for all requests, such as the key, the address or the URL. Everything is held. */
  | { kind: 'hold'; cause: HoldCause; status: number }

type Doubts = {
  /** Braze's words, if it rejected objects without saying which. */
  unattributed?: string
  /** The number of objects that Braze neither counted as processed nor rejected. */
  uncounted?: number
  /** Braze counted every object as processed, and reported errors all the same. */
  contradictory?: true
}

/** Why everything is held, where an answer of Braze shows it. All but the last need a person's action. */
export type HoldCause =
  | 'BRAZE_KEY_REFUSED'
  | 'BRAZE_KEY_LACKS_PERMISSION'
  | 'BRAZE_ADDRESS_REFUSED'
  | 'BRAZE_URL_WRONG'
  | 'BRAZE_REJECTS_EVERYTHING'

/**
 * Every field as Braze sends it. None of them is certain to be there, and a malformed one counts as missing.
 * Some documented 400s have `error` instead of `message` (Braze's docs, "Errors & responses").
 */
const TrackAnswer = z.object({
  message: z.catch(z.optional(z.string()), undefined),
  error: z.catch(z.optional(z.string()), undefined),
  attributes_processed: z.catch(z.optional(z.number()), undefined),
  events_processed: z.catch(z.optional(z.number()), undefined),
  purchases_processed: z.catch(z.optional(z.number()), undefined),
  errors: z.pipe(z.optional(z.unknown()), z.transform(listOf)),
})
type TrackAnswer = z.infer<typeof TrackAnswer>

/** The `message` of a 400 in which every object has its own error (Braze's docs, "Fatal errors"). */
const EVERY_OBJECT_BAD = /^Valid data must be provided/

/** The `message` with which Braze confirms a request. 202 `queued` was documented until 2024. */
const CONFIRMED = /^(success|queued)$/i

/** Statuses of something that is not Braze's API, or that does not take our kind of request. */
const WRONG_URL = [404, 405, 415]

/**
 * In milliseconds. Braze documents waits for 429 only, so the `Retry-After` of a 5xx comes from a proxy.
 * It is obeyed up to this limit. A record that alone gets such answers is searched for after four of them, and
 * must not block its lane for more than an hour.
 */
export const MAX_SERVER_ERROR_WAIT_MS = 10 * 60_000

/**
 * Decides what an answer of /users/track means. The checks are in order, the most specific first. What is
 * unknown is retried, never dropped.
 */
export function judge(answer: BrazeAnswer, sent: SentCounts, now: number): BrazeVerdict {
  if (answer.kind === 'no answer') return { kind: 'retry', cause: answer.cause, waitMs: undefined }
  const { status, headers } = answer
  if (status === 429) return { kind: 'wait', waitMs: rateLimitWaitMs(headers, now) }
  if (status === 413) return { kind: 'rejected', status, message: 'The request is too large.' }
  if (WRONG_URL.includes(status) || (status >= 300 && status < 400))
    return { kind: 'hold', cause: 'BRAZE_URL_WRONG', status }
  if (status >= 500) return serverError(status, retryAfterMs(headers, now))
  const body = readBody(answer.body)
  if (status === 400 || status === 401 || status === 403) return clientError(status, body, sent)
  if (status >= 200 && status < 300) return success(status, body, sent)
  return { kind: 'retry', cause: `${status}`, status, waitMs: undefined }
}

const serverError = (status: number, waitMs: number | undefined): BrazeVerdict => ({
  kind: 'retry',
  cause: `${status}`,
  status,
  waitMs: waitMs === undefined ? undefined : Math.min(waitMs, MAX_SERVER_ERROR_WAIT_MS),
})

/** @returns undefined if the body is not a JSON object, such as the HTML page of a proxy. */
const readBody = (text: string): TrackAnswer | undefined => TrackAnswer.safeParse(parseJson(text)).data

/** A 400 that is not Braze's own JSON says nothing about the objects. */
function clientError(status: number, body: TrackAnswer | undefined, sent: SentCounts): BrazeVerdict {
  const message = body?.message ?? body?.error
  const cause = message === undefined ? undefined : accountCause(message)
  if (cause) return { kind: 'hold', cause, status }
  if (status === 401) return { kind: 'hold', cause: 'BRAZE_KEY_REFUSED', status }
  if (status === 403) return { kind: 'hold', cause: 'BRAZE_KEY_LACKS_PERMISSION', status }
  if (!body || (message === undefined && body.errors.length === 0))
    return { kind: 'retry', cause: 'unreadable 400', status, waitMs: undefined }
  return rejected(status, message, body, sent)
}

/**
 * Words of Braze about the key, its IP allowlist, its permissions or the account, whatever the status
 * (Braze's docs, "Errors & responses" and "Send transactional messages", "Troubleshooting").
 */
const ACCOUNT_WORDS: readonly [RegExp, HoldCause][] = [
  [
    /\b(white|allow)[- ]?listed IPs?\b|\bIP (address|allow[- ]?list|white[- ]?list)/i,
    'BRAZE_ADDRESS_REFUSED',
  ],
  [/\bAPI[ _-]?key\b|\bauthenticat|\bcredentials?\b/i, 'BRAZE_KEY_REFUSED'],
  [
    /\bpermissions?\b|\baccess (is )?(denied|forbidden)\b|\bforbidden\b|\bunauthori[sz]ed\b|\bnot authori[sz]ed\b/i,
    'BRAZE_KEY_LACKS_PERMISSION',
  ],
  [
    /\b(account|company|workspace|app group)\b.*\b(inactive|not active|suspended|disabled|closed|deactivated|expired|not found)\b/i,
    'BRAZE_KEY_LACKS_PERMISSION',
  ],
]

const accountCause = (message: string) => ACCOUNT_WORDS.find(([words]) => words.test(message))?.[1]

/**
 * The verdict of a 400 about the objects. If its errors name every object, each has a verdict of its own. If
 * they name only some, the rest was accepted if Braze counted it; otherwise the request has to be searched.
 */
function rejected(
  status: number,
  message: string | undefined,
  body: TrackAnswer,
  sent: SentCounts,
): BrazeVerdict {
  const { errors } = body
  const { objects } = sent
  const { named, leftOver } = attribute(errors, objects)
  const counters = countersOf(body)
  const isPartlyCounted = TRACK_ARRAYS.some((array) => (counters[array] ?? 0) > 0)
  if (isPartlyCounted && isExact(counters, named, objects))
    return { kind: 'accepted', status, rejected: named }
  const firstWords = named[0]?.message ?? leftOver
  const isAboutObjects = message === undefined || EVERY_OBJECT_BAD.test(message)
  const words = isAboutObjects ? (firstWords ?? message) : message
  const verdict = { kind: 'rejected' as const, status, message: words ?? 'Bad Request' }
  const isComplete =
    isAboutObjects && named.length === objects.attributes + objects.events + objects.purchases
  return isComplete ? { ...verdict, named } : verdict
}

/**
 * A 2xx counts only if Braze confirms it: by its message, or by a counter for each array that was sent. A
 * proxy, a maintenance page or an unknown message confirms nothing.
 */
function success(status: number, body: TrackAnswer | undefined, sent: SentCounts): BrazeVerdict {
  if (!body) return { kind: 'unconfirmed', status }
  const counters = countersOf(body)
  const isCounted = TRACK_ARRAYS.every((array) => sent.objects[array] === 0 || counters[array] !== undefined)
  const isConfirmed = body.message === undefined ? isCounted : CONFIRMED.test(body.message.trim())
  if (!isConfirmed) return { kind: 'unconfirmed', status }
  const { named, leftOver } = attribute(body.errors, sent.objects)
  return { kind: 'accepted', status, rejected: named, ...doubtsOf(counters, named, leftOver, sent) }
}

const countersOf = (body: TrackAnswer) => ({
  attributes: body.attributes_processed,
  events: body.events_processed,
  purchases: body.purchases_processed,
})

/**
 * Compares what Braze counted and rejected with what was sent. If the counters and the named errors add up,
 * nothing else was rejected, whatever an error without an index says.
 */
function doubtsOf(
  counters: ReturnType<typeof countersOf>,
  named: readonly RejectedObject[],
  leftOver: string | undefined,
  sent: SentCounts,
): Doubts {
  const { objects, countable } = sent
  const arrays = TRACK_ARRAYS.filter((array) => objects[array] > 0)
  if (arrays.every((array) => counters[array] === objects[array]))
    return named.length > 0 || leftOver !== undefined ? { contradictory: true } : {}
  const uncounted = arrays.reduce(
    (sum, array) =>
      sum + Math.max(0, countable[array] - countIn(named, array) - (counters[array] ?? objects[array])),
    0,
  )
  return {
    ...(leftOver !== undefined && !isExact(counters, named, objects) && { unattributed: leftOver }),
    ...(uncounted > 0 && { uncounted }),
  }
}

const countIn = (named: readonly RejectedObject[], array: TrackArray) =>
  named.filter((object) => object.array === array).length

/** Whether the counters and the named objects add up to all objects that were sent. */
const isExact = (
  counters: ReturnType<typeof countersOf>,
  named: readonly RejectedObject[],
  objects: ArrayCounts,
) =>
  TRACK_ARRAYS.every(
    (array) => objects[array] === 0 || counters[array] === objects[array] - countIn(named, array),
  )
