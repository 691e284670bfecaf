import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { ask, LIVE, recordOf, row } from './ask.ts'

/**
 * Each hostile body has a name. The tables say how it is answered, and which text the queues receive. What
 * the parts of the receiver do by themselves is tested beside them.
 */

type Body = readonly [name: string, body: string | Buffer, expected: string]

const MB = 1024 * 1024
const GOOD = recordOf('"good":1')
const nested = (open: string, inner: string, close: string) =>
  open.repeat(100_000) + inner + close.repeat(100_000)
const LISTS = nested('[', '', ']')
const gzipHeader = [0x1f, 0x8b]

it.each<Body>([
  ['a gzip bomb of 100 MB', gzipSync(Buffer.alloc(100 * MB, '[')), '413 body-too-large'],
  [
    'a bomb in ten parts',
    Buffer.concat(Array(10).fill(gzipSync(Buffer.alloc(2 * MB, ' ')))),
    '413 body-too-large',
  ],
  ['a bomb in a bomb', gzipSync(gzipSync(Buffer.alloc(100 * MB, '['))), '413 body-too-large'],
  [
    'a bomb in a bomb in a bomb',
    gzipSync(gzipSync(gzipSync(Buffer.alloc(100 * MB, '[')))),
    '400 gzip-unnamed',
  ],
  ['half of a gzip body', gzipSync(row('"a":1')).subarray(0, 30), '400 gzip-broken'],
  ['the first bytes of gzip', Buffer.from(gzipHeader), '400 gzip-broken'],
  ['garbage behind them', Buffer.from([...gzipHeader, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), '400 gzip-broken'],
  ['6 MB of [', '['.repeat(6 * MB), '413 too-many-values'],
  ['depth beside many digits', `[${row(`"deep":${LISTS},"n":12345678901234567890`)}]`, '400 json-too-deep'],
  ['rows under one name twice', '{"records":[{"a":1}],"records":[{"a":2}]}', '400 several-lists'],
  ['an audience twice', '{"audience_id":"1","audience_id":"2","records":[{}]}', '400 field-unreadable'],
  ['a raw control character', row('"a":"\u0001"'), '400 not-json'],
  ['NUL behind the body', '[]\0', '400 not-json'],
  ['two byte order marks', '\ufeff\ufeff[]', '400 not-json'],
  ['UTF-16 without a mark', Buffer.from('[]', 'utf16le'), '400 format-not-read'],
  [
    'UTF-32 with its mark',
    Buffer.from([0xff, 0xfe, 0, 0, 0x5b, 0, 0, 0, 0x5d, 0, 0, 0]),
    '400 format-not-read',
  ],
  ['Latin-1 in a header', Buffer.from('external_id,größe\nfixture-a,1', 'latin1'), '400 not-utf8'],
  ['a slash in two bytes', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), '400 no-rows'],
  ['half of an emoji in three bytes', Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22]), '400 no-rows'],
  ...['NaN', 'Infinity', '-Infinity', '0x10', '01', '+1', '1.', '.5', '1_000'].map(
    (number): Body => [`the number ${number}`, row(`"a":${number}`), '400 not-json'],
  ),
])('%s is refused as a whole, and nothing is kept of it', async (_, body, outcome) => {
  expect(await ask(body)).toMatchObject({ outcome, records: [], deadLetters: [] })
})

it.each([
  ['a text', 'fixture-maria'],
  ['a table without a person', 'fixture-maria,rossi\nx,1'],
  ['a table of values, one of them a word that is a column', 'Fixturia,fixture-rossi,event\nx,y,z'],
  ['a mail', 'From: fixture-a\n\nHello'],
])('%s is not guessed at, and the answer shows none of it', async (_, body) => {
  const { outcome, summary, deadLetters } = await ask(body)
  expect([outcome, deadLetters]).toEqual(['400 format-unclear', []])
  expect(JSON.stringify(summary)).not.toMatch(/fixture|rossi|hello/i)
})

it.each([
  ['never closes', 'external_id,a\nfixture-a,1\nfixture-b,"2\nfixture-c,3', 3],
  ['closes within a cell', 'external_id,a\nfixture-a,"1"x\n', 2],
  ['opens within a cell', 'external_id,a\nfixture-a,1\n\nfixture-b,5" pipe\n', 4],
])('a quote that %s takes nothing, since nobody knows what follows', async (_, body, line) => {
  const { outcome, detail, records, deadLetters } = await ask(body)
  expect([outcome, records, deadLetters]).toEqual(['400 csv-broken', [], []])
  expect(detail).toContain(`line ${line}`)
})

it.each([
  [
    '100,000 lists in each other',
    `[${row(`"deep":${LISTS}`)},${row('"good":1')}]`,
    'ROW_TOO_DEEP deep',
    { external_id: 'fixture-a' },
  ],
  [
    '100,000 objects in each other',
    `[${row(`"deep":${nested('{"a":', '1', '}')}`)},${row('"good":1')}]`,
    'ROW_TOO_DEEP deep',
    { external_id: 'fixture-a' },
  ],
  ['a cell too few', 'external_id,good\nfixture-b\nfixture-a,1', 'ROW_NOT_OBJECT', ['fixture-b']],
  [
    'a cell too many',
    'external_id,good\nfixture-b,1,2\nfixture-a,1',
    'ROW_NOT_OBJECT',
    ['fixture-b', '1', '2'],
  ],
  ['a broken line', `${row('"good":1')}\n{"external_id":`, 'ROW_NOT_OBJECT', '{"external_id":'],
  ['two objects in one line', `${row('"good":1')}\n{"a":1},{"a":2}`, 'ROW_NOT_OBJECT', '{"a":1},{"a":2}'],
])('%s is refused alone, and is parked as it came', async (_, body, error, parked) => {
  const answered = await ask(body)
  expect(answered.outcome).toBe(`200 ${error}`)
  expect(answered.records.map((text) => text?.replace('"1"', '1'))).toEqual([GOOD])
  expect(answered.parked.map(({ row }) => row)).toEqual([parked])
})

it('100,000 lists in each other are one row that is none', async () => {
  const { outcome, parked } = await ask(LISTS)
  expect([outcome, parked]).toEqual(['422 ROW_NOT_OBJECT', [{ index: 0, row: {}, omittedBytes: 0 }]])
})

it.each([
  ['an identifier', '{"external_id":"fixture-a","external_id":"fixture-b","a":1}', 'external_id'],
  ['a membership', row('"AIQ_1_2":true,"AIQ_1_2":false'), 'AIQ_1_2'],
  ['an attribute', row('"a":1,"a":2'), 'a'],
  ['an attribute, once with an escape', row('"a":1,"\\u0061":2'), 'a'],
  ['a name within an attribute', row('"a":{"b":1,"b":2}'), 'a'],
  ['a property', row('"event":"visit","properties":{"b":1,"b":2}'), 'b'],
  ['__proto__', row('"__proto__":1,"__proto__":2'), '__proto__'],
])('%s that stands twice is not chosen from', async (_, twice, field) => {
  const answered = await ask(`[${twice},${row('"good":1')}]`)
  expect(answered).toMatchObject({ outcome: `200 COLUMN_TWICE ${field}`, records: [GOOD] })
})

it('a dead letter keeps both values of such a name', async () => {
  const { deadLetters } = await ask('{"external_id":"fixture-a","external_id":"fixture-b","a":1}')
  expect(deadLetters[0]).toContain(
    '"rows":[{"index":0,"field":"external_id","row":{"external_id":"fixture-a","external_id\\u0000again":"fixture-b","a":1}}]',
  )
})

it.each([
  ['a column', 'external_id,a,a\nfixture-a,1,2\nfixture-a,3,3', 'COLUMN_TWICE a'],
  [
    'a person',
    'external_id,external_id,a\nfixture-b,fixture-c,1\nfixture-a,fixture-a,3',
    'COLUMN_TWICE external_id',
  ],
  [
    'a person of two headers',
    'external_id,user_id,a\nfixture-b,fixture-c,1\nfixture-a,fixture-a,3',
    'COLUMNS_CONFLICT user_id',
  ],
])('%s that stands twice in a table is not chosen from', async (_, body, error) => {
  expect(await ask(body)).toMatchObject({ outcome: `200 ${error}`, records: [recordOf('"a":"3"')] })
})

const PROTO =
  '"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":null,"hasOwnProperty":1,"a":{"__proto__":[{"__proto__":1}]}'
const TEXTS = '"__proto__":"1","constructor":"2"'

it.each<Body>([
  [
    'a body in two parts of gzip',
    Buffer.concat([row('"a":1').slice(0, 20), row('"a":1').slice(20)].map((part) => gzipSync(part))),
    '"a":1',
  ],
  ['a name that stands twice with one value', row('"a":1,"a":1'), '"a":1'],
  ['one byte order mark', `\ufeff${row('"a":1')}`, '"a":1'],
  ['the names of JavaScript', row(PROTO), PROTO],
  ['the names of JavaScript as headers', 'external_id,__proto__,constructor\nfixture-a,1,2', TEXTS],
  ['the names of JavaScript in a form', 'external_id=fixture-a&__proto__=1&constructor=2', TEXTS],
  ['a formula and NUL', 'external_id,a,b\nfixture-a,"=1+1",x\0\n', '"a":"=1+1","b":"x\\u0000"'],
  ...['9007199254740992', '1.7976931348623157e+308', '0.1', '-5', '5e-324'].map(
    (number): Body => [`the number ${number}`, row(`"a":${number}`), `"a":${number}`],
  ),
])('%s is read as what it is', async (_, body, attributes) => {
  expect(await ask(body)).toMatchObject({ outcome: '200', records: [recordOf(attributes)], rejections: [] })
  expect({}).not.toHaveProperty('admin')
})

it.each([
  ['text/csv', '[{"external_id":"fixture-a","a":"1"}]'],
  ['application/json', 'external_id;a\nfixture-a;1'],
  ['application/x-www-form-urlencoded', '{"external_id":"fixture-a","a":"1"}'],
  ['application/octet-stream', 'a=1&external_id=fixture-a'],
  ['é\0', 'external_id|a\nfixture-a|1'],
])('a body called %s is read as what it is', async (type, body) => {
  const { records } = await ask(body, { headers: [LIVE, ['Content-Type', type]] })
  expect(records).toEqual([recordOf('"a":"1"')])
})

it.each([
  ['half of an emoji', '\\ud83d', '\\ud83d'],
  ['its halves in the wrong order', '\\ude00\\ud83d', '\\ude00\\ud83d'],
  ['an emoji', '😀', '\\ud83d\\ude00'],
  ['what is no character', '\\ufffe\uffff', '\\ufffe\\uffff'],
  ['what means something to String.replace', "$& $' $` $1", "$& $' $` $1"],
])('%s in an id, a name and a value is kept, in a message that SQS takes', async (_, sent, written) => {
  const { records, rejections } = await ask(`{"external_id":"f${sent}","n${sent}":"${sent}"}`)
  const record = `{"type":"profile","external_id":"f${written}","attributes":{"n${written}":"${written}"}}`
  expect([records, rejections]).toEqual([[`[${record}]`], []])
})

it.each([
  ['NUL', '\\u0000', '\\u0000'],
  ['control characters', '\\u0001\\u001b\u007f\u0085', '\\u0001\\u001b\\u007f\\u0085'],
  ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
])('%s is kept in a value and within an id, in a message that SQS takes', async (_, sent, written) => {
  const { records, rejections } = await ask(`{"external_id":"f${sent}g${sent}","n":"x${sent}y"}`)
  const record = `{"type":"profile","external_id":"f${written}g","attributes":{"n":"x${written}y"}}`
  expect([records, rejections]).toEqual([[`[${record}]`], []])
})

it('UTF-16 with its mark is read', async () => {
  const body = Buffer.from(`\ufeff[${row('"a":"Köln"')}]`, 'utf16le')
  expect(await ask(body)).toMatchObject({ outcome: '200', records: [recordOf('"a":"K\\u00f6ln"')] })
})

it('XML is named, and the answer shows none of it', async () => {
  const { outcome, summary, deadLetters } = await ask('<rows><row id="fixture-a"/></rows>')
  expect([outcome, deadLetters]).toEqual(['400 format-not-read', []])
  expect(JSON.stringify(summary)).not.toMatch(/fixture/)
})

it('such characters are kept in a row that is refused, too', async () => {
  const { deadLetters, rejections } = await ask('{"\\u0000\\ud83d":"\\uffff\\u0001é"}')
  expect(deadLetters[0]).toContain('"row":{"\\u0000\\ud83d":"\\uffff\\u0001\\u00e9"}')
  expect(rejections).toEqual([])
})

it.each([true, false])('Latin-1 names nobody and damages no value, as text: %s', async (asText) => {
  const body = Buffer.from(
    `[{"external_id":"fixture-ö","a":1},${row('"a":"Köln"')},${row('"a":1')}]`,
    'latin1',
  )
  expect(await ask(body, { asText })).toMatchObject({
    outcome: '200 TEXT_DAMAGED external_id TEXT_DAMAGED a',
    records: [recordOf('"a":1')],
  })
})

it.each(['9007199254740993', '-9007199254740993', '12345678901234567890', '1'.repeat(500)])(
  'the id %s keeps its digits, and is refused as a value',
  async (number) => {
    const { records } = await ask(`{"external_id":${number},"audience_id":${number},"split_id":1,"a":1}`)
    expect(records).toEqual([
      `[{"type":"profile","external_id":"${number}","memberships":[{"audience_id":"${number}","split_id":"1","member":true}],"attributes":{"a":1}}]`,
    ])
    await expectRefusedValue(number)
  },
)

it.each(['1e400', '-1E+999', '9007199254740993e0', '9007199254740.993e3', '9007199254740993.0'])(
  '%s is neither an id nor a value',
  async (number) => {
    expect(await ask(`{"external_id":${number},"a":1}`)).toMatchObject({
      outcome: '422 VALUE_NOT_TEXT external_id',
    })
    await expectRefusedValue(number)
  },
)

/** Such a number is also refused within a value, and is parked as it was. */
async function expectRefusedValue(number: string) {
  for (const value of [number, `[{"n":${number}}]`]) {
    const { outcome, deadLetters } = await ask(row(`"a":${value}`))
    expect(outcome).toBe('422 NUMBER_NOT_EXACT a')
    expect(deadLetters[0]).toContain(`"row":{"external_id":"fixture-a","a":${value}}`)
  }
}
