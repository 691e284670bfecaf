import { TRACK_ARRAYS } from '../../shared/record.ts'
import { displayName, isProblem, type Problem } from '../problems.ts'
import type { ReadRequest } from '../read/read-request.ts'
import { countOf, type RejectedRow } from '../read/records.ts'
import type { TrackPlace } from '../read/track.ts'
import { rowErrorTexts } from '../row-errors.ts'

export type Answer = { status: number; headers: Record<string, string>; body: string }

/** A request whose rows were all accepted or parked. */
export type StoredRequest = Pick<ReadRequest, 'records' | 'ignoredFields' | 'places'> & {
  /** No row was stored. How the request was read is in the captures queue. */
  captured?: true
}

/** Senders that show answers at all show little of them. */
const MAX_ERRORS = 20
const MAX_IGNORED_FIELDS = 20

/** URN prefix, so that problem types are stable names and need no registered domain. */
const PROBLEM_TYPE = 'urn:actioniq-braze-bridge:problem:'

export function answerTo(outcome: StoredRequest | Problem, requestId: string): Answer {
  if (isProblem(outcome)) return problemAnswer(outcome, { requestId })
  const summary = summaryOf(outcome, requestId)
  if (summary.received > 0 && summary.accepted === 0)
    return problemAnswer(outcome.captured ? NO_ROW_USABLE_CAPTURED : NO_ROW_USABLE, summary)
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(summary),
  }
}

const NO_ROW_USABLE: Problem = {
  problem: 'no-row-usable',
  status: 422,
  title: 'None of the rows can be used',
  detail:
    'Each row was refused; "errors" says why, with rows counted from 0. They stand in the dead-letter queue. Correct the export and send it again.',
}

const NO_ROW_USABLE_CAPTURED: Problem = {
  ...NO_ROW_USABLE,
  detail:
    'Each row was refused; "errors" says why, with rows counted from 0. Nothing stands in the dead-letter queue, since this connection only captures. Correct the export and send it again.',
}

/** Prevents readers of the answer from taking a trial for a delivery. */
const CAPTURED = {
  captured: true,
  message:
    'This connection only captures: nothing was sent to Braze. The operator of the bridge sees how the rows were read with npm run ops -- captures.',
}

function problemAnswer({ problem, status, title, detail, headers, more }: Problem, also: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: PROBLEM_TYPE + problem, title, status, detail, ...also, ...more }),
  }
}

function summaryOf(
  { records: { accepted, rejected }, ignoredFields, captured }: StoredRequest,
  requestId: string,
) {
  return {
    requestId,
    received: accepted.length + rejected.length,
    accepted: accepted.length,
    rejected: rejected.length,
    profiles: countOf(accepted, 'profiles'),
    events: countOf(accepted, 'events'),
    errors: rejected.slice(0, MAX_ERRORS).map(formatRowError),
    ...(rejected.length > MAX_ERRORS && { moreErrors: rejected.length - MAX_ERRORS }),
    ...ignored(ignoredFields),
    ...(captured && CAPTURED),
  }
}

/** A URL is easily built wrongly, and then a person's address or number is where a name belongs. */
const LOOKS_LIKE_A_NAME = /^[A-Za-z_][\w-]{0,63}$/

function ignored(fields: readonly string[]) {
  const ignoredFields = fields.filter((name) => LOOKS_LIKE_A_NAME.test(name)).slice(0, MAX_IGNORED_FIELDS)
  const moreIgnoredFields = fields.length - ignoredFields.length
  return {
    ...(ignoredFields.length > 0 && { ignoredFields }),
    ...(moreIgnoredFields > 0 && { moreIgnoredFields }),
  }
}

/**
 * Names the row, the column and the rule, but never the value, because senders write answers into their logs.
 */
function formatRowError({ index, field, code }: RejectedRow) {
  const { reason, hint } = rowErrorTexts(code)
  return {
    index,
    ...(field !== undefined && { field: displayName(field) }),
    code,
    message: `${reason} ${hint}`,
  }
}

/** Answers in the format of Braze's /users/track, so that a client of Braze can read it. */
export function trackAnswerTo(outcome: StoredRequest | Problem): Answer {
  if (isProblem(outcome)) {
    const { status, title, headers = {} } = outcome
    return json(status, { message: title, errors: [] }, headers)
  }
  const { records, places = [] } = outcome
  const errors = records.rejected.map(({ index, code, field }) => ({
    type:
      field === undefined
        ? rowErrorTexts(code).reason
        : `${rowErrorTexts(code).reason} (${displayName(field)})`,
    ...places[index],
  }))
  if (records.accepted.length === 0) return json(400, { message: errors[0]?.type, errors })
  return json(201, {
    message: 'success',
    ...processed(places, errors),
    ...(errors.length > 0 && { errors }),
  })
}

function processed(places: readonly TrackPlace[], errors: readonly Partial<TrackPlace>[]) {
  const sum = (of: readonly Partial<TrackPlace>[], array: string) =>
    of.filter(({ input_array }) => input_array === array).length
  return Object.fromEntries(
    TRACK_ARRAYS.filter((array) => sum(places, array) > 0).map((array) => [
      `${array}_processed`,
      sum(places, array) - sum(errors, array),
    ]),
  )
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
})
