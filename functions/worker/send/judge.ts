import * as z from 'zod'
import type { BrazeAnswer } from '../../shared/braze.edge.ts'
import { parseJson } from '../../shared/json.ts'
import { TRACK_ARRAYS, type TrackArray } from '../../shared/record.ts'
import { rateLimitWaitMs, retryAfterMs } from './wait.ts'

/** The number of objects of each array that were sent. */
export type SentCounts = { readonly [array in TrackArray]: number }

/** One object that Braze rejected, and Braze's words about it. */
export type RejectedObject = { array: TrackArray; index: number; message: string }

export type BrazeVerdict =
  /**
   * Braze accepted the request. `unattributed` holds its words if it rejected objects without saying which.
   */
  | { kind: 'accepted'; status: number; rejected: RejectedObject[]; unattributed?: string }
  /** The request was rejected as a whole and nothing was applied. The culprit is one of its objects. */
  | { kind: 'rejected'; status: number; message: string }
  /** The rate limit was reached. Without `waitMs`, Braze named no time. */
  | { kind: 'wait'; waitMs: number | undefined }
  /**
   * Something failed on Braze's side or on the way. `failing` means that Braze said so itself, so one object
   * may be the reason.
   */
  | { kind: 'retry'; cause: string; status?: number; failing: boolean; waitMs: number | undefined }
  /** Our key or URL is wrong: nothing can be delivered until a person fixes it. */
  | { kind: 'hold'; cause: HoldCause; status: number }

export type HoldCause = 'BRAZE_KEY_REFUSED' | 'BRAZE_KEY_LACKS_PERMISSION' | 'BRAZE_URL_WRONG'

/**
 * Every field as Braze sends it. None of them is certain to be there, and a malformed one counts as missing.
 */
const TrackAnswer = z.object({
  message: z.string().optional().catch(undefined),
  attributes_processed: z.number().optional().catch(undefined),
  events_processed: z.number().optional().catch(undefined),
  purchases_processed: z.number().optional().catch(undefined),
  errors: z.array(z.unknown()).optional().catch(undefined),
})
const AttributedError = z.object({
  type: z.string(),
  input_array: z.enum(TRACK_ARRAYS),
  index: z.int().nonnegative(),
})

/** The `message` of a 400 in which every object has its own verdict (Braze's docs, "Fatal errors"). */
const EVERY_OBJECT_BAD = /^Valid data must be provided/

/**
 * Decides what an answer of /users/track means. The checks are in order, the most specific first. What is
 * unknown is retried, never dropped.
 */
export function judge(answer: BrazeAnswer, sent: SentCounts, now: number): BrazeVerdict {
  if (answer.kind === 'no answer')
    return { kind: 'retry', cause: answer.cause, failing: false, waitMs: undefined }
  const { status, headers } = answer
  if (status === 401) return { kind: 'hold', cause: 'BRAZE_KEY_REFUSED', status }
  if (status === 403) return { kind: 'hold', cause: 'BRAZE_KEY_LACKS_PERMISSION', status }
  if (status === 404 || (status >= 300 && status < 400))
    return { kind: 'hold', cause: 'BRAZE_URL_WRONG', status }
  if (status === 429) return { kind: 'wait', waitMs: rateLimitWaitMs(headers, now) }
  if (status === 413) return { kind: 'rejected', status, message: 'the request is too large' }
  if (status >= 500)
    return { kind: 'retry', cause: `${status}`, status, failing: true, waitMs: retryAfterMs(headers, now) }

  const body = readBody(answer.body)
  const errors = body?.errors ?? []
  if (status === 400 && errors.length > 0 && EVERY_OBJECT_BAD.test(body?.message ?? ''))
    return everyObjectBad(errors, sent)
  if (status === 400) return { kind: 'rejected', status, message: body?.message ?? 'Bad Request' }
  if (status === 202) return { kind: 'accepted', status, rejected: [] }
  if ((status === 200 || status === 201) && body) return taken(status, body, sent)
  return { kind: 'retry', cause: `unreadable ${status}`, status, failing: false, waitMs: undefined }
}

type TrackAnswer = z.infer<typeof TrackAnswer>

const readBody = (text: string): TrackAnswer | undefined => TrackAnswer.safeParse(parseJson(text)).data

/**
 * Returns a verdict for each object. If the errors do not name all objects, the request is searched instead.
 */
function everyObjectBad(errors: readonly unknown[], sent: SentCounts): BrazeVerdict {
  const { rejected, leftOver } = attribute(errors, sent)
  const named = rejected.length === sent.attributes + sent.events + sent.purchases
  if (named) return { kind: 'accepted', status: 400, rejected }
  return { kind: 'rejected', status: 400, message: leftOver ?? rejected[0]?.message ?? 'every object is bad' }
}

function taken(status: number, body: TrackAnswer, sent: SentCounts): BrazeVerdict {
  const { rejected, leftOver } = attribute(body.errors ?? [], sent)
  const verdict: BrazeVerdict = { kind: 'accepted', status, rejected }
  if (leftOver === undefined || isAccountedFor(body, rejected, sent)) return verdict
  return { ...verdict, unattributed: leftOver }
}

/**
 * Assigns Braze's errors to objects. The first error of each object counts. An error without a usable index
 * is left over.
 * @returns `leftOver`: the words of an error that names no object.
 */
function attribute(
  errors: readonly unknown[],
  sent: SentCounts,
): { rejected: RejectedObject[]; leftOver: string | undefined } {
  const rejected = new Map<string, RejectedObject>()
  let leftOver: string | undefined
  for (const error of errors) {
    const { success, data } = AttributedError.safeParse(error)
    if (!success || data.index >= sent[data.input_array]) {
      leftOver = wordsOf(error)
      continue
    }
    const key = `${data.input_array} ${data.index}`
    if (!rejected.has(key))
      rejected.set(key, { array: data.input_array, index: data.index, message: data.type })
  }
  return { rejected: [...rejected.values()], leftOver }
}

function wordsOf(error: unknown): string {
  const { success, data } = z.object({ type: z.string() }).safeParse(error)
  return success ? data.type : 'an error without words'
}

/**
 * Braze reports the number of objects it processed. If these and the named ones add up to all objects that
 * were sent, nothing else was rejected.
 */
function isAccountedFor(body: TrackAnswer, rejected: readonly RejectedObject[], sent: SentCounts): boolean {
  const processed = {
    attributes: body.attributes_processed,
    events: body.events_processed,
    purchases: body.purchases_processed,
  }
  return TRACK_ARRAYS.every((array) => {
    const named = rejected.filter((object) => object.array === array).length
    return sent[array] === 0 || processed[array] === sent[array] - named
  })
}
