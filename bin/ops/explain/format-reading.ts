import { isRowErrorCode, rowErrorTexts } from '../../../functions/receiver/row-errors.ts'
import type { ColumnReading, Reading } from '../../../functions/shared/capture.ts'
import { plural } from '../../cli/plural.ts'
import { alignColumns } from './align-columns.ts'

/** Formats how a request was read, without any value of a row. */
export function formatReading(reading: Reading): string[] {
  const { received, accepted, rejected, attributeWrites, events, purchases } = reading
  const cost = [
    plural(attributeWrites, 'attribute'),
    plural(events, 'event'),
    ...(purchases > 0 ? [plural(purchases, 'purchase')] : []),
  ]
  return [
    `Rows         ${received} received, ${accepted} accepted, ${rejected} rejected`,
    ...reading.refusals.flatMap(rowErrorLines),
    ...(received > 0 ? columns(reading) : []),
    ...labelled(
      'Persons',
      Object.entries(reading.identifiers).map(([name, rows]) => `${rows} by ${name}`),
    ),
    ...labelled('Memberships', memberships(reading)),
    ...labelled('Events', eventNames(reading)),
    ...labelled('Times', times(reading)),
    ...labelled('Not used', ignored(reading)),
    ...(accepted > 0 ? [`Writes       ${cost.join(', ')}, before rows of one person are merged`] : []),
  ]
}

/** Puts the label beside the first line and indents the others below it. */
const labelled = (label: string, lines: readonly string[]) =>
  lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`)
const LABEL = 'Memberships  '.length

const more = (count: number, what: string) => (count > 0 ? [`and ${count} more ${what}`] : [])

function rowErrorLines({ code, rows, columns }: Reading['refusals'][number]): string[] {
  const inColumns = columns.length > 0 ? ` in ${columns.join(', ')}` : ''
  const { reason, hint } = isRowErrorCode(code) ? rowErrorTexts(code) : { reason: '', hint: '' }
  return labelled('', [`${plural(rows, 'row')} ${code}${inColumns}`, `  ${`${reason} ${hint}`.trim()}`])
}

function columns({ columns, moreColumns }: Reading): string[] {
  const lines = alignColumns([
    ['header', 'read as', 'in Braze', 'values', 'rows'],
    ...columns.map((column) => [
      column.header,
      column.readAs.join(' or ') + (column.type === undefined ? '' : ` (${column.type})`),
      column.writtenAs.join(', '),
      kinds(column),
      String(column.rows),
    ]),
  ])
  return labelled('Columns', [...lines, ...more(moreColumns, 'columns')])
}

const kinds = ({ kinds }: ColumnReading) =>
  Object.entries(kinds)
    .map(([kind, cells]) => `${cells} ${kind}`)
    .join(', ')

const memberships = ({ memberships, moreMemberships }: Reading) => [
  ...alignColumns(
    memberships.map(({ flag, enters, leaves }) => [flag, `${enters} enter`, `${leaves} leave`]),
  ),
  ...more(moreMemberships, 'memberships'),
]

const eventNames = ({ eventNames, moreEventNames }: Reading) => [
  ...alignColumns(eventNames.map(({ name, events }) => [name, String(events)])),
  ...more(moreEventNames, 'names'),
]

const times = ({ times }: Reading) =>
  times ? [`${times.earliest} to ${times.latest}, in ${plural(times.rows, 'row')}`] : []

function ignored({ ignoredFields, moreIgnoredFields }: Reading): string[] {
  const all = [...ignoredFields, ...more(moreIgnoredFields, '')]
  return all.length > 0 ? [all.join(', ').trim()] : []
}
