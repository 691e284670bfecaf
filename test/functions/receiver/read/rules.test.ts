import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cachedColumnResolver, rowReader } from '../../../../functions/receiver/columns.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { toRecords } from '../../../../functions/receiver/read/records.ts'
import { toRows } from '../../../../functions/receiver/read/rows.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { map } from '../../../../functions/worker/map/map.ts'

/** These tests follow a row through the settings of a connection, up to the object that Braze receives. */

const RECEIVED = '2026-01-05T10:00:00.000Z'

function read(settings: object, body: object, endpoint: Endpoint = 'records') {
  const { default: connection } = Connections.parse({ default: settings })
  const columnOf = cachedColumnResolver(connection)
  const rows = toRows(body as never, {}, endpoint, columnOf)
  if (isProblem(rows)) throw new Error(rows.problem)
  return toRecords(rows, endpoint, rowReader(connection))
}

const objects = (settings: object, body: object, endpoint?: Endpoint) =>
  read(settings, body, endpoint).accepted.map(({ record }) => {
    const mapped = map(record, RECEIVED)
    return 'object' in mapped ? { ...mapped.object } : mapped
  })

const codes = (settings: object, body: object) =>
  read(settings, body).rejected.map(({ code, field }) => [code, field])

const U1 = { external_id: 'fixture-u1' }

describe('columns', () => {
  test.each([
    ['a new name', { TIER: { rename: 'tier' } }, { ...U1, TIER: 'x' }, { ...U1, tier: 'x' }],
    [
      'whatever case the header has',
      { loyalty_tier: { rename: 'tier' } },
      { ...U1, 'Loyalty Tier': 'x' },
      { ...U1, tier: 'x' },
    ],
    [
      'an identifier by another header',
      { person_key: { rename: 'external_id' } },
      { PERSON_KEY: 'fixture-u1', a: 1 },
      { ...U1, a: 1 },
    ],
    [
      'a flag by another header',
      { in_vip: { rename: 'AIQ_7_2' } },
      { ...U1, in_vip: '1' },
      { ...U1, AIQ_7_2: true },
    ],
    ['a column less', { ssn: { drop: true } }, { ...U1, SSN: 'x', a: 1 }, { ...U1, a: 1 }],
    ['a whole number', { visits: { type: 'int' } }, { ...U1, visits: '007' }, { ...U1, visits: 7 }],
    ['a fraction', { ltv: { type: 'number' } }, { ...U1, ltv: '12.5' }, { ...U1, ltv: 12.5 }],
    ['a truth', { vip: { type: 'bool' } }, { ...U1, vip: 'FALSE' }, { ...U1, vip: false }],
    [
      'a date',
      { since: { type: 'date' } },
      { ...U1, since: '2026-01-05 11:00+01:00' },
      { ...U1, since: '2026-01-05T10:00:00Z' },
    ],
    [
      'a date of milliseconds',
      { expiry: { type: 'date_ms' } },
      { ...U1, expiry: '1767571200000' },
      { ...U1, expiry: '2026-01-05T00:00:00Z' },
    ],
    ['a text', { zip: { type: 'string' } }, { ...U1, zip: 75_001 }, { ...U1, zip: '75001' }],
    [
      'a value of JSON',
      { lists: { type: 'json' } },
      { ...U1, lists: '["a",{"b":1}]' },
      { ...U1, lists: ['a', { b: 1 }] },
    ],
    [
      'an empty cell as it is',
      { visits: { type: 'int' } },
      { ...U1, visits: '', a: 1 },
      { ...U1, visits: '', a: 1 },
    ],
  ])('give %s', (_, columns, row, object) => {
    expect(objects({ columns }, row)).toEqual([object])
  })

  test.each([
    ['int', '7.5', 'CELL_NOT_OF_TYPE'],
    ['int', 'seven', 'CELL_NOT_OF_TYPE'],
    ['int', '9007199254740993', 'NUMBER_NOT_EXACT'],
    ['number', '1e400', 'NUMBER_NOT_EXACT'],
    ['number', '1,5', 'CELL_NOT_OF_TYPE'],
    ['bool', 'maybe', 'CELL_NOT_OF_TYPE'],
    ['date', 'tomorrow', 'CELL_NOT_OF_TYPE'],
    ['date_ms', '2026-01-05', 'CELL_NOT_OF_TYPE'],
    ['string', ['a'], 'CELL_NOT_OF_TYPE'],
    ['json', '{"a":', 'CELL_NOT_OF_TYPE'],
    ['json', '9007199254740993', 'NUMBER_NOT_EXACT'],
  ])('of type %s refuse %o', (type, cell, code) => {
    expect(codes({ columns: { c: { type } } }, { ...U1, C: cell })).toEqual([[code, 'C']])
  })

  test('that meet under one name must agree', () => {
    const columns = { A: { rename: 'tier' }, B: { rename: 'tier' } }
    expect(codes({ columns }, { ...U1, A: 1, B: 2 })).toEqual([['COLUMNS_CONFLICT', 'B']])
    expect(objects({ columns }, { ...U1, A: 1, B: 1 })).toEqual([{ ...U1, tier: 1 }])
  })

  test('hold for what stands beside the list too', () => {
    const body = { CAMPAIGN: '1042', records: [U1] }
    expect(objects({ columns: { campaign: { rename: 'audience_id' } } }, body)).toEqual([
      { ...U1, AIQ_1042_0: true },
    ])
  })

  test('that give each header a new name and its old one again change nothing', async () => {
    const header = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
    const cells = fc.dictionary(header, fc.oneof(fc.string(), fc.integer(), fc.boolean()))
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { maxLength: 5 }), async (rows) => {
        const body = rows.map((row) => ({ ...row, external_id: 'fixture-u1' }))
        const headers = [...new Set(body.flatMap((row) => Object.keys(row)))]
        const columns = Object.fromEntries(headers.map((name) => [`x-${name}`, { rename: name }]))
        const renamed = body.map((row) =>
          Object.fromEntries(Object.entries(row).map(([name, value]) => [`x-${name}`, value])),
        )
        const plain = read({}, body, 'activations')
        const there = read({ columns }, renamed, 'activations')
        expect(there.accepted).toEqual(plain.accepted)
        expect(there.rejected.map(({ code }) => code)).toEqual(plain.rejected.map(({ code }) => code))
      }),
    )
  })
})

describe('identifiers', () => {
  test.each([
    ['crm:7', '7'],
    ['7', '7'],
    ['crm:crm:7', 'crm:7'],
  ])('%s loses its prefix', (external_id, stripped) => {
    expect(objects({ stripIdPrefix: 'crm:' }, { external_id, a: 1 })).toEqual([
      { external_id: stripped, a: 1 },
    ])
  })

  test('a prefix alone is nobody', () => {
    expect(codes({ stripIdPrefix: 'crm:' }, { external_id: 'crm:', a: 1 })).toEqual([
      ['IDENTIFIER_MISSING', 'external_id'],
    ])
  })
})

const MEMBER = { ...U1, audience_id: '1042', split_id: '2' }

describe('memberships', () => {
  test.each([
    ['their own name', { flagName: 'aud_{audience}_{split}' }, MEMBER, { aud_1042_2: true }],
    [
      'nothing where somebody left',
      { leaveWrites: 'null' },
      { ...MEMBER, op: 'leave' },
      { AIQ_1042_2: null },
    ],
    ['false where somebody left', {}, { ...MEMBER, op: 'leave' }, { AIQ_1042_2: false }],
    [
      'their own name by a flag column too',
      { flagName: '{split}_of_{audience}' },
      { ...U1, AIQ_7_1: 'true' },
      { '1_of_7': true },
    ],
    ['their own split', { defaultSplitId: 'all' }, { ...U1, audience_id: '7' }, { AIQ_7_all: true }],
  ])('have %s', (_, settings, row, written) => {
    expect(objects(settings, row)).toEqual([{ ...U1, ...written }])
  })

  test('of the default settings travel without a name of their own', () => {
    expect(read({}, MEMBER).accepted[0]?.record).toMatchObject({
      memberships: [{ audience_id: '1042', split_id: '2', member: true }],
    })
    expect(read({}, MEMBER).accepted[0]?.json).not.toContain('attribute')
  })
})

describe('attributes', () => {
  const ROW = { ...MEMBER, tier: 1, email: 'fixture@example.com' }

  test.each([
    ['a prefix for all', { attributePrefix: 'v_' }, { v_tier: 1, email: 'fixture@example.com' }],
    [
      'the audience in it',
      { attributePrefix: 'a{audience}_' },
      { a1042_tier: 1, email: 'fixture@example.com' },
    ],
    [
      'one for this audience',
      { attributePrefix: { 1042: 'vip_' } },
      { vip_tier: 1, email: 'fixture@example.com' },
    ],
    ['none for another', { attributePrefix: { 7: 'vip_' } }, { tier: 1, email: 'fixture@example.com' }],
    ['those allowed only', { attributes: { allow: ['tier'] } }, { tier: 1 }],
    ['those not denied only', { attributes: { deny: ['tier'] } }, { email: 'fixture@example.com' }],
    [
      'a name before it is judged and prefixed',
      { columns: { tier: { rename: 't' } }, attributes: { allow: ['t'] }, attributePrefix: 'v_' },
      { v_t: 1 },
    ],
    [
      'existing people only',
      { updateExistingOnly: true, attributes: { deny: ['email'] } },
      { tier: 1, _update_existing_only: true },
    ],
  ])('get %s', (_, settings, written) => {
    expect(objects(settings, ROW)).toEqual([{ ...U1, AIQ_1042_2: true, ...written }])
  })

  test('without an audience get no prefix', () => {
    expect(objects({ attributePrefix: 'v_' }, { ...U1, tier: 1 })).toEqual([{ ...U1, tier: 1 }])
  })

  test('that are left out are told, and a row that had nothing else is refused', () => {
    const settings = { attributes: { deny: ['tier'] } }
    expect([...(read(settings, [ROW, ROW]).dropped ?? [])]).toEqual(['tier'])
    expect(codes(settings, { ...U1, tier: 1 })).toEqual([['ROW_EMPTY', undefined]])
  })
})

describe('events', () => {
  const EVENT = { ...U1, event_name: 'fixture-e', time: '2026-01-05T09:00:00Z' }

  test('have their properties renamed, wherever they stand', () => {
    const event = { ...EVENT, properties: { sku: 'x' }, shop: 'y' }
    expect(objects({ properties: { sku: 'product', shop: 'store' } }, event)).toMatchObject([
      { properties: { product: 'x', store: 'y' } },
    ])
    expect(codes({ properties: { sku: 'shop' } }, event)).toEqual([['COLUMNS_CONFLICT', 'sku']])
  })

  test('create nobody where that is asked for', () => {
    expect(objects({ updateExistingOnly: true }, EVENT)).toMatchObject([{ _update_existing_only: true }])
  })

  test('read a typed column as their time', () => {
    const columns = { happened: { rename: 'time', type: 'date_ms' } }
    const { time: _, ...event } = EVENT
    expect(objects({ columns }, { ...event, happened: '1767571200000' })).toMatchObject([
      { time: '2026-01-05T00:00:00Z' },
    ])
  })
})
