import type { Connection } from '../../shared/connection.ts'
import { TRACK_ARRAYS } from '../../shared/record.ts'
import { displayName, isProblem, type Problem } from '../problems.ts'
import type { ReadRequest } from '../read/read-request.ts'
import { type AcceptedRow, countOf, type RejectedRow } from '../read/records.ts'
import type { TrackPlace } from '../read/track.ts'
import { type RowErrorCode, rowErrorTexts } from '../row-errors.ts'

export type Answer = { status: number; headers: Record<string, string>; body: string }

/** A request whose rows were all accepted or parked. */
export type StoredRequest = Omit<ReadRequest, 'inherited' | 'rows'> & {
  /** The connection's name and mode. */
  connection: string
  mode: Connection['mode']
  /** No row was stored. How the request was read is in the captures queue. */
  captured?: true
}

/** Senders that show an answer at all show little of it. */
const MAX_ERRORS = 20
/** Enough rows of one kind to see what they have in common. */
const MAX_ROWS_PER_ERROR = 20
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
    'All rows were rejected; "errors" says why, with rows counted from 0. The rows are in the dead-letter queue. Correct the export and send it again.',
}

const NO_ROW_USABLE_CAPTURED: Problem = {
  ...NO_ROW_USABLE,
  detail:
    'All rows were rejected; "errors" says why, with rows counted from 0. Nothing is in the dead-letter queue, because this connection only captures. Correct the export and send it again.',
}

/** Prevents readers of the answer from mistaking a trial for a delivery. */
const CAPTURED = {
  captured: true,
  message:
    'This connection only captures: nothing was sent to Braze. To see how the rows were read, the operator of the bridge runs npm run ops -- captures.',
}

function problemAnswer({ problem, status, title, detail, headers, more }: Problem, also: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify({ type: PROBLEM_TYPE + problem, title, status, detail, ...also, ...more }),
  }
}

function summaryOf(stored: StoredRequest, requestId: string) {
  const { records, ignoredFields, skippedRows, captured } = stored
  const { accepted, rejected } = records
  const entered = enteredByPresence(accepted)
  return {
    ...(captured && CAPTURED),
    ...(accepted.length + rejected.length === 0 && nothingReceived(stored)),
    requestId,
    received: accepted.length + rejected.length,
    accepted: accepted.length,
    rejected: rejected.length,
    profiles: countOf(accepted, 'profiles'),
    events: countOf(accepted, 'events'),
    ...(entered > 0 && { enteredByPresence: entered }),
    ...(skippedRows !== undefined && { skippedRows }),
    ...errorsOf(stored),
    ...ignored(ignoredFields),
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

/** The answer to a request without rows. It may be a connection test, and a file without data looks just like one. */
function nothingReceived({ connection, mode, isHeaderOnly }: StoredRequest) {
  const found = isHeaderOnly
    ? 'The table has a header and no rows. If the file has rows, its line breaks were lost on the way, as happens with curl -d instead of --data-binary.'
    : 'The request has no rows.'
  return {
    ok: true,
    connection,
    mode,
    message: `The URL and the token are right. ${found} Nothing was written.`,
  }
}

/** How many people enter an audience only because they are in the request, without an operation. */
function enteredByPresence(accepted: readonly AcceptedRow[]): number {
  const people = new Set<unknown>()
  for (const { record, byPresence } of accepted)
    if (byPresence) people.add(record.external_id ?? record.braze_id)
  return people.size
}

/** The rejected rows, grouped by what is wrong with them. `moreErrors` counts the rows of groups that are left out. */
function errorsOf({ records: { rejected }, lines }: StoredRequest) {
  const groups = [
    ...Map.groupBy(rejected, ({ code, field, other }) => JSON.stringify([code, field, other])).values(),
  ]
  const moreErrors = groups.slice(MAX_ERRORS).reduce((sum, rows) => sum + rows.length, 0)
  return {
    errors: groups.slice(0, MAX_ERRORS).flatMap((rows) => formatRowErrors(rows, lines)),
    ...(moreErrors > 0 && { moreErrors }),
  }
}

const hiddenNote = (hidden: string | undefined) =>
  hidden === undefined ? [] : [`The cell contains the invisible character ${hidden}.`]

/** The setting that corrects the error, if it is known. */
function settingFor(code: RowErrorCode, field: string | undefined): string[] {
  if (code !== 'OP_UNCLEAR' || field === undefined) return []
  return [
    `To rename the column, add this setting: "columns": {${JSON.stringify(displayName(field))}: {"rename": "op"}}.`,
  ]
}

/**
 * Names the rows, the columns and the rule, but never a value, because senders write answers into their logs.
 * `index` and `line` are those of the first row.
 */
function formatRowErrors(rows: readonly RejectedRow[], lines: StoredRequest['lines']) {
  const [first] = rows
  if (!first) return []
  const { index, field, other, code, hidden } = first
  const { reason, hint } = rowErrorTexts(code)
  const shown = rows.slice(0, MAX_ROWS_PER_ERROR).map((row) => row.index)
  const line = lines?.get(index)
  const named = lines ? shown.flatMap((row) => lines.get(row) ?? []) : []
  return [
    {
      index,
      ...(line !== undefined && { line }),
      ...(field !== undefined && { field: displayName(field) }),
      ...(other !== undefined && { conflictsWith: displayName(other) }),
      code,
      message: [reason, ...hiddenNote(hidden), hint, ...settingFor(code, field)].join(' '),
      ...(rows.length > 1 && {
        rows: rows.length,
        indexes: shown,
        ...(named.length > 0 && { lines: named }),
      }),
    },
  ]
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
