import { showInvisible } from '../shared/invisible.ts'
import { HEADERS, LISTS, OPERATIONS } from './aliases.ts'
import type { JsonFault } from './decode/json-fault.ts'
import { withoutMark } from './exact-json.ts'
import {
  MAX_EXPANDED_BYTES,
  MAX_INHERITED_BYTES,
  MAX_NAMES,
  MAX_ROUNDS,
  MAX_ROWS,
  MAX_VALUES,
} from './limits.ts'

/**
 * Why a request as a whole was not accepted, as a value (RFC 9457). The person who set up the sender reads
 * `detail`, so it says what to change. It never repeats any value from the request.
 */
export type Problem = {
  /** Identifies the kind of problem for programs. It never changes. */
  problem: string
  status: number
  title: string
  detail: string
  headers?: Record<string, string>
  /** More members of the answer (RFC 9457, "Extension Members"). */
  more?: object
  /** How the request was read is in the captures queue. */
  captured?: true
}

export const isProblem = (value: object): value is Problem => 'problem' in value

const MB = 1024 * 1024
const withCommas = (count: number) => count.toLocaleString('en-US')

/**
 * How long a sender should wait before it sends the same request again. A short disruption in AWS is over by
 * then.
 */
const RETRY_AFTER_SECONDS = '10'

export const NO_SUCH_PATH: Problem = {
  problem: 'no-such-path',
  status: 404,
  title: 'There is nothing at this path',
  detail: 'Send to /v1/activations, /v1/events or /v1/records.',
}

/** @param path the only path that accepts signed requests of this connection. */
export const endpointNotSigned = (path: string): Problem => ({
  problem: 'endpoint-not-signed',
  status: 400,
  title: 'This path does not accept signed requests',
  detail: `Nothing was accepted. A signature does not cover the path, so this connection accepts signed requests at ${path} only (its setting "signedEndpoint"). Send the request there, or ask for a separate connection for this path. Braze's own paths accept tokens only.`,
})

export const parameterNotSigned = (name: string): Problem => ({
  problem: 'parameter-not-signed',
  status: 400,
  title: 'A signed request must not have this parameter in its URL',
  detail: `Nothing was accepted. A signature does not cover the URL, so "${displayName(name)}" could be changed by others. Put it into the body, beside the rows or in each row, and remove it from the URL.`,
})

export const METHOD_NOT_ALLOWED: Problem = {
  problem: 'method-not-allowed',
  status: 405,
  title: 'This method is not supported here',
  detail: 'Send rows with POST. GET and HEAD only test the connection.',
  headers: { allow: 'POST, GET, HEAD' },
}

export const SECRET_UNREADABLE: Problem = {
  problem: 'secret-unreadable',
  status: 503,
  title: 'The token could not be checked',
  detail:
    'The inbound secret could not be read just now, so nothing was accepted. Send the same request again.',
  headers: { 'retry-after': RETRY_AFTER_SECONDS },
}

export const QUEUE_UNAVAILABLE: Problem = {
  problem: 'queue-unavailable',
  status: 503,
  title: 'Not every row could be stored',
  detail:
    'SQS did not accept everything just now. Send the whole request again, with the same Idempotency-Key if it has one, or with the same headers if it is signed.',
  headers: { 'retry-after': RETRY_AFTER_SECONDS },
}

export const INTERNAL_ERROR: Problem = {
  problem: 'internal-error',
  status: 500,
  title: 'The bridge failed on this request',
  detail:
    'This is a fault of the bridge, not of the request. Find the request id in the log of the receiver.',
}

/** @param isCompression whether the header names a compression at all. */
export const encodingUnknown = (isCompression: boolean): Problem => ({
  problem: 'encoding-unknown',
  status: 415,
  title: isCompression
    ? 'The body is compressed in a way that the bridge does not read'
    : 'The header Content-Encoding does not name a known compression',
  detail: `Nothing was accepted. Send the body uncompressed without the header "Content-Encoding", or compressed with "Content-Encoding: gzip"${
    isCompression ? '' : '. A character set or a file type belongs in "Content-Type"'
  }.`,
})

/** @param what the kind of body, after "The body is". */
export const unreadable = (what: string, send: string, problem = 'format-not-read'): Problem => ({
  problem,
  status: 400,
  title: `The body is ${what}`,
  detail: `Nothing was accepted, because the bridge does not read this format. ${send}`,
})

export const BASE64_BODY = unreadable(
  'encoded in base64',
  'Send the body as it is. If a gateway or a queue passes it on, have it decode the body first.',
)

export const GZIP_BROKEN: Problem = {
  problem: 'gzip-broken',
  status: 400,
  title: 'The compressed body cannot be expanded',
  detail:
    'Nothing was accepted, because the body starts like gzip but is damaged or incomplete. Send it again, or send it uncompressed.',
}

export const BODY_TOO_LARGE: Problem = {
  problem: 'body-too-large',
  status: 413,
  title: 'The expanded body is too large',
  detail: `Lower the batch size of the sender: after it is expanded, a body may have at most ${MAX_EXPANDED_BYTES / MB} MB, with each character beyond ASCII counted as six bytes.`,
}

export const TOO_MANY_VALUES: Problem = {
  problem: 'too-many-values',
  status: 413,
  title: 'There are too many values in one request',
  detail: `Lower the batch size of the sender: one request may contain at most ${withCommas(MAX_VALUES)} values, counted over all rows and columns.`,
}

export const TOO_MANY_NAMES: Problem = {
  problem: 'too-many-names',
  status: 413,
  title: 'There are too many different names in one request',
  detail: `Lower the batch size of the sender: one request may contain at most ${withCommas(MAX_NAMES)} different names, counting those of columns and those within their values.`,
}

export const TOO_MANY_ROWS: Problem = {
  problem: 'too-many-rows',
  status: 413,
  title: 'There are too many rows in one request',
  detail: `Lower the batch size of the sender: one request may contain at most ${withCommas(MAX_ROWS)} rows.`,
}

export const INHERITED_TOO_LARGE: Problem = {
  problem: 'inherited-too-large',
  status: 413,
  title: 'The values that all rows inherit are too long for this number of rows',
  detail: `The fields beside the rows and in the URL are written into each row, and together they take over ${MAX_INHERITED_BYTES / MB} MB. Shorten them, or lower the batch size of the sender.`,
}

export const TOO_MANY_ROUNDS: Problem = {
  problem: 'too-many-rounds',
  status: 413,
  title: 'Too many rows must be stored one after the other',
  detail: `Nothing was accepted. Lower the batch size of the sender: one request may contain at most ${MAX_ROUNDS} rows that change a stored value of one person (inc, add, remove, update), and fewer events if only some have an event_id or a time.`,
}

export const NOT_UTF8: Problem = {
  problem: 'not-utf8',
  status: 400,
  title: 'The body is not UTF-8 text',
  detail:
    'Nothing was accepted, because column names or the structure of the body contain characters that are not UTF-8. Set the character set of the sender to UTF-8.',
}

/** @param fault is never undefined, as long as the search for it agrees with `JSON.parse`. */
export const notJson = (fault: JsonFault | undefined): Problem => ({
  problem: 'not-json',
  status: 400,
  title: 'The body is not valid JSON',
  detail: `${
    fault ? `The JSON is not valid at line ${fault.line}, column ${fault.column}: ${fault.reason}. ` : ''
  }Nothing was accepted. Correct the body, or set the body format of the sender to JSON.`,
  ...(fault && { more: { line: fault.line, column: fault.column } }),
})

export const csvBroken = (line: number | undefined): Problem => ({
  problem: 'csv-broken',
  status: 400,
  title: 'The quotes in the CSV do not match',
  detail: `Nothing was accepted. A cell in quotes begins or ends incorrectly${line === undefined ? '' : ` at line ${line}`}. The usual reasons are a space between a quote and the delimiter, a quote in a cell that is escaped as \\" instead of doubled (""), or a quote that begins in the middle of a cell, as in ="007".`,
  ...(line !== undefined && { more: { line } }),
})

export const secondHeader = (line: number | undefined): Problem => ({
  problem: 'second-header',
  status: 400,
  title: 'The table has a second header with other columns',
  detail: `Nothing was accepted, because the rows after the second header${line === undefined ? '' : ` (line ${line})`} would be read under the wrong columns. The usual reason is that files were joined: send each file by itself.`,
  ...(line !== undefined && { more: { line } }),
})

/** @param place where the column is, such as "column 3". */
export const columnUnnamed = (place: string): Problem => ({
  problem: 'column-unnamed',
  status: 400,
  title: 'A column without a name has values',
  detail: `Nothing was accepted. Name ${place} in the export, remove it (a data frame writes its index like this), or drop it in the settings of the connection: "columns": {"": {"drop": true}}.`,
})

/** @param headerLine the line that looks like the header of the table, if it is not the first. */
export const formatUnclear = (understood: readonly object[], headerLine?: number): Problem => ({
  problem: 'format-unclear',
  status: 400,
  title: 'The format of the body is not clear',
  detail: `The body is neither JSON nor a CSV with a column for the person in its first line (${HEADERS['external id'].join(', ')} or ${HEADERS['braze id'].join(', ')}). "understood" shows how its first lines were read. Set the format of the sender to JSON, NDJSON or CSV with a header line.${
    headerLine === undefined ? '' : ` Line ${headerLine} looks like the header: remove the lines before it.`
  }`,
  more: { understood },
})

export const JSON_TOO_DEEP: Problem = {
  problem: 'json-too-deep',
  status: 400,
  title: 'The body is nested too deeply',
  detail: 'Send flat rows, without lists and objects nested this deeply.',
}

export const NO_ROWS: Problem = {
  problem: 'no-rows',
  status: 400,
  title: 'The body contains no rows',
  detail: `Send one JSON object, a list of objects, or an object with the list under one of these names: ${LISTS.join(', ')}.`,
}

export const NOTHING_TO_TRACK: Problem = {
  problem: 'nothing-to-track',
  status: 400,
  title: "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.",
  detail: 'Send an object with at least one of these lists, as to /users/track of Braze.',
}

export const trackArrayMisshapen = (array: string): Problem => ({
  problem: 'track-array-misshapen',
  status: 400,
  title: `${array} must be an array`,
  detail: 'Send an object with lists, as to /users/track of Braze.',
})

/** Enough to see what is meant. An answer of megabytes would not reach the sender. */
const MAX_SHOWN_LISTS = 10

export function severalLists(names: readonly string[]): Problem {
  const more = names.length > MAX_SHOWN_LISTS ? ` and ${names.length - MAX_SHOWN_LISTS} more` : ''
  return {
    problem: 'several-lists',
    status: 400,
    title: 'It is not clear which list holds the rows',
    detail: `The body contains several lists that could be the rows: ${names
      .slice(0, MAX_SHOWN_LISTS)
      .map(displayName)
      .join(', ')}${more}. Send only one of them.`,
  }
}

export const personBesideRows = (person: string, list: string): Problem => ({
  problem: 'person-beside-rows',
  status: 400,
  title: 'It is not clear whether the body is one row or many',
  detail: `The body names a person in "${displayName(person)}" and contains rows in "${displayName(list)}". Leave out the first if each row names its own person; rename the second if it belongs to that one person.`,
})

export const fieldUnreadable = (name: string, reason: string): Problem => ({
  problem: 'field-unreadable',
  status: 400,
  title: 'A field that all rows inherit cannot be read',
  detail: `"${displayName(name)}", beside the rows or in the URL: ${reason}`,
})

export const fieldsConflict = (first: string, second: string): Problem => ({
  problem: 'field-unreadable',
  status: 400,
  title: 'Two fields that all rows inherit contradict each other',
  detail: `"${displayName(first)}" and "${displayName(second)}", beside the rows or in the URL, have the same meaning and different values. Send one of them.`,
})

export const opUnclear = (name: string): Problem => ({
  problem: 'op-unclear',
  status: 400,
  title: 'It is not clear whether people enter or leave the audience',
  detail: `"${displayName(name)}", beside the rows or in the URL, seems to say whether people enter or leave, but the bridge does not read it, so everyone would enter. Nothing was accepted. Use the name "op" with ${OPERATIONS.enter[1]} or ${OPERATIONS.leave[2]}. If it means something else and an audience always means enter, set the connection setting "presenceEnters" to true.`,
})

/**
 * A header is text from the sender and may be of any length. An answer shows enough of it to find the column.
 */
const MAX_DISPLAY_CHARACTERS = 100

export function displayName(header: string): string {
  const name = showInvisible(withoutMark(header))
  return name.length > MAX_DISPLAY_CHARACTERS ? `${name.slice(0, MAX_DISPLAY_CHARACTERS)}…` : name
}
