import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { builtInColumn } from '../../../../functions/receiver/columns.ts'
import { decode } from '../../../../functions/receiver/decode/decode.ts'

const READING = { columnOf: builtInColumn, emptyCells: undefined }
const decodeText = (text: string, contentType?: string) =>
  decode({ headers: { 'content-type': contentType }, body: Buffer.from(text) }, READING)

const BODY = '{"a":1}'
const named = (encoding: string) => ({ 'content-encoding': encoding })

it.each<[what: string, text: string, expected: object]>([
  ['JSON', BODY, { json: { a: 1 } }],
  ['text beyond ASCII', '{"a":"é😀"}', { json: { a: 'é😀' } }],
  ['a byte order mark', `\uFEFF${BODY}`, { json: { a: 1 } }],
  ['half of a pair of surrogates', '{"a":"\ud83d"}', { json: { a: '\ufffd' } }],
  ['gzip that was taken for text', '\u001f\ufffd\b\0', { problem: 'gzip-unnamed', status: 400 }],
  ['nothing', '', { json: [] }],
  ['white space', ' \r\n\t', { json: [] }],
])('reads %s as bytes and as text alike', (_, text, expected) => {
  const body = Buffer.from(text)
  expect(decode({ headers: {}, body }, READING)).toMatchObject(expected)
  expect(decode({ headers: {}, body, text }, READING)).toMatchObject(expected)
})

it.each<[what: string, headers: object, body: Buffer, expected: object]>([
  ['gzip with its header', named('gzip'), gzipSync(BODY), { json: { a: 1 } }],
  ['gzip in capitals', named('GZIP'), gzipSync(BODY), { json: { a: 1 } }],
  ['gzip without a header', {}, gzipSync(BODY), { json: { a: 1 } }],
  ['what was expanded on the way', named('gzip'), Buffer.from('[]'), { json: [] }],
  ['another encoding', named('br'), Buffer.from('[]'), { status: 415 }],
  ['damaged gzip', {}, gzipSync(BODY).subarray(0, 20), { status: 400, problem: 'gzip-broken' }],
  ['no UTF-8', {}, Buffer.from('{"é":1}', 'latin1'), { json: { '\ufffd': 1 }, mayHoldDamage: true }],
])('%s', (_, headers, body, expected) => {
  expect(decode({ headers: { ...headers }, body }, READING)).toMatchObject(expected)
})

describe('decode', () => {
  it('stops expanding at 16 MB', () => {
    const body = gzipSync(Buffer.alloc(16 * 1024 * 1024 + 1, ' '))
    expect(body.length).toBeLessThan(100_000)
    expect(decode({ headers: {}, body }, READING)).toMatchObject({ status: 413, problem: 'body-too-large' })
    expect(
      decode({ headers: {}, body: gzipSync(Buffer.alloc(16 * 1024 * 1024, ' ')) }, READING),
    ).toMatchObject({
      json: [],
    })
  })

  it('counts a character beyond ASCII as the six bytes that it takes in a message', () => {
    const bytes = (count: number) => gzipSync(`["${'é'.repeat(count)}"]`)
    expect(decode({ headers: {}, body: bytes(2_796_203) }, READING)).toMatchObject({
      status: 413,
      problem: 'body-too-large',
    })
    expect(decode({ headers: {}, body: bytes(2_796_202) }, READING)).toHaveProperty('json')
  })

  it.each([
    ['values', `[${'1,'.repeat(400_000)}1]`],
    ['lists', `[${'[],'.repeat(200_000)}1]`],
    ['objects', `[${'{},'.repeat(200_000)}1]`],
    ['keys', `{${'"":1,'.repeat(400_000)}"":1}`],
    ['nested lists', '['.repeat(400_001)],
  ])('builds none of too many %s', (_, text) => {
    expect(decodeText(text)).toMatchObject({ status: 413, problem: 'too-many-values' })
  })

  it('refuses too many different names, wherever they stand', () => {
    const rows = (count: number) =>
      JSON.stringify(Array.from({ length: count / 2 }, (_, n) => ({ [`a${n}`]: { [`b${n}`]: 1 } })))
    expect(decodeText(rows(20_002))).toMatchObject({ status: 413, problem: 'too-many-names' })
    expect(decodeText(rows(20_000))).toHaveProperty('json')
  })

  it('keeps both values of a name that stands twice, also where it looks at every number', () => {
    expect(decodeText('[{"a":1,"a":2,"b":1}]')).toMatchObject({ json: [{ a: 1, 'a\0again': 2, b: 1 }] })
    expect(JSON.stringify(decodeText('{"a":12345678901234567890,"a":2}'))).toBe(
      '{"json":{"a":12345678901234567890,"a\\u0000again":2},"mayHoldDamage":false}',
    )
  })

  it('says where a text stops being JSON, and quotes nothing of it', () => {
    expect(decodeText('{"a":"fixture-tier-7731",}')).toEqual({
      problem: 'not-json',
      status: 400,
      title: 'The body is not valid JSON',
      detail:
        'The JSON is not valid at line 1, column 26: a comma has no member after it. Nothing was accepted. Correct the body, or set the body format of the sender to JSON.',
      more: { line: 1, column: 26 },
    })
  })

  it('says it too where the parser tells no place', () => {
    const where = (text: string) => decodeText(text, 'application/json')
    const bare =
      'text without double quotes, or a word that JSON does not have, such as NaN, undefined, None or True'
    expect(where('{"a": fixture-tier-7731}')).toMatchObject({
      detail: expect.stringContaining(`at line 1, column 7: ${bare}. `),
      more: { line: 1, column: 7 },
    })
    expect(where('[\n1]\r\n[2]')).toMatchObject({ more: { line: 3, column: 1 } })
    expect(where('fixture-tier-7731')).toMatchObject({ more: { line: 1, column: 1 } })
    expect(where('payload=[1,fixture-tier-7731]')).toMatchObject({ more: { line: 1, column: 4 } })
  })

  it('does not count a byte order mark', () => {
    const body = Buffer.from('\ufeff[1,]')
    expect(decode({ headers: {}, body }, READING)).toMatchObject({ more: { line: 1, column: 4 } })
  })

  it('gives no place in a body that is not read as JSON', () => {
    expect(decodeText('fixture-tier-7731 1')).toHaveProperty('problem', 'format-unclear')
    expect(decodeText('{"a":1}\n{"a":}')).toMatchObject({ json: [{ a: 1 }, '{"a":}'] })
  })

  it('bears any depth of nesting', () => {
    const deep = (inner: string) => '['.repeat(200_000) + inner + ']'.repeat(200_000)
    expect(decodeText(deep('1'))).toHaveProperty('json')
    expect(decodeText(deep('1234567890123456789'))).toMatchObject({ status: 400, problem: 'json-too-deep' })
  })
})
