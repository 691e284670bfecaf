import { describe, expect, it } from 'vitest'
import { cachedColumnResolver, rowReader } from '../../../../functions/receiver/columns.ts'
import { parseExactly } from '../../../../functions/receiver/exact-json.ts'
import { toRecords } from '../../../../functions/receiver/read/records.ts'
import type { Inherited } from '../../../../functions/receiver/read/rows.ts'
import { toDeadLetters } from '../../../../functions/receiver/store/dead-letters.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { Json } from '../../../../functions/shared/json.ts'
import { RawDeadLetter } from '../../../../functions/shared/raw-dead-letter.ts'
import { CONNECTION, ids, SETTINGS } from '../settings-fixture.ts'

const ORIGIN = {
  connection: 'default',
  receivedAt: '2026-01-05T10:00:00.000Z',
  requestId: 'request-1',
  senderKey: undefined,
}

const sourceOf = (inherited: Inherited, connection = CONNECTION, senderKey?: string) => ({
  origin: { ...ORIGIN, senderKey },
  endpoint: 'records' as const,
  inherited,
  columnOf: cachedColumnResolver(connection),
})

function deadLettersOf(rows: Json[], senderKey?: string) {
  const { rejected } = toRecords({ rows, inherited: {}, ignoredFields: [] }, 'records', rowReader(CONNECTION))
  return toDeadLetters(rejected, sourceOf({ audience: '1042' }, CONNECTION, senderKey), SETTINGS, ids())
}
const rowsIn = (rows: Json[]) =>
  deadLettersOf(rows).map(({ body }) => RawDeadLetter.parse(JSON.parse(body)).rows)

it('holds the raw rows, why they could not be read, and what is needed to read them again', () => {
  const [deadLetter] = deadLettersOf([{ external_id: 'u-1', op: 'x', a: 'é' }])
  expect(deadLetter).toEqual({
    queueUrl: 'profiles-dlq',
    group: 'id-1',
    dedupId: 'id-1',
    body: [
      '{"failure": {',
      '  "reason": "The bridge does not know this operation.",',
      '  "hint": "Use add, join, enter, entered, true or 1; remove, delete, leave, exit, exited, false or 0; update or upsert.",',
      '  "code": "OP_UNKNOWN",',
      '  "at": "2026-01-05T10:00:00.000Z",',
      '  "requestId": "request-1"',
      '},',
      String.raw`"v":1,"id":"id-2","connection":"default","receivedAt":"2026-01-05T10:00:00.000Z","requestId":"request-1","endpoint":"records","inherited":{"audience":"1042"},"rows":[{"index":0,"field":"op","row":{"external_id":"u-1","op":"x","a":"\u00e9"}}]}`,
    ].join('\n'),
    attributes: { code: 'OP_UNKNOWN', connection: 'default', kind: 'rows' },
  })
})

it.each<[what: string, rows: Json[], run: string | undefined]>([
  ['that its rows share, under whatever header', [{ run_id: 889 }, { AIQ_ExportID: ' 889 ', a: 2 }], '889'],
  ['not where they are of several', [{ run_id: '889' }, { run_id: '890' }], undefined],
  ['not where one is of none', [{ run_id: '889' }, { a: 1 }], undefined],
  ['not where it is no id that SQS shows', [{ run_id: 'fixture@run' }], undefined],
])('the run stands beside the letter: %s', (_, rows, run) => {
  expect(deadLettersOf(rows).map(({ attributes }) => attributes?.run)).toEqual([run])
})

it('the run stands beside the letter: also where they inherit it', () => {
  const rows = { rows: [{ a: 1 }, 7], inherited: { run: '889' }, ignoredFields: [] }
  const { rejected } = toRecords(rows, 'records', rowReader(CONNECTION))
  const deadLetters = toDeadLetters(rejected, sourceOf({ run: '889' }), SETTINGS, ids())
  expect(deadLetters.map(({ attributes }) => attributes?.run)).toEqual(['889', '889'])
})

describe('rows share a letter', () => {
  it('by queue and code', () => {
    const deadLetters = deadLettersOf([{ a: 1 }, { event: 'visit' }, 7, { b: 2 }])
    expect(
      deadLetters.map(({ queueUrl, body }) => [
        queueUrl,
        JSON.parse(body).failure.code,
        JSON.parse(body).rows.map(({ index }: { index: number }) => index),
      ]),
    ).toEqual([
      ['profiles-dlq', 'IDENTIFIER_MISSING', [0, 3]],
      ['events-dlq', 'IDENTIFIER_MISSING', [1]],
      ['profiles-dlq', 'ROW_NOT_OBJECT', [2]],
    ])
    expect(new Set(deadLetters.map(({ group }) => group)).size).toBe(3)
  })

  it('as far as they fit', () => {
    const deadLetters = deadLettersOf(Array.from({ length: 5 }, () => ({ a: 'x'.repeat(90_000) })))
    expect(deadLetters.map(({ body }) => JSON.parse(body).rows.length)).toEqual([2, 2, 1])
    for (const { body } of deadLetters) expect(body.length).toBeLessThanOrEqual(200_000)
  })
})

const x = (length: number) => 'x'.repeat(length)
const spellings = Array.from({ length: 200 }, (_, n) => [
  `external_id${'_'.repeat(n * 100)}`,
  'é'.repeat(999),
])
const NESTED = `{"external_id":"u-1","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`

it.each<[what: string, row: Json, kept: object, omittedBytes: number]>([
  [
    'both kinds of id',
    { external_id: 'u-1', 'Braze ID': 'b-1', a: x(180_000) },
    { external_id: 'u-1', braze_id: 'b-1' },
    180_045,
  ],
  [
    'the id, where the row would fit and its record would not',
    { external_id: 'u-1', a: x(179_960) },
    { external_id: 'u-1' },
    179_988,
  ],
  [
    'the id, of a text whose size is counted in ASCII',
    { external_id: 'u-1', a: 'é'.repeat(4_000_000) },
    { external_id: 'u-1' },
    24_000_028,
  ],
  ['nothing, where it has no id', { a: x(180_000) }, {}, 180_008],
  ['nothing, where the id is the large part', { external_id: x(200_000), a: 1 }, {}, 200_024],
  ['the id, where it is nested too deeply to be written', JSON.parse(NESTED), { external_id: 'u-1' }, 0],
  [
    'one spelling of many',
    { user_id: '', ...Object.fromEntries(spellings) },
    { external_id: 'é'.repeat(999) },
    expect.any(Number),
  ],
])('of a row that is too large is kept: %s', (_, row, kept, omittedBytes) => {
  expect(rowsIn([row])).toMatchObject([[{ index: 0, row: kept, omittedBytes }]])
  expect(rowsIn([row])[0]?.[0]?.row).toEqual(kept)
})

it('of a row that is too large the ids are kept under the headers of the connection', () => {
  const columns = { pk: { rename: 'external_id' }, user_id: { drop: true } }
  const { default: connection } = Connections.parse({ default: { columns } })
  const rows = [{ PK: 'u-1', user_id: 'fixture-other', a: x(180_000) }]
  const { rejected } = toRecords({ rows, inherited: {}, ignoredFields: [] }, 'records', rowReader(connection))
  const settings = { ...SETTINGS, connections: { default: connection } }
  const [deadLetter] = toDeadLetters(rejected, sourceOf({}, connection), settings, ids())
  expect(deadLetter?.body).toContain('"row":{"external_id":"u-1"},')
})

it('of a row that is too large an id of many digits is kept with its digits', () => {
  const rows = parseExactly(`[{"external_id":1234567890123456789,"a":"${x(180_000)}"}]`)
  const [deadLetter] = Array.isArray(rows) ? deadLettersOf(rows) : []
  expect(deadLetter?.body).toContain('"row":{"external_id":1234567890123456789},')
})

it('keeps the digits of a number that a double does not', () => {
  const rows = parseExactly('[{"external_id":"u-1","n":1234567890123456789}]')
  const [deadLetter] = Array.isArray(rows) ? deadLettersOf(rows) : []
  expect(deadLetter?.body).toContain(
    '"rows":[{"index":0,"field":"n","row":{"external_id":"u-1","n":1234567890123456789}}]}',
  )
})

it("is not doubled by a repetition that carries the sender's key", () => {
  const idsOf = () =>
    deadLettersOf([{ a: 1 }], 'fixture-key').map(({ group, dedupId }) => ({ group, dedupId }))
  const digest = expect.stringMatching(/^[0-9a-f]{64}$/)
  expect(idsOf()).toEqual([{ group: digest, dedupId: digest }])
  expect(idsOf()).toEqual(idsOf())
})

it('cannot be broken by text that means something to String.replace', () => {
  expect(rowsIn([{ a: "$& $' $1 ]}" }])).toEqual([[{ index: 0, row: { a: "$& $' $1 ]}" } }]])
})
