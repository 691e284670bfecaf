import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, type Bridge, discard, startBridge, TOKEN } from './bridge.ts'

/**
 * What reaches Braze of each body that a sender may have: written by hand, body by body. The people of a case have names
 * of their own, so that all cases share one bridge.
 */

/** What settings make of the bodies of twelve customer data platforms, whose shape is public; none is a copy. */
const PLATFORMS = {
  segment: {
    columns: { userId: { rename: 'external_id' }, messageId: { rename: 'event_id' }, type: { drop: true } },
  },
  mparticle: { columns: { mpid: { rename: 'external_id' }, customer_tier: { rename: 'tier' } } },
  hightouch: {},
  census: { columns: { sync_operation: { rename: 'op' } } },
  rudderstack: { columns: { userId: { rename: 'external_id' }, originalTimestamp: { rename: 'time' } } },
  tealium: {
    columns: {
      visitor_id: { rename: 'external_id' },
      vip_badge: { rename: 'AIQ_vip_0' },
      ltv: { type: 'number' },
    },
  },
  'treasure-data': { columns: { td_client_id: { rename: 'external_id' }, time: { type: 'date' } } },
  adobe: { columns: { crmId: { rename: 'external_id' }, segmentMembership: { drop: true } } },
  amperity: { columns: { amperity_id: { rename: 'external_id' }, total_spend: { type: 'number' } } },
  simon: { columns: { contact_id: { rename: 'external_id' } }, stripIdPrefix: 'simon:' },
  blueconic: { columns: { profileId: { rename: 'external_id' }, segments: { type: 'json' } } },
  lytics: { columns: { _uid: { rename: 'external_id' }, segment_slug: { rename: 'audience_id' } } },
} as const

let bridge: Bridge
beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
      ...PLATFORMS,
      keep: { emptyCells: 'keep' },
      remove: { emptyCells: 'null' },
      skip: { emptyCells: 'skip' },
    }),
  })
})
afterAll(() => discard(bridge))

async function send(path: string, body: unknown): Promise<number> {
  const [, , connection = '', endpoint] = path.split('/')
  const token = endpoint === undefined ? TOKEN : `${TOKEN}-${connection}`
  const { status } = await bridge.post(path, body, { 'x-api-key': token })
  await bridge.queues.waitUntilQuiet()
  return status
}

const eventsOf = (user: string) =>
  bridge.simulator
    .events()
    .filter(({ external_id }) => external_id === user)
    .map(({ name, time, properties }) => ({ name, time, properties }))

describe('the shapes of JSON', () => {
  const row = (user: string) => ({ external_id: user, audience_id: '1042', tier: 'x' })
  const written = { AIQ_1042_0: true, tier: 'x' }
  const shapes: readonly (readonly [name: string, user: string, body: unknown])[] = [
    ['one object', 'shape-1', row('shape-1')],
    ['a bare array', 'shape-2', [row('shape-2')]],
    ...[
      'records',
      'rows',
      'data',
      'users',
      'profiles',
      'contacts',
      'members',
      'items',
      'events',
      'batch',
    ].map((name) => [`an array under ${name}`, `shape-${name}`, { [name]: [row(`shape-${name}`)] }] as const),
    [
      'what stands beside the array',
      'shape-beside',
      { audience_id: '1042', op: 'enter', Rows: [{ external_id: 'shape-beside', tier: 'x' }] },
    ],
  ]
  test.each(shapes)('%s', async (_, user, body) => {
    for (const path of ['/v1/activations', '/v1/records']) expect(await send(path, body)).toBe(200)
    expect(attributesOf(bridge, user)).toEqual(written)
  })

  test.each([
    ['one object', 'event-1', { external_id: 'event-1', event: 'e', time: '2026-01-05T10:00:00Z', sku: 1 }],
    [
      'an array under events',
      'event-2',
      { events: [{ user_id: 'event-2', name: 'e', time: 1_767_607_200, sku: 1 }] },
    ],
    [
      'a name beside the array',
      'event-3',
      {
        event_name: 'e',
        data: [{ external_id: 'event-3', timestamp: '1767607200000', properties: { sku: 1 } }],
      },
    ],
  ])('of events: %s', async (_, user, body) => {
    expect(await send('/v1/events', body)).toBe(200)
    expect(eventsOf(user)).toEqual([{ name: 'e', time: '2026-01-05T10:00:00Z', properties: { sku: 1 } }])
  })
})

describe('the other formats', () => {
  test.each([
    ['CSV', 'format-1', 'EXTERNAL_ID,AIQ_SEGMENTID,TIER\nformat-1,1042,007\n'],
    ['TSV', 'format-2', 'EXTERNAL_ID\tAIQ_SEGMENTID\tTIER\nformat-2\t1042\t007\n'],
    [
      'CSV with semicolons and a BOM',
      'format-3',
      '\uFEFFEXTERNAL_ID;AIQ_SEGMENTID;TIER\r\nformat-3;1042;"007"\r\n',
    ],
    [
      'NDJSON',
      'format-4',
      '{"external_id":"format-4","AIQ_SEGMENTID":"1042","TIER":"007"}\n{"external_id":"format-4b"}\n',
    ],
    ['a form', 'format-5', 'external_id=format-5&AIQ_SEGMENTID=1042&TIER=007'],
    [
      'JSON in a form',
      'format-6',
      `payload=${encodeURIComponent('{"external_id":"format-6","AIQ_SEGMENTID":"1042","TIER":"007"}')}`,
    ],
  ])('%s', async (_, user, body) => {
    expect(await send('/v1/activations', body)).toBe(200)
    expect(attributesOf(bridge, user)).toEqual({ AIQ_1042_0: true, TIER: '007' })
  })
})

describe('the names of columns', () => {
  test.each([
    'external_id',
    'user_id',
    'customer_id',
    'consumer_id',
    'ExternalId',
    'CUSTOMER-ID',
    'Consumer ID',
  ])('a person under %s', async (header) => {
    expect(await send('/v1/records', { [header]: `alias-${header}`, a: 1 })).toBe(200)
    expect(attributesOf(bridge, `alias-${header}`)).toEqual({ a: 1 })
  })

  test.each(['audience_id', 'aiq_audienceid', 'AIQ_SEGMENTID', 'segment_id'])(
    'an audience under %s',
    async (header) => {
      expect(await send('/v1/records', { external_id: `audience-${header}`, [header]: 1042 })).toBe(200)
      expect(attributesOf(bridge, `audience-${header}`)).toEqual({ AIQ_1042_0: true })
    },
  )

  test.each(['split_id', 'aiq_splitid'])('a split under %s', async (header) => {
    expect(await send('/v1/records', { external_id: `split-${header}`, audience_id: '7', [header]: 2 })).toBe(
      200,
    )
    expect(attributesOf(bridge, `split-${header}`)).toEqual({ AIQ_7_2: true })
  })

  test.each([
    'aiq_exportid',
    'export_id',
    'run_id',
    'export_ts',
    'exported_at',
    'timestamp',
    'time',
    'event_time',
  ])('a run or a time under %s is no attribute', async (header) => {
    const value = /id$/.test(header) ? '889' : '2026-01-05T10:00:00Z'
    expect(await send('/v1/activations', { external_id: `run-${header}`, [header]: value, a: 1 })).toBe(200)
    expect(attributesOf(bridge, `run-${header}`)).toEqual({ a: 1 })
  })

  test.each([
    ...['add', 'join', 'enter', 'entered', 'TRUE', '1', true, 1].map(
      (op) => [op, { AIQ_7_0: true }] as const,
    ),
    ...['remove', 'delete', 'leave', 'exit', 'Exited', 'false', '0', false, 0].map(
      (op) => [op, { AIQ_7_0: false }] as const,
    ),
    ...['update', 'upsert'].map((op) => [op, {}] as const),
  ])('the operation %j', async (op, flags) => {
    const user = `op-${typeof op}-${op}`
    expect(await send('/v1/activations', { external_id: user, audience_id: '7', op, a: 1 })).toBe(200)
    expect(attributesOf(bridge, user)).toEqual({ ...flags, a: 1 })
  })

  test.each(['event_name', 'event'])('an event under %s', async (header) => {
    const user = `name-${header}`
    expect(await send('/v1/records', { external_id: user, [header]: 'e', event_time: 1_767_607_200 })).toBe(
      200,
    )
    expect(eventsOf(user)).toEqual([{ name: 'e', time: '2026-01-05T10:00:00Z', properties: {} }])
  })

  test('a header that is one of Braze’s own fields writes that field; one that is almost an alias is an attribute', async () => {
    const row = {
      external_id: 'field-1',
      email: 'fixture@example.com',
      name: 'fixture-name',
      user: 'x',
      event_id: 'y',
    }
    expect(await send('/v1/activations', row)).toBe(200)
    expect(bridge.simulator.profile({ external_id: 'field-1' })).toMatchObject({
      standard: { email: 'fixture@example.com' },
      custom_attributes: { name: 'fixture-name', user: 'x', event_id: 'y' },
    })
  })
})

describe('values', () => {
  test.each([
    ['2026-01-05T11:00:00+01:00', '2026-01-05T10:00:00Z'],
    ['2026-01-05 10:00', '2026-01-05T10:00:00Z'],
    ['2026-01-05', '2026-01-05T00:00:00Z'],
    [1_767_607_200, '2026-01-05T10:00:00Z'],
    ['1767607200', '2026-01-05T10:00:00Z'],
    [1_767_607_200_500, '2026-01-05T10:00:00.500Z'],
    ['1767607200500', '2026-01-05T10:00:00.500Z'],
  ])('the time %j', async (time, read) => {
    const user = `time-${typeof time}-${time}`
    expect(await send('/v1/events', { external_id: user, event: 'e', time })).toBe(200)
    expect(eventsOf(user)).toMatchObject([{ time: read }])
  })

  test('leading zeros and ids beyond 2^53 stay what they are', async () => {
    expect(await send('/v1/activations', '{"external_id":9007199254740993,"zip":"00731"}')).toBe(200)
    expect(attributesOf(bridge, '9007199254740993')).toEqual({ zip: '00731' })
    expect(await send('/v1/activations', 'external_id,zip\n0009007199254740993,00731')).toBe(200)
    expect(attributesOf(bridge, '0009007199254740993')).toEqual({ zip: '00731' })
  })

  test('a number beyond 2^53 as an attribute is refused, not rounded', async () => {
    expect(await send('/v1/activations', '{"external_id":"big-1","n":9007199254740993}')).toBe(422)
    expect(attributesOf(bridge, 'big-1')).toBeUndefined()
  })

  test.each([
    ['/v1/activations', 'csv', {}],
    ['/v1/skip/activations', 'csv', {}],
    ['/v1/skip/activations', 'json', {}],
    ['/v1/keep/activations', 'csv', { tier: '' }],
    ['/v1/keep/activations', 'json', { tier: '' }],
    ['/v1/activations', 'json', { tier: '' }],
    ['/v1/remove/activations', 'csv', {}],
    ['/v1/remove/activations', 'json', {}],
  ])('an empty cell at %s in %s', async (path, format, tier) => {
    const user = `empty-${path.replaceAll('/', '-')}-${format}`
    const removes = path.includes('remove')
    if (removes) await send('/v1/activations', { external_id: user, tier: 'before' })
    const body =
      format === 'csv' ? `external_id,note,tier\n${user},x,` : { external_id: user, note: 'x', tier: '' }
    expect(await send(path, body)).toBe(200)
    expect(attributesOf(bridge, user)).toEqual({ note: 'x', ...tier })
  })
})

describe('in the manner of other platforms', () => {
  test.each([
    [
      'hightouch',
      { rows: [{ external_id: 'cdp-1', operation: 'x', op: 'add', segment_id: '7' }] },
      'cdp-1',
      { operation: 'x', AIQ_7_0: true },
    ],
    [
      'census',
      [{ external_id: 'cdp-2', sync_operation: 'remove', audience_id: '7' }],
      'cdp-2',
      { AIQ_7_0: false },
    ],
    ['mparticle', { users: [{ mpid: '-123', customer_tier: 'x' }] }, '-123', { tier: 'x' }],
    [
      'tealium',
      { visitor_id: 'cdp-4', vip_badge: true, ltv: '12.5' },
      'cdp-4',
      { AIQ_vip_0: true, ltv: 12.5 },
    ],
    [
      'adobe',
      { profiles: [{ crmId: 'cdp-5', segmentMembership: { ups: {} }, AIQ_7_1: true }] },
      'cdp-5',
      { AIQ_7_1: true },
    ],
    ['amperity', 'amperity_id,total_spend\ncdp-6,99.90\n', 'cdp-6', { total_spend: 99.9 }],
    [
      'simon',
      { contacts: [{ contact_id: 'simon:cdp-7', city: 'fixture-lyon' }] },
      'cdp-7',
      { city: 'fixture-lyon' },
    ],
    [
      'blueconic',
      { items: [{ profileId: 'cdp-8', segments: '["a","b"]' }] },
      'cdp-8',
      { segments: ['a', 'b'] },
    ],
    [
      'lytics',
      { data: [{ _uid: 'cdp-9', segment_slug: 'vips', op: 'enter' }] },
      'cdp-9',
      { AIQ_vips_0: true },
    ],
  ])('%s: profiles', async (connection, body, user, written) => {
    expect(await send(`/v1/${connection}/activations`, body)).toBe(200)
    expect(attributesOf(bridge, user)).toEqual(written)
  })

  test.each([
    [
      'segment',
      {
        type: 'track',
        userId: 'cdp-10',
        messageId: 'm-1',
        event: 'viewed',
        timestamp: '2026-01-05T10:00:00Z',
        properties: { sku: 1 },
      },
      'cdp-10',
    ],
    [
      'rudderstack',
      {
        batch: [
          {
            userId: 'cdp-11',
            event: 'viewed',
            originalTimestamp: '2026-01-05T10:00:00Z',
            properties: { sku: 1 },
          },
        ],
      },
      'cdp-11',
    ],
    [
      'treasure-data',
      '{"td_client_id":"cdp-12","event":"viewed","time":1767607200,"sku":1}\n{"td_client_id":"cdp-12b","event":"viewed","time":1767607200}\n',
      'cdp-12',
    ],
  ])('%s: events', async (connection, body, user) => {
    expect(await send(`/v1/${connection}/events`, body)).toBe(200)
    expect(eventsOf(user)).toEqual([{ name: 'viewed', time: '2026-01-05T10:00:00Z', properties: { sku: 1 } }])
  })
})
