import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { builtInColumn, cachedColumnResolver, rowReader } from '../../../../functions/receiver/columns.ts'
import { readBody } from '../../../../functions/receiver/decode/decode.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

type Rule = 'skip' | 'null' | 'keep'
const read = (text: string, contentType?: string, emptyCells?: Rule) =>
  readBody(text, contentType, { columnOf: builtInColumn, emptyCells })

const TWO = [
  { external_id: 'fixture-u1', tier: 'x' },
  { external_id: 'fixture-u2', tier: 'y' },
]

describe('the bytes of a body decide its format', () => {
  test.each([
    ['CSV', 'external_id,tier\nfixture-u1,x\nfixture-u2,y\n'],
    ['CSV of Windows', 'external_id,tier\r\nfixture-u1,x\r\nfixture-u2,y'],
    ['TSV', 'external_id\ttier\nfixture-u1\tx\nfixture-u2\ty'],
    ['CSV with semicolons', 'external_id;tier\nfixture-u1;x\nfixture-u2;y'],
    ['CSV with bars', 'external_id|tier\nfixture-u1|x\nfixture-u2|y'],
    ['CSV with quotes and blank lines', '\n"external_id","tier"\n\n"fixture-u1","x"\n\n"fixture-u2","y"\n\n'],
    ['NDJSON', '{"external_id":"fixture-u1","tier":"x"}\n{"external_id":"fixture-u2","tier":"y"}\n'],
    ['JSON', JSON.stringify(TWO)],
  ])('%s, whatever the content type says', (_, text) => {
    for (const type of [
      undefined,
      'application/json',
      'text/csv',
      'application/x-www-form-urlencoded',
      'text/plain',
    ])
      expect(read(text, type)).toEqual({ json: TWO })
  })

  test.each([
    ['a form', 'external_id=fixture-u1&tier=x+y%26z', { external_id: 'fixture-u1', tier: 'x y&z' }],
    ['a form with a field of no value', 'external_id=fixture-u1&tier=', { external_id: 'fixture-u1' }],
    [
      'a form with a field twice',
      'external_id=fixture-u1&tier=x&tier=y',
      { external_id: 'fixture-u1', tier: 'x', 'tier\0again': 'y' },
    ],
    ['JSON in a form', 'payload=%7B%22external_id%22%3A%22fixture-u1%22%7D', { external_id: 'fixture-u1' }],
    ['one JSON object', '{\n  "external_id": "fixture-u1"\n}', { external_id: 'fixture-u1' }],
  ])('%s', (_, text, json) => {
    expect(read(text)).toEqual({ json })
  })

  test('a form of more fields than fit on the stack is refused as any other', () => {
    expect(read('a=1&'.repeat(4_000_000))).toMatchObject({ status: 413, problem: 'too-many-names' })
  })

  test('a column alone is a table too', () => {
    expect(read('external_id\nfixture-u1\nfixture-u2')).toEqual({
      json: [{ external_id: 'fixture-u1' }, { external_id: 'fixture-u2' }],
    })
  })

  test('the person may stand under a header of the connection', () => {
    const renamed = cachedColumnResolver({
      columns: { person_key: { rename: 'external_id' } },
    })
    expect(
      readBody('PERSON_KEY,a\nfixture-u1,1', undefined, { columnOf: renamed, emptyCells: undefined }),
    ).toEqual({
      json: [{ PERSON_KEY: 'fixture-u1', a: '1' }],
    })
  })
})

describe('a table', () => {
  test('keeps each cell as the text that it is', () => {
    expect(read('user_id,a,b,c\n007,"Paris, ""Rivoli""\nsecond line",1.50, x ')).toEqual({
      json: [{ user_id: '007', a: 'Paris, "Rivoli"\nsecond line', b: '1.50', c: ' x ' }],
    })
  })

  test.each([
    [undefined, { external_id: 'fixture-u1' }],
    ['skip', { external_id: 'fixture-u1' }],
    ['null', { external_id: 'fixture-u1', tier: null }],
    ['keep', { external_id: 'fixture-u1', tier: '', AIQ_1_2: ' ' }],
  ] as const)('with the rule %s for empty cells', (rule, row) => {
    expect(read('external_id,tier,AIQ_1_2\nfixture-u1,, ', undefined, rule)).toEqual({ json: [row] })
  })

  test('keeps a line that has too many or too few cells as a list, and the others as rows', () => {
    expect(read('external_id,tier\nfixture-u1\nfixture-u2,y\nfixture-u3,z,1')).toEqual({
      json: [['fixture-u1'], { external_id: 'fixture-u2', tier: 'y' }, ['fixture-u3', 'z', '1']],
    })
  })

  test('marks the second of two columns of one header, unless they agree', () => {
    expect(read('external_id,tier,tier\nfixture-u1,x,x\nfixture-u2,x,y')).toEqual({
      json: [
        { external_id: 'fixture-u1', tier: 'x' },
        { external_id: 'fixture-u2', tier: 'x', 'tier\0again': 'y' },
      ],
    })
  })

  test.each([
    ['its lines end in CR', 'external_id,tier\rfixture-u1,x\rfixture-u2,y\r'],
    ['its lines end in several ways', 'external_id,tier\r\nfixture-u1,x\nfixture-u2,y\r\n'],
    ['lines of spaces stand around it', ' \t\n\nexternal_id,tier\nfixture-u1,x\nfixture-u2,y\n  '],
  ])('is read where %s', (_, text) => {
    expect(read(text)).toEqual({ json: TWO })
  })

  test('is separated by what separates the person from the other columns', () => {
    expect(read('external_id\tlast, first, middle\nfixture-u1\tx')).toEqual({
      json: [{ external_id: 'fixture-u1', 'last, first, middle': 'x' }],
    })
  })

  test('may have a line break in a header', () => {
    expect(read('"tier\n(new)",external_id\nx,fixture-u1')).toEqual({
      json: [{ 'tier\n(new)': 'x', external_id: 'fixture-u1' }],
    })
  })

  test('takes two empty cells under one header for one, by each rule', () => {
    const text = 'external_id,tier,tier\nfixture-u1,,'
    expect(read(text, undefined, 'skip')).toEqual({ json: [{ external_id: 'fixture-u1' }] })
    expect(read(text, undefined, 'null')).toEqual({ json: [{ external_id: 'fixture-u1', tier: null }] })
    expect(read(text, undefined, 'keep')).toEqual({ json: [{ external_id: 'fixture-u1', tier: '' }] })
  })

  test('tells the line of a quote that never closes', () => {
    expect(read('external_id,tier\nfixture-u1,x\nfixture-u2,"y\nfixture-u3,z')).toMatchObject({
      problem: 'csv-broken',
      status: 400,
      detail: expect.stringContaining('line 3'),
    })
    expect(read('external_id,tier\r\nfixture-u1,"a\r\nb"\r\nfixture-u2,y"z')).toMatchObject({
      problem: 'csv-broken',
      detail: expect.stringContaining('line 4'),
    })
  })

  test.each([
    ['cells of lines that end in CR', `external_id,a\r${'x,y\r'.repeat(200_000)}`, 'too-many-values'],
    ['cells', `external_id,a\n${'x,y\n'.repeat(200_000)}`, 'too-many-values'],
    ['columns', `external_id${',a'.repeat(20_000)}\n`, 'too-many-names'],
    ['lines', `external_id\n${'x\n'.repeat(100_001)}`, 'too-many-rows'],
  ])('of too many %s is refused', (_, text, problem) => {
    expect(read(text)).toMatchObject({ status: 413, problem })
  })

  test('keeps a header named __proto__ as data', () => {
    const decoded = read('external_id,__proto__\nfixture-u1,x')
    expect(JSON.stringify('json' in decoded && decoded.json)).toBe(
      '[{"external_id":"fixture-u1","__proto__":"x"}]',
    )
  })
})

describe('NDJSON', () => {
  test('keeps a line that is broken as its text, and the others as rows', () => {
    expect(read('{"external_id":"fixture-u1"}\n{"external_id":\n{"external_id":"fixture-u2"}')).toEqual({
      json: [{ external_id: 'fixture-u1' }, '{"external_id":', { external_id: 'fixture-u2' }],
    })
  })

  test('never makes one row of two broken lines', () => {
    expect(read('{"a":1\n"b":2}\n{"external_id":"fixture-u2"}')).toEqual({
      json: ['{"a":1', '"b":2}', { external_id: 'fixture-u2' }],
    })
  })

  test('knows a name that stands twice, also behind a quote that never closes', () => {
    const lines = ['{"user_id":"a","x":1}', '{"user_id":"b', '{"user_id":"c","user_id":"d"}']
    expect(read(lines.join('\n'))).toEqual({
      json: [{ user_id: 'a', x: 1 }, '{"user_id":"b', { user_id: 'c', 'user_id\0again': 'd' }],
    })
  })

  test('is not seen in a broken text of JSON, whose rows would lose what stands beside them', () => {
    const envelope = '{"audience_id":"1042","op":"leave","records":[\n{"user_id":"a","tier":"x"}\n]'
    expect(read(envelope)).toMatchObject({ status: 400, problem: 'not-json' })
    expect(read('[\n{"user_id":"a"}\n{"user_id":"b"}\n]')).toMatchObject({ problem: 'not-json' })
  })

  test('keeps numbers of many digits and names that stand twice, as JSON does', () => {
    const decoded = read('{"user_id":9007199254740993,"a":1,"a":2}\n{"user_id":1}')
    expect(JSON.stringify('json' in decoded && decoded.json)).toBe(
      '[{"user_id":9007199254740993,"a":1,"a\\u0000again":2},{"user_id":1}]',
    )
  })

  test.each([
    ['values', `{"a":1}\n${'{"a":[1,2,3,4]}\n'.repeat(99_999)}`, 'too-many-values'],
    ['values behind an open quote', `{"a":1}\n"\n[${'[],'.repeat(400_000)}[]]`, 'too-many-values'],
    ['lines', '{"a":1}\n'.repeat(100_001), 'too-many-rows'],
  ])('of too many %s is refused', (_, text, problem) => {
    expect(read(text)).toMatchObject({ status: 413, problem })
  })
})

describe('what is no format', () => {
  test('shows how its first lines were read, without a value', () => {
    const problem = read('fixture-u1,gold,12.5,true,2026-01-05\nfixture-u2,,7,0,x\n\nfixture-u3\nfixture-u4')
    expect(problem).toMatchObject({
      problem: 'format-unclear',
      status: 400,
      more: {
        understood: [
          { line: 1, cells: ['text', 'text', 'number', 'true or false', 'time'] },
          { line: 2, cells: ['text', 'empty', 'number', 'number', 'text'] },
          { line: 3, cells: ['text'] },
        ],
      },
    })
    expect(JSON.stringify(problem)).not.toMatch(/fixture-u|gold|12\.5/)
  })

  test.each([
    ['a word that is a column too', 'Fixturia,Rossi,event,gold\nx,y,z,1'],
    ['a column among numbers', 'user_group,audience_id,12.5\nx,y,1'],
  ])('takes a first line with %s for data', (_, text) => {
    expect(JSON.stringify(read(text))).not.toMatch(/Fixturia|Rossi|gold|user_group|12\.5/)
  })

  test('shows the headers where one of them is known', () => {
    expect(read('AIQ_SEGMENTID,TIER\n1042,x')).toMatchObject({
      more: {
        understood: [
          { line: 1, cells: ['"AIQ_SEGMENTID"', '"TIER"'] },
          { line: 2, cells: ['number', 'text'] },
        ],
      },
    })
  })

  test('is called broken JSON where the sender says that it is JSON', () => {
    expect(read('external: 1', 'application/json')).toMatchObject({ problem: 'not-json' })
    expect(read('{"external_id":', 'text/csv')).toMatchObject({ problem: 'not-json' })
  })
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

test('any table of texts leads to the same records as JSON, NDJSON and CSV', async () => {
  const header = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  const cell = fc.string({ unit: 'grapheme' }).filter((text) => text.trim() !== '')
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const tables = fc
    .tuple(fc.uniqueArray(header, { maxLength: 4 }), fc.nat(5))
    .chain(([headers, lines]) =>
      fc.tuple(
        fc.constant(['external_id', ...headers.filter((name) => name !== 'external_id')]),
        fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: lines, maxLength: lines }),
      ),
    )
  const { default: connection } = Connections.parse({})
  const recordsOf = (text: string) => {
    const result = readRequest(
      { headers: {}, query: {}, body: Buffer.from(text) },
      'records',
      rowReader(connection),
    )
    if (isProblem(result)) return result
    const { accepted, rejected } = result.records
    return { read: accepted, refused: rejected.map(({ index, code }) => [index, code]) }
  }
  await fc.assert(
    fc.asyncProperty(tables, async ([headers, lines]) => {
      const rows = lines.map((cells) =>
        Object.fromEntries(headers.map((name, place) => [name, cells[place] ?? ''])),
      )
      const json = recordsOf(JSON.stringify(rows))
      const csv = [headers, ...rows.map((row) => headers.map((name) => row[name] ?? ''))]
      expect(recordsOf(csv.map((cells) => cells.map(quoted).join(',')).join('\n'))).toEqual(json)
      if (rows.length > 1) expect(recordsOf(rows.map((row) => JSON.stringify(row)).join('\n'))).toEqual(json)
    }),
    { numRuns: 300 },
  )
})
