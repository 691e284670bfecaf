import { isRowErrorCode, rowErrorTexts } from '../../../functions/receiver/row-errors.ts'
import type { Capture, CapturedRow, ColumnReading, Reading } from '../../../functions/shared/capture.ts'
import { alignColumns, labelled, printable } from '../../cli/lines.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { type CaptureView, forecastOf, rejectedFirst } from './capture.ts'
import type { Warning } from './check-these/warning.ts'
import type { Forecast } from './forecast.ts'
import { formatRejected, formatWarnings } from './format-check-these.ts'
import { rejectedRows } from './rejected-rows.ts'

/**
 * Formats what is wrong with a request, how it was read and what the worker would do with its rows.
 * @param values also shows the content of the rows.
 */
export function formatCapture(
  capture: Capture,
  warnings: readonly Warning[],
  { values, objectsPerRequest }: CaptureView,
): string[] {
  const { connection, reading, problem, rows, moreRows, format } = capture
  const predicted = forecastOf(capture, objectsPerRequest)
  const lines = [
    ...formatRejected(rejectedRows(capture), capture.connection),
    ...formatWarnings(warnings, { connection, rows: rows.length, rowsNotKept: moreRows }),
    ...labelled('Body', [formatBody(format)]),
    ...(problem ? formatProblem(problem) : []),
    ...(reading ? formatReading(reading) : []),
    ...(rows.some(({ record }) => record) ? formatForecast(predicted) : []),
    ...(moreRows > 0
      ? labelled('', [
          `Only of the first ${plural(rows.length, 'row')}: ${formatCount(moreRows)} more did not fit into the capture.`,
        ])
      : []),
    ...(values ? formatRows(rows, predicted) : []),
  ]
  return [headline(capture), ...lines.map((line) => `  ${line}`)].map(printable)
}

const headline = ({ receivedAt, connection, endpoint, method, requestId }: Capture) =>
  `${receivedAt}  ${connection}  ${method} ${endpoint ?? '(an unknown path)'}  ${requestId}`

function formatBody({ contentType, contentEncoding, bytes }: Capture['format']): string {
  const encoding = contentEncoding === undefined ? [] : [`Content-Encoding ${contentEncoding}`]
  return [plural(bytes, 'byte'), `Content-Type ${contentType ?? '(none)'}`, ...encoding].join(', ')
}

function formatProblem({ status, problem, title, detail, understood = [] }: NonNullable<Capture['problem']>) {
  const lines = understood.map(({ line, cells }) => `line ${line}: ${cells.join(', ')}`)
  return labelled('Not accepted', [`${status} ${problem}: ${title}`, detail, ...lines])
}

/** Formats how a request was read, without any value of a row. */
function formatReading(reading: Reading): string[] {
  const { received, accepted, rejected, skipped, identifiers } = reading
  return [
    ...labelled('Rows', [
      `${formatCount(received)} received, ${formatCount(accepted)} accepted, ${formatCount(rejected)} rejected${skippedText(skipped)}`,
    ]),
    ...(received > 0 ? labelled('Columns', columns(reading)) : []),
    ...labelled(
      'People',
      Object.entries(identifiers).map(([name, rows]) => `${formatCount(rows)} by ${name}`),
    ),
    ...labelled('Memberships', memberships(reading)),
    ...labelled('Events', eventNames(reading)),
    ...labelled('Times', times(reading)),
    ...labelled('Not used', ignored(reading)),
    ...(accepted > 0 ? labelled('Writes', [writes(reading)]) : []),
  ]
}

const skippedText = (skipped = 0) =>
  skipped > 0
    ? `, ${plural(skipped, 'line')} skipped because ${skipped === 1 ? 'it is' : 'they are'} not data`
    : ''

const more = (count: number, what: string) => (count > 0 ? [`and ${formatCount(count)} more ${what}`] : [])

const columns = ({ columns, moreColumns }: Reading) => [
  ...alignColumns([
    ['header', 'rows', 'read as', 'in Braze', 'values'],
    ...columns.map((column) => [
      column.header,
      formatCount(column.rows),
      column.readAs.join(' or ') + (column.type === undefined ? '' : ` (${column.type})`),
      column.writtenAs.join(', '),
      kinds(column),
    ]),
  ]),
  ...more(moreColumns, 'columns'),
]

const kinds = ({ kinds }: ColumnReading) =>
  Object.entries(kinds)
    .map(([kind, cells]) => `${formatCount(cells)} ${kind}`)
    .join(', ')

const memberships = ({ memberships, moreMemberships }: Reading) => [
  ...alignColumns(
    memberships.map(({ flag, enters, leaves }) => [
      flag,
      `${formatCount(enters)} enter`,
      `${formatCount(leaves)} leave`,
    ]),
  ),
  ...more(moreMemberships, 'memberships'),
]

const eventNames = ({ eventNames, moreEventNames }: Reading) => [
  ...alignColumns(eventNames.map(({ name, events }) => [name, formatCount(events)])),
  ...more(moreEventNames, 'names'),
]

const times = ({ times }: Reading) =>
  times ? [`${times.earliest} to ${times.latest}, in ${plural(times.rows, 'row')}`] : []

function ignored({ ignoredFields, moreIgnoredFields }: Reading): string[] {
  const all = [...ignoredFields, ...more(moreIgnoredFields, '')]
  return all.length > 0 ? [all.join(', ').trim()] : []
}

function writes({ attributeWrites, events, purchases }: Reading): string {
  const cost = [
    plural(attributeWrites, 'attribute'),
    plural(events, 'event'),
    ...(purchases > 0 ? [plural(purchases, 'purchase')] : []),
  ]
  return `${cost.join(', ')}, before the rows of a person are merged`
}

const MAX_REASONS = 20

function formatForecast({ parked, withheld, objects, requests }: Forecast): string[] {
  return [
    ...labelled('Would send', [
      `${plural(objects.length, 'object')} in ${plural(requests, 'request')} to Braze, if sent alone`,
    ]),
    ...labelled('Would park', reasonLines(parked)),
    ...labelled('Withheld', reasonLines(withheld)),
  ]
}

/** Lists each reason once, because it may be that of every row. */
function reasonLines(rows: Forecast['parked']): string[] {
  const reasons = Map.groupBy(rows, ({ code, reason }) => `${code}: ${reason}`)
  return [
    ...[...reasons].slice(0, MAX_REASONS).map(([reason, rows]) => `${plural(rows.length, 'row')} ${reason}`),
    ...more(reasons.size - MAX_REASONS, 'reasons'),
  ]
}

/** Enough to recognise the shape of a request. */
const MAX_ROWS = 10

/** Rows may be as large as 180 KB. */
const MAX_CHARACTERS = 2_000

/** Formats the first rows with their content, rejected ones before the others: as sent, and as the object that Braze would receive. */
function formatRows(rows: readonly CapturedRow[], { parked, withheld, objects }: Forecast): string[] {
  const parkReasons = reasonsByRow(parked)
  const withholdReasons = reasonsByRow(withheld)
  const objectOf = new Map(objects.flatMap((object) => object.rows.map((row) => [row, object])))
  const lines = rejectedFirst(rows)
    .slice(0, MAX_ROWS)
    .flatMap(({ index, line, row, code, omittedBytes }) => {
      const object = objectOf.get(index)
      const together = object?.rows.filter((other) => other !== index) ?? []
      return [
        `Row ${index}${line === undefined ? '' : ` (line ${line})`}`,
        `  sent       ${cut(JSON.stringify(row))}${omittedBytes === undefined ? '' : ' (too large to keep)'}`,
        ...(code === undefined ? [] : [`  rejected   ${describeRowError(code)}`]),
        ...(parkReasons.has(index) ? [`  parked     ${parkReasons.get(index)}`] : []),
        ...(withholdReasons.has(index) ? [`  withheld   ${withholdReasons.get(index)}`] : []),
        ...(object ? [`  to Braze   ${object.array} ${cut(object.json)}`] : []),
        ...(together.length > 0 ? [`             one object with ${rowsIn(together)}`] : []),
      ]
    })
  return [...lines, ...more(rows.length - MAX_ROWS, 'rows')]
}

const reasonsByRow = (rows: Forecast['parked']) =>
  new Map(rows.map(({ index, code, reason }) => [index, `${code}: ${reason}`]))

const describeRowError = (code: string) =>
  isRowErrorCode(code) ? `${code}: ${rowErrorTexts(code).reason} ${rowErrorTexts(code).hint}` : code

const MAX_TOGETHER = 10

function rowsIn(indexes: readonly number[]): string {
  const named = indexes.slice(0, MAX_TOGETHER).join(', ')
  const others =
    indexes.length > MAX_TOGETHER ? ` and ${formatCount(indexes.length - MAX_TOGETHER)} more` : ''
  return `${indexes.length === 1 ? 'row' : 'rows'} ${named}${others}`
}

const cut = (json: string) =>
  json.length > MAX_CHARACTERS
    ? `${json.slice(0, MAX_CHARACTERS)}… (${formatCount(json.length)} characters)`
    : json
