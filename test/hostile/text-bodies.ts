import * as fc from 'fast-check'
import type { Body, HostileRow } from './body.ts'
import { IDS, NAMES, VALUES } from './literals.ts'

/** Bodies in formats in which every cell is a text: tables and forms. */

type Text = { text: string; expected: string | undefined }

/** The literals that are texts and can be sent as they are. */
const textsOf = (literals: readonly (readonly [json: string, expected: string | undefined])[]): Text[] =>
  literals
    .filter(([json]) => json.startsWith('"'))
    .map(([json, expected]) => ({ text: String(JSON.parse(json)), expected }))
    .filter(({ text }) => text.isWellFormed())

const IDENTIFIERS = textsOf(IDS)
const CELLS = textsOf(VALUES)
const HEADERS = NAMES.filter((name) => name.isWellFormed())

type Line = { id: Text; value: Text; event: string; others: string[] }
const line: fc.Arbitrary<Line> = fc.record({
  id: fc.constantFrom(...IDENTIFIERS),
  value: fc.constantFrom(...CELLS),
  event: fc.constantFrom('', '', 'visit'),
  others: fc.array(fc.constantFrom('', 'fixture-other', 'fixture, "other"\nline'), {
    minLength: 3,
    maxLength: 3,
  }),
})

type Table = { headers: string[]; lines: string[][]; rows: HostileRow[] }
const tables: fc.Arbitrary<Table> = fc
  .record({
    names: fc.uniqueArray(fc.constantFrom(...HEADERS), { maxLength: 3 }),
    lines: fc.array(line, { minLength: 1, maxLength: 8 }),
  })
  .map(({ names, lines }) => ({
    headers: ['external_id', 'event_name', ...names, 'own_value', 'row_number'],
    lines: lines.map(({ id, value, event, others }, index) => [
      id.text,
      event,
      ...others.slice(0, names.length),
      value.text,
      String(index),
    ]),
    rows: lines.map(({ id, value, others }) => ({
      json: '',
      id: id.expected,
      value: value.expected,
      names: names.filter((_, column) => others[column] !== ''),
    })),
  }))

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`

const csv = fc
  .record({
    table: tables,
    delimiter: fc.constantFrom(',', '\t', ';', '|'),
    lineEnd: fc.constantFrom('\n', '\r\n', '\r'),
    /** A stray line that does not belong in a table. */
    stray: fc.constantFrom(undefined, undefined, undefined, 'fixture-stray', '"fixture-open', '', ' '),
  })
  .map(({ table: { headers, lines, rows }, delimiter, lineEnd, stray }): Body => {
    const written = [headers, ...lines].map((cells) => cells.map(quoted).join(delimiter))
    return {
      text: (stray === undefined ? written : written.toSpliced(2, 0, stray)).join(lineEnd),
      rows,
      isText: true,
    }
  })

const forms = tables.map(({ headers, lines, rows }): Body => {
  const [cells = []] = lines
  const fields = headers.map((header, column): [string, string] => [header, cells[column] ?? ''])
  return { text: String(new URLSearchParams(fields)), rows: rows.slice(0, 1), isText: true }
})

const EMBEDDED_JSON = '{"external_id":"fixture-person-1","own_value":1,"row_number":0}'
const carriers = fc.constantFrom('payload', 'data', 'JSON', 'body', 'records', 'other').map(
  (name): Body => ({
    text: `${name}=${encodeURIComponent(EMBEDDED_JSON)}`,
    rows: [{ json: EMBEDDED_JSON, id: 'fixture-person-1', value: '1', names: [] }],
  }),
)

export const textBodies: fc.Arbitrary<Body> = fc.oneof(
  { arbitrary: csv, weight: 6 },
  { arbitrary: forms, weight: 2 },
  { arbitrary: carriers, weight: 1 },
)
