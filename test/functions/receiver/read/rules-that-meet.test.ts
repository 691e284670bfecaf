import { describe, expect, test } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

/** These tests combine the rules of a connection, also on rows that the rules were not made for. */

function read(settings: object, body: object | string, endpoint: Endpoint = 'records') {
  const { default: connection } = Connections.parse({ default: settings })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const outcome = readRequest(
    { headers: {}, query: {}, body: Buffer.from(text) },
    endpoint,
    rowReader(connection),
  )
  if (isProblem(outcome)) throw new Error(outcome.problem)
  return outcome
}

const records = (...row: Parameters<typeof read>) =>
  read(...row).records.accepted.map(({ record: { type: _, ...record } }) => record)
const codes = (...row: Parameters<typeof read>) =>
  read(...row).records.rejected.map(({ code, field }) => [code, field])

const U1 = { external_id: 'fixture-u1' }
const EVENT = { ...U1, event_name: 'fixture-e' }

describe('a name of the sender is never taken for a refusal', () => {
  const SAID = { refused: 'fixture-7731' }

  test('as an attribute, by any rule', () => {
    const row = { ...U1, audience_id: '7', ...SAID }
    for (const settings of [{}, { attributes: { allow: ['refused'] } }])
      expect(records(settings, row)).toMatchObject([{ attributes: SAID }])
    expect(records({ attributePrefix: 'v_' }, row)).toMatchObject([
      { attributes: { v_refused: 'fixture-7731' } },
    ])
  })

  test('as a property, by any rule', () => {
    for (const settings of [{}, { properties: { other: 'name_of_it' } }])
      expect(records(settings, { ...EVENT, ...SAID })).toMatchObject([{ properties: SAID }])
  })

  test('in a cell of type json', () => {
    const columns = { cell: { type: 'json' } }
    expect(records({ columns }, { ...U1, cell: '{"refused":"fixture-7731"}' })).toMatchObject([
      { attributes: { cell: SAID } },
    ])
  })
})

describe('a new name', () => {
  const columns = { A: { rename: 'tier' } }

  test.each([
    ['before', { ...U1, A: 'fixture-a', tier: 'fixture-b' }, 'tier'],
    ['after', { ...U1, tier: 'fixture-b', A: 'fixture-a' }, 'A'],
  ])('that another column has: no value is lost, whichever stands %s', (_, row, field) => {
    expect(codes({ columns }, row)).toEqual([['COLUMNS_CONFLICT', field]])
  })

  test('that two columns agree on', () => {
    expect(records({ columns }, { ...U1, A: 'fixture-a', tier: 'fixture-a' })).toEqual([
      { ...U1, attributes: { tier: 'fixture-a' } },
    ])
  })

  test('that means something elsewhere is an attribute where it does not', () => {
    expect(records({ columns: { P: { rename: 'name' } } }, { ...U1, P: 'fixture-name' })).toEqual([
      { ...U1, attributes: { name: 'fixture-name' } },
    ])
  })

  test.each([
    ['a flag', 'AIQ_1_2', true],
    ['an audience', 'audience_id', 'fixture-1042'],
    ['an export time beside a time', 'exported_at', '2026-01-06'],
  ])('of %s is a property of an event', (_, rename, value) => {
    const row = { ...EVENT, time: '2026-01-05T10:00:00Z', P: value }
    expect(records({ columns: { P: { rename } } }, row)).toMatchObject([{ properties: { [rename]: value } }])
  })

  test('may change places with another', () => {
    const swapped = { columns: { a: { rename: 'b' }, b: { rename: 'a' } } }
    expect(records(swapped, { ...U1, a: 1, b: 2 })).toEqual([{ ...U1, attributes: { b: 1, a: 2 } }])
  })
})

describe('a rule for a flag', () => {
  test('is not one for another, whose ids have the same digits', () => {
    expect(records({ columns: { AIQ_1042_2: { drop: true } } }, { ...U1, AIQ_104_22: true })).toEqual([
      { ...U1, memberships: [{ audience_id: '104', split_id: '22', member: true }] },
    ])
    expect(records({ columns: { aiq_1042_2: { drop: true } } }, { ...U1, AIQ_1042_2: true, a: 1 })).toEqual([
      { ...U1, attributes: { a: 1 } },
    ])
  })
})

describe('a dropped column', () => {
  const columns = { ssn: { drop: true }, op: { drop: true } }

  test('may stand twice', () => {
    expect(records({ columns }, '{"external_id":"fixture-u1","SSN":1,"SSN":2,"a":1}')).toEqual([
      { ...U1, attributes: { a: 1 } },
    ])
  })

  test('may hold anything beside the list, and is not told', () => {
    const { records: taken, ignoredFields } = read({ columns }, { op: 'fixture', records: [{ ...U1, a: 1 }] })
    expect([taken.rejected, ignoredFields]).toEqual([[], []])
  })
})

describe('a type', () => {
  test('holds beside the list too', () => {
    const columns = { made: { rename: 'exported_at', type: 'date_ms' } }
    expect(records({ columns }, { MADE: 86_400_000, records: [{ ...U1, a: 1 }] })).toMatchObject([
      { source_time: '1970-01-02T00:00:00Z' },
    ])
  })

  test('says whether an event has an instant of its own', () => {
    const recognisable = (time: number) =>
      read({ columns: { time: { type: 'date_ms' } } }, { ...EVENT, time }).records.accepted[0]?.deduplicable
    expect([recognisable(86_400_000), recognisable(86_400_001)]).toEqual([false, true])
  })

  test.each([
    ['a name twice', '{"a":1,"a":2}', 'COLUMN_TWICE'],
    ['a number that is not exact', '[9007199254740993]', 'NUMBER_NOT_EXACT'],
    ['50 more levels', `${'['.repeat(51)}${']'.repeat(51)}`, 'ROW_TOO_DEEP'],
  ])('json keeps the rules of a body: %s', (_, cell, code) => {
    expect(codes({ columns: { c: { type: 'json' } } }, { ...U1, c: cell })).toEqual([[code, 'c']])
  })

  test('json makes properties of a text', () => {
    const columns = { properties: { type: 'json' } }
    expect(records({ columns }, { ...EVENT, properties: '{"sku":"fixture-a1"}' })).toMatchObject([
      { properties: { sku: 'fixture-a1' } },
    ])
  })
})

describe('the prefix of ids', () => {
  const settings = { stripIdPrefix: 'crm:' }

  test('makes one id of two columns', () => {
    expect(
      records(settings, { external_id: 'crm:fixture-7', user_id: 'fixture-7', braze_id: 'crm:b', a: 1 }),
    ).toEqual([{ external_id: 'fixture-7', attributes: { a: 1 } }])
  })

  test.each(['crm:', 'crm: '])('alone is nobody, also beside a Braze id: %j', (external_id) => {
    expect(codes(settings, { external_id, braze_id: 'fixture-b', a: 1 })).toEqual([
      ['IDENTIFIER_MISSING', 'external_id'],
    ])
  })

  test('stays on a Braze id', () => {
    expect(records(settings, { braze_id: 'crm:fixture-b', a: 1 })).toEqual([
      { braze_id: 'crm:fixture-b', attributes: { a: 1 } },
    ])
  })
})

describe('the prefix of attributes', () => {
  test('knows a field of Braze under spaces, and one that it makes', () => {
    const written = (settings: object, more: object) =>
      records(settings, { ...U1, audience_id: '7', ...more })[0]
    expect(written({ attributePrefix: 'v_' }, { ' email ': 'fixture@example.com', ' a ': 1 })).toMatchObject({
      attributes: { email: 'fixture@example.com', v_a: 1 },
    })
    expect(
      codes({ attributePrefix: 'home_' }, { ...U1, audience_id: '7', city: 'fixture-a', home_city: 'b' }),
    ).toEqual([['COLUMNS_CONFLICT', 'home_city']])
  })

  test.each(['1_7', '1,7'])('refuses an audience that two could share: %s', (audience_id) => {
    const row = { ...U1, audience_id, op: 'update', a: 1 }
    expect(codes({ attributePrefix: '{audience}_' }, row)).toEqual([['AUDIENCE_ID_INVALID', undefined]])
    expect(records({ attributePrefix: 'v_' }, row)).toMatchObject([{ attributes: { v_a: 1 } }])
  })

  test('leaves directives alone, and so does a list of what is allowed', () => {
    const settings = { attributePrefix: 'v_', attributes: { allow: ['a'] } }
    expect(records(settings, { ...U1, audience_id: '7', a: 1, b: 2, _merge_objects: true })).toMatchObject([
      { attributes: { v_a: 1, _merge_objects: true } },
    ])
    expect(read(settings, { ...U1, a: 1, b: 2 }).ignoredFields).toEqual(['b'])
  })
})
