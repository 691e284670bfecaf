import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { builtInColumn, cachedColumnResolver, rowReader } from '../../../../functions/receiver/columns.ts'
import { readBody } from '../../../../functions/receiver/decode/decode.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { isBlank } from '../../../../functions/shared/invisible.ts'

type Rule = 'skip' | 'null' | 'keep'
const read = (text: string, contentType?: string, emptyCells?: Rule) =>
  readBody(text, contentType, { columnOf: builtInColumn, emptyCells })

const TWO = [
  { external_id: 'fixture-u1', tier: 'x' },
  { external_id: 'fixture-u2', tier: 'y' },
]

const ONE = { external_id: 'fixture-u1' }
const EVERY_TYPE = [
  'application/json',
  'text/csv',
  'application/x-www-form-urlencoded',
  'text/plain',
  undefined,
]

test.each([
  ['CSV', 'external_id,tier\nfixture-u1,x\nfixture-u2,y\n'],
  ['CSV of Windows', 'external_id,tier\r\nfixture-u1,x\r\nfixture-u2,y'],
  ['CSV whose lines end in CR', 'external_id,tier\rfixture-u1,x\rfixture-u2,y\r'],
  ['CSV whose lines end in several ways', 'external_id,tier\r\nfixture-u1,x\nfixture-u2,y\r\n'],
  ['CSV between lines of spaces', ' \t\n\nexternal_id,tier\nfixture-u1,x\nfixture-u2,y\n  '],
  ['TSV', 'external_id\ttier\nfixture-u1\tx\nfixture-u2\ty'],
  ['CSV with semicolons', 'external_id;tier\nfixture-u1;x\nfixture-u2;y'],
  ['CSV with bars', 'external_id|tier\nfixture-u1|x\nfixture-u2|y'],
  ['CSV with quotes and blank lines', '\n"external_id","tier"\n\n"fixture-u1","x"\n\n"fixture-u2","y"\n\n'],
  ['NDJSON', '{"external_id":"fixture-u1","tier":"x"}\n{"external_id":"fixture-u2","tier":"y"}\n'],
  ['JSON', JSON.stringify(TWO)],
])('%s is read as what it is, whatever the content type says', (_, text) => {
  for (const type of EVERY_TYPE) expect(read(text, type)).toMatchObject({ json: TWO })
})

test.each<[what: string, text: string, json: unknown]>([
  ['a form', 'external_id=fixture-u1&tier=x+y%26z', [{ ...ONE, tier: 'x y&z' }]],
  ['a form with a field of no value', 'external_id=fixture-u1&tier=', [ONE]],
  [
    'a form with a field twice',
    'external_id=fixture-u1&tier=x&tier=y',
    [{ ...ONE, tier: 'x', 'tier\0again': 'y' }],
  ],
  ['JSON in a form', 'payload=%7B%22external_id%22%3A%22fixture-u1%22%7D', ONE],
  ['one JSON object', '{\n  "external_id": "fixture-u1"\n}', ONE],
  ['a column alone', 'external_id\nfixture-u1\nfixture-u2', [ONE, { external_id: 'fixture-u2' }]],
  [
    'a table with quotes, spaces and leading zeros',
    'user_id,a,b,c\n007,"Paris, ""Rivoli""\nsecond line",1.50, x ',
    [{ user_id: '007', a: 'Paris, "Rivoli"\nsecond line', b: '1.50', c: ' x ' }],
  ],
  [
    'a line of too few or too many cells',
    'external_id,tier\nfixture-u1\nfixture-u2,y\nfixture-u3,z,1',
    [['fixture-u1'], { external_id: 'fixture-u2', tier: 'y' }, ['fixture-u3', 'z', '1']],
  ],
  ['two columns of one header that agree', 'external_id,tier,tier\nfixture-u1,x,x', [{ ...ONE, tier: 'x' }]],
  [
    'two columns of one header that do not',
    'external_id,tier,tier\nfixture-u1,x,y',
    [{ ...ONE, tier: 'x', 'tier\0again': 'y' }],
  ],
  [
    'a table separated by what separates the person',
    'external_id\tlast, first, middle\nfixture-u1\tx',
    [{ ...ONE, 'last, first, middle': 'x' }],
  ],
  ['a line break in a header', '"tier\n(new)",external_id\nx,fixture-u1', [{ 'tier\n(new)': 'x', ...ONE }]],
  [
    'a broken line among lines',
    '{"external_id":"fixture-u1"}\n{"external_id":\n{"external_id":"fixture-u2"}',
    [ONE, '{"external_id":', { external_id: 'fixture-u2' }],
  ],
  ['two broken lines, never as one', '{"a":1\n"b":2}\n{"a":3}', ['{"a":1', '"b":2}', { a: 3 }]],
  [
    'a name twice behind a quote that never closes',
    '{"user_id":"a","x":1}\n{"user_id":"b\n{"user_id":"c","user_id":"d"}',
    [{ user_id: 'a', x: 1 }, '{"user_id":"b', { user_id: 'c', 'user_id\0again': 'd' }],
  ],
])('%s is read row by row', (_, text, json) => {
  expect(read(text)).toMatchObject({ json })
})

test.each([
  [
    'a header named __proto__',
    'external_id,__proto__\nfixture-u1,x',
    '[{"external_id":"fixture-u1","__proto__":"x"}]',
  ],
  [
    'numbers of many digits and names that stand twice',
    '{"user_id":9007199254740993,"a":1,"a":2}\n{"user_id":1}',
    '[{"user_id":9007199254740993,"a":1,"a\\u0000again":2},{"user_id":1}]',
  ],
])('%s are kept as data', (_, text, json) => {
  const decoded = read(text)
  expect(JSON.stringify('json' in decoded && decoded.json)).toBe(json)
})

test.each([
  [undefined, ONE, ONE],
  ['skip', ONE, ONE],
  ['null', { ...ONE, tier: null }, { ...ONE, tier: null }],
  ['keep', { ...ONE, tier: '', AIQ_1_2: ' ' }, { ...ONE, tier: '' }],
] as const)('a table with the rule %s for empty cells, also for two of one header', (rule, row, twice) => {
  expect(read('external_id,tier,AIQ_1_2\nfixture-u1,, ', undefined, rule)).toMatchObject({ json: [row] })
  expect(read('external_id,tier,tier\nfixture-u1,,', undefined, rule)).toMatchObject({ json: [twice] })
})

test('the person may stand under a header of the connection', () => {
  const columns = { person_key: { rename: 'external_id' } }
  const columnOf = cachedColumnResolver({ columns, matchStandardFields: true })
  expect(
    readBody('PERSON_KEY,a\nfixture-u1,1', undefined, { columnOf, emptyCells: undefined }),
  ).toMatchObject({
    json: [{ PERSON_KEY: 'fixture-u1', a: '1' }],
  })
})

test.each<[what: string, text: string, problem: object, type?: string]>([
  [
    'a quote that never closes',
    'external_id,a\nx,1\ny,"2\nz,3',
    { problem: 'csv-broken', detail: expect.stringContaining('line 3') },
  ],
  [
    'a quote within a cell',
    'external_id,a\r\nx,"a\r\nb"\r\ny,2"z',
    { problem: 'csv-broken', detail: expect.stringContaining('line 4') },
  ],
  [
    'a broken envelope',
    '{"op":"leave","records":[\n{"user_id":"a","tier":"x"}\n]',
    { status: 400, problem: 'not-json' },
  ],
  ['a list without commas', '[\n{"user_id":"a"}\n{"user_id":"b"}\n]', { problem: 'not-json' }],
  ['what is called JSON', 'external: 1', { problem: 'not-json' }, 'application/json'],
  ['what looks like JSON', '{"external_id":', { problem: 'not-json' }, 'text/csv'],
])('%s is refused', (_, text, problem, type) => {
  expect(read(text, type)).toMatchObject(problem)
})

test.each([
  ['form fields', () => 'a=1&'.repeat(4_000_000), 'too-many-names'],
  ['cells of lines that end in CR', () => `external_id,a\r${'x,y\r'.repeat(200_000)}`, 'too-many-values'],
  ['cells', () => `external_id,a\n${'x,y\n'.repeat(200_000)}`, 'too-many-values'],
  ['columns', () => `external_id${',a'.repeat(20_000)}\n`, 'too-many-names'],
  ['lines of CSV', () => `external_id\n${'x\n'.repeat(100_001)}`, 'too-many-rows'],
  ['values of lines', () => `{"a":1}\n${'{"a":[1,2,3,4]}\n'.repeat(99_999)}`, 'too-many-values'],
  ['values behind an open quote', () => `{"a":1}\n"\n[${'[],'.repeat(400_000)}[]]`, 'too-many-values'],
  ['lines of JSON', () => '{"a":1}\n'.repeat(100_001), 'too-many-rows'],
])('too many %s are refused', (_, make, problem) => {
  expect(read(make())).toMatchObject({ status: 413, problem })
})

test.each([
  [
    'its first lines',
    'fixture-u1,gold,12.5,true,2026-01-05\nfixture-u2,,7,0,x\n\nfixture-u3\nfixture-u4',
    [
      { line: 1, cells: ['text', 'text', 'number', 'true or false', 'time'] },
      { line: 2, cells: ['text', 'empty', 'number', 'number', 'text'] },
      { line: 3, cells: ['text'] },
    ],
  ],
  ['no word that is a column too', 'Fixturia,Rossi,event,gold\nx,y,z,1', expect.anything()],
  ['no column among numbers', 'user_group,audience_id,12.5\nx,y,1', expect.anything()],
  [
    'the headers where one of them is known',
    'AIQ_SEGMENTID,TIER\n1042,x',
    [
      { line: 1, cells: ['"AIQ_SEGMENTID"', '"TIER"'] },
      { line: 2, cells: ['number', 'text'] },
    ],
  ],
])('a body of no format: the answer shows %s, without a value', (_, text, understood) => {
  const problem = read(text)
  expect(problem).toMatchObject({ problem: 'format-unclear', status: 400, more: { understood } })
  expect(JSON.stringify(problem)).not.toMatch(/fixture-u|Fixturia|Rossi|gold|user_group|12\.5/)
})

test('the rule for empty cells holds for JSON too, once it is set', () => {
  const records = (emptyCells?: Rule) => {
    const { default: connection } = Connections.parse({ default: emptyCells ? { emptyCells } : {} })
    const body = Buffer.from('{"external_id":"fixture-u1","a":1,"tier":""}')
    const result = readRequest({ headers: {}, query: {}, body }, 'records', rowReader(connection))
    return isProblem(result) ? result : result.records.accepted.map(({ record }) => record)
  }
  const row = (attributes: object) => [{ type: 'profile', external_id: 'fixture-u1', attributes }]
  expect(records()).toEqual(row({ a: 1, tier: '' }))
  expect(records('keep')).toEqual(row({ a: 1, tier: '' }))
  expect(records('skip')).toEqual(row({ a: 1 }))
  expect(records('null')).toEqual(row({ a: 1, tier: null }))
})

/**
 * What people really export, in every column. Not among the headers is the name of an event: where its cell is
 * empty, a row of a table is no event, as docs/webhook.md says.
 */
const ODD_CELLS = [
  ...[
    '',
    ' ',
    '\u00a0',
    '\u200b',
    'NULL',
    'n/a',
    '#N/A',
    '-',
    '{{user.id}}',
    '%id%',
    '1042.0',
    '1.04E+03',
    '="007"',
  ],
  ...[
    'Total',
    '(2 rows)',
    '-----',
    'true',
    'false',
    'remove',
    'enter',
    'K\ufffdln',
    ' u-1 ',
    '\ufeffu-1',
    'u-1\u200b',
  ],
  ...[
    '7',
    '1767571200',
    '2026-01-05',
    '007',
    '12\u200b3',
    '{"a":1}',
    '[1]',
    'x"y',
    'a,b;c\td|e',
    'line\nbreak',
    '\r\n',
  ],
]
const ODD_HEADERS = [
  ...[
    '',
    ' ',
    '\u200b',
    'tier',
    'TIER',
    'tier\u200b',
    'audience_id',
    'segment_id',
    'split_id',
    'op',
    'operation',
    'MEMBER',
  ],
  ...[
    'is_deleted',
    'status',
    'AIQ_7_0',
    'aiq_7_0',
    'run_id',
    'time',
    'exported_at',
    'EMAIL',
    'LTV',
    'VISITS',
  ],
]
const SETTINGS = [
  {},
  { emptyWords: ['NULL', 'n/a'], allowValues: ['-', '1042.0'] },
  {
    columns: {
      LTV: { type: 'number' },
      VISITS: { type: 'int' },
      MEMBER: { rename: 'op' },
      '': { drop: true },
    },
  },
  { presenceEnters: true, columns: { LTV: { type: 'json' }, VISITS: { type: 'date' } } },
]

test('any table of texts leads to the same records as JSON, NDJSON and CSV', async () => {
  const header = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/), fc.constantFrom(...ODD_HEADERS))
  const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...ODD_CELLS))
  const id = cell.filter((text) => text.trim() !== '' && !isBlank(text))
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const tables = fc.tuple(fc.uniqueArray(header, { maxLength: 5 }), fc.nat(5)).chain(([headers, lines]) =>
    fc.tuple(
      fc.constant(['external_id', ...headers.filter((name) => name !== 'external_id')]),
      fc.array(fc.tuple(id, ...Array.from({ length: 5 }, () => cell)), {
        minLength: lines,
        maxLength: lines,
      }),
    ),
  )
  const settings = fc.record({
    connection: fc.constantFrom(...SETTINGS),
    emptyCells: fc.constantFrom('skip', 'null', 'keep'),
  })
  await fc.assert(
    fc.asyncProperty(tables, settings, async ([headers, lines], { connection: some, emptyCells }) => {
      const { default: connection } = Connections.parse({ default: { ...some, emptyCells } })
      const recordsOf = (text: string) => {
        const request = { headers: {}, query: {}, body: Buffer.from(text) }
        const result = readRequest(request, 'records', rowReader(connection))
        if (isProblem(result)) return result.problem
        const { accepted, rejected, skipped } = result.records
        const refused = rejected.map(({ index, code, field, other }) => [index, code, field, other])
        return { read: accepted, refused, skipped }
      }
      const rows = lines.map((cells) =>
        Object.fromEntries(headers.map((name, place) => [name, cells[place] ?? ''])),
      )
      const json = recordsOf(JSON.stringify(rows))
      const table = [headers, ...rows.map((row) => headers.map((name) => row[name] ?? ''))]
      const csv = recordsOf(table.map((cells) => cells.map(quoted).join(',')).join('\n'))
      // Only in a table are the names those of all rows.
      const ofTables = { 'second-header': 'HEADER_REPEATED', 'column-unnamed': 'COLUMN_UNNAMED' }
      const code =
        typeof csv === 'string' && csv in ofTables ? ofTables[csv as keyof typeof ofTables] : undefined
      if (code !== undefined)
        expect(json).toMatchObject({ refused: expect.arrayContaining([expect.arrayContaining([code])]) })
      else expect(csv).toEqual(json)
      if (rows.length > 1) expect(recordsOf(rows.map((row) => JSON.stringify(row)).join('\n'))).toEqual(json)
    }),
    { numRuns: 1_000 },
  )
})
