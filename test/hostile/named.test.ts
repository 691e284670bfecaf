import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { receive } from '../../functions/receiver/receive.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { RawDeadLetter } from '../../functions/shared/raw-dead-letter.ts'
import { eventOf, type RawRequest } from './gateway.ts'
import { createHostileWorld, SECRET } from './world.ts'

/**
 * Each hostile input has a name. The tests check the answer and the exact text of the messages in the queues.
 */

const LIVE = ['x-api-key', SECRET.token] as const

async function ask(body: string | Buffer, changes: Partial<RawRequest> = {}) {
  const world = createHostileWorld('none')
  const request: RawRequest = {
    method: 'POST',
    path: '/v1/records',
    query: [],
    headers: [LIVE],
    body: Buffer.from(body),
    asText: false,
    ...changes,
  }
  const answer = await receive(toRequest(eventOf(request)), world.deps)
  const { type = '', detail = '', errors = [], ...summary } = Answer.parse(JSON.parse(answer.body))
  const queued = (['profiles', 'events'] as const).flatMap(world.bodies)
  const deadLetters = (['profiles-dlq', 'events-dlq'] as const).flatMap(world.bodies)
  return {
    status: answer.status,
    problem: type.replace('urn:actioniq-braze-bridge:problem:', ''),
    detail,
    summary,
    codes: errors.map(({ code }) => code),
    fields: errors.map(({ field }) => field),
    /** The JSON text of the records of each message. */
    records: queued.map((text) => /"records":(.*)\}$/.exec(text)?.[1]),
    deadLetters: deadLetters.map((text) => ({ text, ...RawDeadLetter.parse(JSON.parse(text)) })),
    rejections: world.rejections,
  }
}

const Answer = z.looseObject({
  type: z.string().optional(),
  detail: z.string().optional(),
  errors: z.array(z.object({ code: z.string(), field: z.string().optional() })).optional(),
})

const row = (cells: string) => `{"external_id":"fixture-a",${cells}}`
const recordOf = (attributes: string) =>
  `[{"type":"profile","external_id":"fixture-a","attributes":{${attributes}}}]`

describe('gzip', () => {
  const MB = 1024 * 1024

  it.each([
    ['a bomb of 100 MB', gzipSync(Buffer.alloc(100 * MB, '[')), '413 body-too-large'],
    [
      'a bomb in ten parts',
      Buffer.concat(Array<Buffer>(10).fill(gzipSync(Buffer.alloc(2 * MB, ' ')))),
      '413 body-too-large',
    ],
    ['a bomb in a bomb', gzipSync(gzipSync(Buffer.alloc(100 * MB, '['))), '400 not-utf8'],
    ['half a body', gzipSync(row('"a":1')).subarray(0, 30), '400 gzip-broken'],
    ['nothing but its first bytes', Buffer.from([0x1f, 0x8b]), '400 gzip-broken'],
    ['garbage behind them', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), '400 gzip-broken'],
  ])('%s', async (_, body, outcome) => {
    const { status, problem, records, deadLetters } = await ask(body)
    expect([`${status} ${problem}`, records, deadLetters]).toEqual([outcome, [], []])
  })

  it('a body in two parts is read as one', async () => {
    const parts = [row('"a":1').slice(0, 20), row('"a":1').slice(20)]
    const { records } = await ask(Buffer.concat(parts.map((part) => gzipSync(part))))
    expect(records).toEqual([recordOf('"a":1')])
  })
})

describe('depth', () => {
  it('6 MB of [ are counted, not read', async () => {
    expect(await ask('['.repeat(6 * 1024 * 1024))).toMatchObject({ status: 413, problem: 'too-many-values' })
  })

  it('100,000 lists in each other are one row that is none', async () => {
    const { status, codes, deadLetters } = await ask('['.repeat(100_000) + ']'.repeat(100_000))
    expect([status, codes, deadLetters.map(({ rows }) => rows)]).toEqual([
      422,
      ['ROW_NOT_OBJECT'],
      [[{ index: 0, row: {}, omittedBytes: 0 }]],
    ])
  })

  it.each([
    ['lists', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('a row with 100,000 %s in each other is refused, and its neighbour taken', async (_, deep) => {
    const { status, codes, fields, records, deadLetters } = await ask(
      `[${row(`"deep":${deep}`)},${row('"a":1')}]`,
    )
    expect([status, codes, fields]).toEqual([200, ['ROW_TOO_DEEP'], ['deep']])
    expect(records).toEqual([recordOf('"a":1')])
    expect(deadLetters.map(({ rows }) => rows)).toEqual([
      [{ index: 0, row: { external_id: 'fixture-a' }, omittedBytes: 0 }],
    ])
  })

  it('the same with a number of many digits cannot be read exactly', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(await ask(`[${row(`"deep":${deep},"n":12345678901234567890`)}]`)).toMatchObject({
      status: 400,
      problem: 'json-too-deep',
    })
  })
})

describe('names', () => {
  it('__proto__ and constructor are names like any other, wherever they stand', async () => {
    const cells =
      '"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"toString":null,"hasOwnProperty":1,"a":{"__proto__":[{"__proto__":1}]}'
    const { status, records } = await ask(row(cells))
    expect([status, records]).toEqual([200, [recordOf(cells)]])
    expect({}).not.toHaveProperty('admin')
  })

  it('__proto__ beside the rows, in the URL and among the headers changes nothing', async () => {
    const { records, summary } = await ask(
      `{"__proto__":{"audience_id":"1042"},"records":[${row('"a":1')}]}`,
      {
        query: [
          ['__proto__', 'fixture-value'],
          ['constructor', 'fixture-value'],
        ],
        headers: [LIVE, ['__proto__', 'fixture-value']],
      },
    )
    expect(records).toEqual([recordOf('"a":1')])
    expect(summary).toMatchObject({ ignoredFields: ['__proto__', '__proto__', 'constructor'] })
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
    const { status, codes, fields, records } = await ask(`[${twice},${row('"good":1')}]`)
    expect([status, codes, fields, records]).toEqual([200, ['COLUMN_TWICE'], [field], [recordOf('"good":1')]])
  })

  it('a name that stands twice with one value is no trouble', async () => {
    const { records } = await ask(row('"a":1,"a":1'))
    expect(records).toEqual([recordOf('"a":1')])
  })

  it('the letter keeps both values', async () => {
    const { deadLetters } = await ask('{"external_id":"fixture-a","external_id":"fixture-b","a":1}')
    expect(deadLetters[0]?.text).toContain(
      '"rows":[{"index":0,"field":"external_id","row":{"external_id":"fixture-a","external_id\\u0000again":"fixture-b","a":1}}]',
    )
  })

  it.each([
    ['rows', `{"records":[${row('"a":1')}],"records":[${row('"a":2')}]}`, 'several-lists'],
    ['an audience', `{"audience_id":"1","audience_id":"2","records":[${row('"a":1')}]}`, 'field-unreadable'],
  ])('%s that stand twice are not chosen from', async (_, body, problem) => {
    expect(await ask(body)).toMatchObject({ status: 400, problem, records: [], deadLetters: [] })
  })
})

describe('tables, lines and forms', () => {
  it('__proto__ and constructor are headers like any other', async () => {
    const { records } = await ask('external_id,__proto__,constructor,toString\nfixture-a,1,2,3')
    expect(records).toEqual([recordOf('"__proto__":"1","constructor":"2","toString":"3"')])
    const form = await ask('external_id=fixture-a&__proto__=1&constructor=2')
    expect(form.records).toEqual([recordOf('"__proto__":"1","constructor":"2"')])
    expect({}).not.toHaveProperty('1')
  })

  it.each([
    ['a column', 'external_id,a,a\nfixture-a,1,2\nfixture-a,3,3', 'a'],
    ['a person', 'external_id,external_id,a\nfixture-b,fixture-c,1\nfixture-a,fixture-a,3', 'external_id'],
    [
      'a person of two headers',
      'external_id,user_id,a\nfixture-b,fixture-c,1\nfixture-a,fixture-a,3',
      'user_id',
    ],
  ])('%s that stands twice is not chosen from', async (_, body, field) => {
    const { codes, fields, records } = await ask(body)
    expect(codes).toEqual([field === 'user_id' ? 'COLUMNS_CONFLICT' : 'COLUMN_TWICE'])
    expect([fields, records]).toEqual([[field], [recordOf('"a":"3"')]])
  })

  it.each([
    ['a cell too few', 'external_id,a\nfixture-b\nfixture-a,1', ['fixture-b']],
    ['a cell too many', 'external_id,a\nfixture-b,1,2\nfixture-a,1', ['fixture-b', '1', '2']],
    ['a line that is no JSON', '{"external_id":"fixture-a","a":"1"}\n{"external_id":', '{"external_id":'],
    [
      'two objects in one line',
      '{"external_id":"fixture-a","a":"1"}\n{"external_id":"fixture-b"},{"a":2}',
      '{"external_id":"fixture-b"},{"a":2}',
    ],
  ])('%s is refused alone, and stands in its letter as it came', async (_, body, row) => {
    const { status, codes, records, deadLetters } = await ask(body)
    expect([status, codes, records]).toEqual([200, ['ROW_NOT_OBJECT'], [recordOf('"a":"1"')]])
    expect(deadLetters.flatMap(({ rows }) => rows).map((refused) => refused.row)).toEqual([row])
  })

  it.each([
    ['never closes', 'external_id,a\nfixture-a,1\nfixture-b,"2\nfixture-c,3', 3],
    ['closes within a cell', 'external_id,a\nfixture-a,"1"x\n', 2],
    ['opens within a cell', 'external_id,a\nfixture-a,1\n\nfixture-b,5" pipe\n', 4],
  ])('a quote that %s takes nothing, since nobody knows what follows', async (_, body, line) => {
    const { status, problem, detail, records, deadLetters } = await ask(body)
    expect([status, problem, records, deadLetters]).toEqual([400, 'csv-broken', [], []])
    expect(detail).toContain(`line ${line}`)
  })

  it('a cell that begins like a formula, and NUL, are texts', async () => {
    const { records } = await ask('external_id,a,b\nfixture-a,"=1+1",\0\n')
    expect(records).toEqual([recordOf('"a":"=1+1","b":"\\u0000"')])
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
    ['a text', 'fixture-maria'],
    ['a table without a person', 'fixture-maria,rossi\nx,1'],
    ['a table of values, one of them a word that is a column', 'Fixturia,fixture-rossi,event\nx,y,z'],
    ['XML', '<rows><row id="fixture-a"/></rows>'],
    ['a mail', 'From: fixture-a\n\nHello'],
  ])('%s is not guessed at, and the answer shows none of it', async (_, body) => {
    const { status, problem, summary, deadLetters } = await ask(body)
    expect([status, problem, deadLetters]).toEqual([400, 'format-unclear', []])
    expect(JSON.stringify(summary)).not.toMatch(/fixture|rossi|hello/i)
  })
})

describe('characters', () => {
  it.each([
    ['half of an emoji', '\\ud83d', '\\ud83d'],
    ['its halves in the wrong order', '\\ude00\\ud83d', '\\ude00\\ud83d'],
    ['an emoji', '😀', '\\ud83d\\ude00'],
    ['NUL', '\\u0000', '\\u0000'],
    ['control characters', '\\u0001\\u001b\u007f\u0085', '\\u0001\\u001b\\u007f\\u0085'],
    ['what is no character', '\\ufffe\uffff', '\\ufffe\\uffff'],
    ['line separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['what replaces a damaged one', '\ufffd', '\\ufffd'],
    ['what means something to String.replace', "$& $' $` $1", "$& $' $` $1"],
  ])('%s in an attribute and in its name is kept, in a message that SQS takes', async (_, sent, written) => {
    const { status, records, rejections } = await ask(row(`"n${sent}":"${sent}"`))
    expect([status, records, rejections]).toEqual([200, [recordOf(`"n${written}":"${written}"`)], []])
  })

  it.each([
    ['half of an emoji', '\\ud83d', '\\ud83d'],
    ['NUL', '\\u0000', '\\u0000'],
    ['a character that SQS refuses', '\\uffff', '\\uffff'],
  ])('%s in an identifier is kept', async (_, sent, written) => {
    const { records } = await ask(`{"external_id":"fixture-${sent}","a":1}`)
    expect(records).toEqual([`[{"type":"profile","external_id":"fixture-${written}","attributes":{"a":1}}]`])
  })

  it('and so are they in a row that is refused', async () => {
    const { deadLetters, rejections } = await ask('{"\\u0000\\ud83d":"\\uffff\\u0001é"}')
    expect(deadLetters[0]?.text).toContain('"row":{"\\u0000\\ud83d":"\\uffff\\u0001\\u00e9"}')
    expect(rejections).toEqual([])
  })

  it.each([
    ['a raw control character', '{"external_id":"fixture-a","a":"\u0001"}', '400 not-json'],
    ['NUL behind the body', '[]\0', '400 not-json'],
    ['two byte order marks', '\ufeff\ufeff[]', '400 not-json'],
    ['UTF-16 with its mark', Buffer.from('\ufeff[]', 'utf16le'), '400 not-utf8'],
    ['UTF-16 without', Buffer.from('[]', 'utf16le'), '400 not-json'],
    ['UTF-32 with its mark', Buffer.from([0xff, 0xfe, 0, 0, 0x5b, 0, 0, 0, 0x5d, 0, 0, 0]), '400 not-utf8'],
    ['Latin-1', Buffer.from(row('"a":"Köln"'), 'latin1'), '400 not-utf8'],
    ['a slash in two bytes', Buffer.from([0x22, 0xc0, 0xaf, 0x22]), '400 not-utf8'],
    ['half of an emoji in three bytes', Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22]), '400 not-utf8'],
  ])('%s: %#', async (_, body, outcome) => {
    const { status, problem } = await ask(body)
    expect(`${status} ${problem}`).toBe(outcome)
  })

  it('one byte order mark is taken away', async () => {
    expect(await ask(`\ufeff${row('"a":1')}`)).toMatchObject({ status: 200, records: [recordOf('"a":1')] })
  })

  it('Latin-1 that API Gateway took for text names nobody, and damages a value visibly', async () => {
    const body = Buffer.from(`[{"external_id":"fixture-ö","a":1},${row('"a":"Köln"')}]`, 'latin1')
    const { codes, records } = await ask(body, { asText: true })
    expect([codes, records]).toEqual([['TEXT_DAMAGED'], [recordOf('"a":"K\\ufffdln"')]])
  })
})

describe('numbers', () => {
  it.each([
    ['9007199254740991', '9007199254740991'],
    ['9007199254740993', '9007199254740993'],
    ['-9007199254740993', '-9007199254740993'],
    ['12345678901234567890', '12345678901234567890'],
    ['1'.repeat(500), '1'.repeat(500)],
  ])('the id %s keeps its digits', async (number, id) => {
    const { records } = await ask(`{"external_id":${number},"audience_id":${number},"split_id":1,"a":1}`)
    expect(records).toEqual([
      `[{"type":"profile","external_id":"${id}","memberships":[{"audience_id":"${id}","split_id":"1","member":true}],"attributes":{"a":1}}]`,
    ])
  })

  it.each(['1e400', '-1e400', '9007199254740993e0', '9007199254740.993e3', '1.5', '1e21'])(
    '%s is no id',
    async (number) => {
      const { status, codes } = await ask(`{"external_id":${number},"a":1}`)
      expect([status, codes]).toEqual([422, ['VALUE_NOT_TEXT']])
    },
  )

  it.each([
    '9007199254740993',
    '-12345678901234567890',
    '9007199254740993.0',
    '9007199254740993e0',
    '9007199254740.993e3',
    '1e400',
    '-1E+999',
    '1'.repeat(500),
  ])('the value %s is refused, and stands in its letter as it was', async (number) => {
    for (const value of [number, `[{"n":${number}}]`]) {
      const { status, codes, deadLetters } = await ask(row(`"a":${value}`))
      expect([status, codes]).toEqual([422, ['NUMBER_NOT_EXACT']])
      expect(deadLetters[0]?.text).toContain(`"row":{"external_id":"fixture-a","a":${value}}`)
    }
  })

  it.each(['9007199254740992', '1.7976931348623157e+308', '0.1', '-5', '5e-324'])(
    'the value %s is kept',
    async (number) => {
      expect(await ask(row(`"a":${number}`))).toMatchObject({ records: [recordOf(`"a":${number}`)] })
    },
  )

  it.each(['NaN', 'Infinity', '-Infinity', '0x10', '01', '+1', '1.', '.5', '1_000'])(
    '%s is no JSON',
    async (number) => {
      expect(await ask(row(`"a":${number}`))).toMatchObject({ status: 400, problem: 'not-json' })
    },
  )
})

describe('times', () => {
  it.each([
    '"2026-02-30"',
    '"2026-13-01T10:00:00Z"',
    '"2026-01-05T25:00:00Z"',
    '"2026-01-05T10:00:60Z"',
    '"2026-01-05T10:00:00+99:99"',
    '"9999-12-31T24:00:00Z"',
    '"0000-01-01T00:00:00+01:00"',
    '"+275760-09-13T00:00:00Z"',
    '"NaN"',
    '"Invalid Date"',
    '1e400',
    '9007199254740993',
    '-1',
    '253402300800000',
    'true',
    '[]',
  ])('%s is none', async (time) => {
    const { status, codes } = await ask(row(`"event":"visit","time":${time}`))
    expect([status, codes]).toEqual([422, ['TIME_UNREADABLE']])
  })
})

describe('headers', () => {
  const body = row('"a":1')

  it.each([
    [
      'a second length',
      [
        ['Content-Length', '0'],
        ['Content-Length', '5'],
      ],
    ],
    [
      'a length and chunks',
      [
        ['Content-Length', '0'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    ['another method', [['X-HTTP-Method-Override', 'DELETE']]],
    [
      'another path',
      [
        ['X-Original-URL', '/v1/events'],
        ['X-Rewrite-URL', '/v1/events'],
      ],
    ],
    ['another type', [['Content-Type', 'text/csv; charset=utf-7']]],
    ['a header in a header', [['X-Note', 'a\r\nx-api-key: b']]],
  ] as const)('%s is only text', async (_, more) => {
    expect(await ask(body, { headers: [LIVE, ...more] })).toMatchObject({
      status: 200,
      records: [recordOf('"a":1')],
    })
  })

  it.each([
    ['the token twice', [LIVE, LIVE]],
    [
      'a token behind a line break',
      [
        ['x-note', `a\r\nx-api-key: ${SECRET.token}`],
        ['x-api-key', 'fixture-wrong'],
      ],
    ],
    ['two tokens in one header', [['x-api-key', 'fixture-wrong'], LIVE]],
    ['a list of bearers', [['Authorization', `Bearer fixture-wrong, Bearer ${SECRET.token}`]]],
  ] as const)('%s lets nobody in', async (_, headers) => {
    expect(await ask(body, { headers })).toMatchObject({ status: 401, records: [], deadLetters: [] })
  })

  it.each(['gzip, identity', 'identity, gzip', 'gzip,gzip', 'br', '*', 'gzip;q=1', 'gzip\0'])(
    'the encoding %s is not guessed at',
    async (encoding) => {
      const { status, problem } = await ask(body, { headers: [LIVE, ['Content-Encoding', encoding]] })
      expect([status, problem]).toEqual([415, 'encoding-unknown'])
    },
  )

  it.each(['k'.repeat(10_240), '\0', '\ud83d', 'é😀\u2028', '"\\', '{"a":1}'])(
    'the idempotency key no. %# makes an id that SQS takes',
    async (key) => {
      const headers = [LIVE, ['Idempotency-Key', key]] as const
      expect(await ask(`[${body},{}]`, { headers })).toMatchObject({ status: 200, rejections: [] })
    },
  )
})

describe('the URL', () => {
  const body = row('"a":1')
  const params = (count: number, name: (index: number) => string, value: string) =>
    Array.from({ length: count }, (_, index) => [name(index), value] as const)

  it('1,000 parameters that mean nothing are counted, and twenty of them named', async () => {
    const { status, summary } = await ask(body, { query: params(1_000, (n) => `p${n}`, 'fixture-value') })
    expect(status).toBe(200)
    expect(summary).toMatchObject({ moreIgnoredFields: 980 })
    expect(summary.ignoredFields).toHaveLength(20)
  })

  it('1,000 times one audience is none', async () => {
    const long = await ask(body, { query: params(1_000, () => 'audience_id', '1042') })
    expect(long).toMatchObject({ status: 400, problem: 'field-unreadable' })
    const twice = await ask(body, { query: params(2, () => 'audience_id', '1042') })
    expect([twice.status, twice.codes]).toEqual([422, ['AUDIENCE_ID_INVALID']])
  })

  it('1,000 spellings of an audience must agree', async () => {
    const spelt = (n: number) => `audience${'_'.repeat(n)}id`
    expect(await ask(body, { query: params(1_000, spelt, '1042') })).toMatchObject({ status: 200 })
    const other = [...params(999, spelt, '1042'), ['AudienceId', '1043']] as const
    expect(await ask(body, { query: other })).toMatchObject({ status: 400, problem: 'field-unreadable' })
  })

  it.each(['%', '%zz', '%00', '%ff', '%EF%BF%BD', '+', '%2520'])(
    'the parameter %s breaks nothing',
    async (text) => {
      const { status } = await ask(body, {
        query: [
          [text, text],
          ['run', text],
        ],
      })
      expect(status).toBe(200)
    },
  )

  it.each([
    ['/v1/records/', 200],
    ['/v1/default/records', 200],
    ['/v1//records', 404],
    ['/v1/./records', 404],
    ['/v1/x/../records', 404],
    ['/v1/records%2f', 404],
    ['/v1/records/..', 404],
    ['/v1/%72ecords', 404],
    ['/v1/records\n', 404],
    ['/v1/records?', 404],
    ['//v1/records', 404],
    ['/v1/__proto__/records', 404],
    ['/v1/constructor', 404],
    [`/v1/${'a/'.repeat(5_000)}records`, 404],
    ['', 404],
  ])('the path %j is answered %i', async (path, status) => {
    expect(await ask(body, { path })).toMatchObject({ status })
  })
})

describe('a wrong token', () => {
  const { timingSafeEqual } = crypto
  afterEach(() => {
    crypto.timingSafeEqual = timingSafeEqual
    syncBuiltinESMExports()
  })

  /** Records, in hexadecimal, every pair of values that authentication compares for a request. */
  async function comparisons(headers: RawRequest['headers']) {
    const compared: string[][] = []
    crypto.timingSafeEqual = (given, live) => {
      compared.push(
        [given, live].map((side) =>
          Buffer.from(side.buffer, side.byteOffset, side.byteLength).toString('hex'),
        ),
      )
      return timingSafeEqual(given, live)
    }
    syncBuiltinESMExports()
    const { status } = await ask('[]', { headers })
    return { status, compared }
  }

  // These hashes were made with `printf %s <token> | sha256sum`.
  const TOKEN = '54e89f92618092b2f2829e184db11e334dd0a3958de62aab66f3a411041bea0e'
  const PREVIOUS = 'e1c937aa1825319b872334780efaad639a15b6146e786497ad6bb97eeb101d52'
  const WRONG = '4d4d144044333308baf12f9f716d15bd9e44fa637b4c36d30a1d96e0e68fdc4b'

  it('is compared by SHA-256 with each live one, whatever fits', async () => {
    const { status, compared } = await comparisons([['x-api-key', SECRET.token]])
    expect([status, compared]).toEqual([
      200,
      [
        [TOKEN, TOKEN],
        [TOKEN, PREVIOUS],
      ],
    ])
  })

  it('and again after the secret was read anew', async () => {
    const { status, compared } = await comparisons([['x-api-key', 'fixture-wrong']])
    expect([status, compared]).toEqual([
      401,
      [
        [WRONG, TOKEN],
        [WRONG, PREVIOUS],
        [WRONG, TOKEN],
        [WRONG, PREVIOUS],
      ],
    ])
  })

  it.each(['x', 'é', '\0', '\ud83d', 'x'.repeat(10_000), SECRET.token.slice(1), `${SECRET.token}\0`])(
    'no. %# of another length is only wrong',
    async (token) => {
      const { status, compared } = await comparisons([['x-api-key', token]])
      expect(status).toBe(401)
      expect(compared.flat().map((side) => side.length)).toEqual(Array(8).fill(64))
    },
  )
})
