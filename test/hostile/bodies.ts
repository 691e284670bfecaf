import * as fc from 'fast-check'
import type { Body, HostileRow } from './body.ts'
import { FIELD_CELLS, IDS, INVALID_JSON, NAMES, VALUES } from './literals.ts'
import { textBodies } from './text-bodies.ts'

const constants = <T>(values: readonly T[]) => fc.constantFrom(...values)
const mostly = <T>(usual: fc.Arbitrary<T>, weight: number, other: fc.Arbitrary<T>) =>
  fc.oneof({ arbitrary: usual, weight }, { arbitrary: other, weight: 1 })

const ID = constants(IDS)
const VALUE = constants(VALUES)
const GOOD = <T extends readonly [string, string | undefined]>(all: readonly T[]) =>
  constants(all.filter(([, expected]) => expected !== undefined))

type Cell = { json: string; names: string[] }
const cell: fc.Arbitrary<Cell> = fc.oneof(
  constants(FIELD_CELLS).map((json) => ({ json, names: [] })),
  fc.tuple(constants(NAMES), GOOD(VALUES)).map(([name, [json]]) => ({
    json: `${JSON.stringify(name)}:${json}`,
    names: [name],
  })),
)

/**
 * `own_value` and `row_number` are adjacent in the row and therefore in its record, so a test can find them
 * there.
 */
const objectRow = fc
  .record({
    id: mostly(GOOD(IDS), 12, ID),
    value: mostly(GOOD(VALUES), 12, VALUE),
    cells: mostly(fc.constant<Cell[]>([]), 2, fc.array(cell, { maxLength: 3 })),
    event: fc.boolean(),
  })
  .map(({ id: [idJson, id], value: [valueJson, value], cells, event }) => (index: number): HostileRow => {
    const own = [
      `"external_id":${idJson}`,
      ...(event ? ['"event_name":"visit"'] : []),
      ...cells.map(({ json }) => json),
    ]
    return {
      json: `{${own.join(',')},"own_value":${valueJson},"row_number":${index}}`,
      id,
      value,
      names: cells.flatMap(({ names }) => names),
    }
  })

const noRow = constants([
  '1',
  'null',
  '"fixture-text"',
  '[]',
  '[{}]',
  '{}',
  '{"":{}}',
  '1e400',
  '9007199254740993',
]).map((json) => (): HostileRow => ({ json, id: undefined, value: undefined, names: [] }))

const fewRows = fc
  .array(mostly(objectRow, 15, noRow), { minLength: 1, maxLength: 8 })
  .map((made) => made.map((make, index) => make(index)))

/** Rows of enough different people that each lane has some. */
const crowds = fc.integer({ min: 30, max: 200 }).map((count) =>
  Array.from({ length: count }, (_, index): HostileRow => {
    const id = `fixture-crowd-${index}`
    return { json: `{"external_id":"${id}","own_value":1,"row_number":${index}}`, id, value: '1', names: [] }
  }),
)

const rows = mostly(fewRows, 20, crowds)

const besides = mostly(fc.constant<string[]>([]), 3, fc.array(constants(FIELD_CELLS), { maxLength: 3 }))
const LIST_NAMES = [
  'records',
  'rows',
  'users',
  'data',
  'Events',
  're_cords',
  'unknown_list',
  '__proto__',
  'attributes',
]

const wellFormed = fc.oneof(
  rows.map((all) => ({ text: `[${all.map(({ json }) => json).join(',')}]`, rows: all })),
  fc
    .record({ all: rows, name: mostly(fc.constant('records'), 3, constants(LIST_NAMES)), beside: besides })
    .map(({ all, name, beside }) => ({
      text: `{${[...beside, `"${name}":[${all.map(({ json }) => json).join(',')}]`].join(',')}}`,
      rows: all,
    })),
  rows.map((all) => ({ text: all[0]?.json ?? '', rows: all.slice(0, 1) })),
)

const ndjson = fc
  .tuple(rows, fc.constantFrom('\n', '\r\n', '\n \n'))
  .map(([all, lineEnd]) => ({ text: all.map(({ json }) => json).join(lineEnd), rows: all }))

const REPEATED_LISTS = rows.map((all) => {
  const list = `"records":[${all.map(({ json }) => json).join(',')}]`
  return { text: `{${list},"records":[]}`, rows: all }
})

const malformed: fc.Arbitrary<Body> = fc.oneof(
  constants(INVALID_JSON).map((json) => ({
    text: `[{"external_id":"fixture-person-1","a":${json}}]`,
    rows: [],
  })),
  constants(['', ' \n', '{}', '[]', '7', 'null', '"fixture-text"', '\ufeff[]', '\ufeff\ufeff[]', '[]\0']).map(
    (text) => ({ text, rows: [] }),
  ),
)

export const bodies: fc.Arbitrary<Body> = fc.oneof(
  { arbitrary: wellFormed, weight: 20 },
  { arbitrary: ndjson, weight: 4 },
  { arbitrary: textBodies, weight: 8 },
  { arbitrary: malformed, weight: 2 },
  { arbitrary: REPEATED_LISTS, weight: 1 },
)
