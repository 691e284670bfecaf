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
    group: 'id-2',
    dedupId: 'id-2',
    body: [
      '{"failure": {',
      '  "reason": "The operation is none of those that are known.",',
      '  "hint": "Use add, join, enter, entered, true or 1; remove, delete, leave, exit, exited, false or 0; update or upsert.",',
      '  "code": "OP_UNKNOWN",',
      '  "at": "2026-01-05T10:00:00.000Z",',
      '  "requestId": "request-1"',
      '},',
      String.raw`"v":1,"id":"id-3","connection":"default","receivedAt":"2026-01-05T10:00:00.000Z","requestId":"request-1","endpoint":"records","inherited":{"audience":"1042"},"rows":[{"index":0,"field":"op","row":{"external_id":"u-1","op":"x","a":"\u00e9"}}]}`,
    ].join('\n'),
    attributes: { code: 'OP_UNKNOWN', connection: 'default', kind: 'rows' },
  })
})

describe('the run stands beside the letter', () => {
  const runs = (...rows: Json[]) => deadLettersOf(rows).map(({ attributes }) => attributes?.run)

  it('where its rows share one, under whatever header', () => {
    expect(runs({ run_id: 889, a: 1 }, { AIQ_ExportID: ' 889 ', a: 2 })).toEqual(['889'])
  })

  it('not where they are of several, or of none', () => {
    expect(runs({ run_id: '889' }, { run_id: '890' })).toEqual([undefined])
    expect(runs({ run_id: '889' }, { a: 1 })).toEqual([undefined])
  })

  it('not where it is no id that SQS shows', () => {
    expect(runs({ run_id: 'fixture@run' })).toEqual([undefined])
  })

  it('also where they inherit it', () => {
    const { rejected } = toRecords(
      { rows: [{ a: 1 }, 7], inherited: { run: '889' }, ignoredFields: [] },
      'records',
      rowReader(CONNECTION),
    )
    const deadLetters = toDeadLetters(rejected, sourceOf({ run: '889' }), SETTINGS, ids())
    expect(deadLetters.map(({ attributes }) => attributes?.run)).toEqual(['889', '889'])
  })
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

describe('of a row that is too large', () => {
  it('only the identifiers are kept', () => {
    expect(rowsIn([{ external_id: 'u-1', 'Braze ID': 'b-1', a: 'x'.repeat(180_000) }])).toEqual([
      [{ index: 0, row: { external_id: 'u-1', braze_id: 'b-1' }, omittedBytes: 180_045 }],
    ])
  })

  it('also under the headers that the connection gives them', () => {
    const { default: connection } = Connections.parse({
      default: { columns: { pk: { rename: 'external_id' }, user_id: { drop: true } } },
    })
    const rows = [{ PK: 'u-1', user_id: 'fixture-other', a: 'x'.repeat(180_000) }]
    const { rejected } = toRecords(
      { rows, inherited: {}, ignoredFields: [] },
      'records',
      rowReader(connection),
    )
    const settings = { ...SETTINGS, connections: { default: connection } }
    const [deadLetter] = toDeadLetters(rejected, sourceOf({}, connection), settings, ids())
    expect(deadLetter?.body).toContain('"row":{"external_id":"u-1"},')
  })

  it('the same where the row would fit and its record would not', () => {
    expect(rowsIn([{ external_id: 'u-1', a: 'x'.repeat(179_960) }])).toEqual([
      [{ index: 0, row: { external_id: 'u-1' }, omittedBytes: 179_988 }],
    ])
  })

  it('its size is that of its text in ASCII, which is never written', () => {
    const row = { external_id: 'u-1', a: 'é'.repeat(4_000_000) }
    expect(rowsIn([row])).toEqual([[{ index: 0, row: { external_id: 'u-1' }, omittedBytes: 24_000_028 }]])
  })

  it('that has another fault as well, the same', () => {
    expect(rowsIn([{ a: 'x'.repeat(180_000) }])).toEqual([[{ index: 0, row: {}, omittedBytes: 180_008 }]])
  })

  it('a number of many digits is kept with its digits', () => {
    const rows = parseExactly(`[{"external_id":1234567890123456789,"a":"${'x'.repeat(180_000)}"}]`)
    const [deadLetter] = Array.isArray(rows) ? deadLettersOf(rows) : []
    expect(deadLetter?.body).toContain('"row":{"external_id":1234567890123456789},')
  })

  it('one spelling of an identifier is kept, under its own name, however many and long there are', () => {
    const spellings = Array.from({ length: 200 }, (_, n) => [
      `external_id${'_'.repeat(n * 100)}`,
      'é'.repeat(999),
    ])
    const row = { user_id: '', ...Object.fromEntries(spellings) }
    expect(rowsIn([row])).toEqual([
      [{ index: 0, row: { external_id: 'é'.repeat(999) }, omittedBytes: expect.any(Number) }],
    ])
  })

  it('an identifier that is the large part is not', () => {
    expect(rowsIn([{ external_id: 'x'.repeat(200_000), a: 1 }])).toMatchObject([[{ row: {} }]])
  })
})

it('keeps the digits of a number that a double does not', () => {
  const rows = parseExactly('[{"external_id":"u-1","n":1234567890123456789}]')
  const [deadLetter] = Array.isArray(rows) ? deadLettersOf(rows) : []
  expect(deadLetter?.body).toContain(
    '"rows":[{"index":0,"field":"n","row":{"external_id":"u-1","n":1234567890123456789}}]}',
  )
})

it('bears a row that is nested too deeply to be written', () => {
  const nested: Json = JSON.parse(`{"external_id":"u-1","a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
  expect(rowsIn([nested])).toEqual([[{ index: 0, row: { external_id: 'u-1' }, omittedBytes: 0 }]])
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
