import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, eventsOf, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/**
 * The expected state of Braze for each kind of body that a sender may send, written by hand. The people of
 * each case have their own ids, so that all cases can share one bridge.
 */

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
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

/** The Braze id of the profile that the simulator has from the start. */
const KNOWN_BRAZE_ID = '5fbd99bac125ca40511f2cb2'
const TIER = 'fixture-tier-7731'
const VIEWED = { name: 'fixture-viewed', time: '2026-01-05T10:00:00Z', properties: { sku: 'fixture-sku-11' } }

describe('the shapes of JSON', () => {
  const shapes: readonly (readonly [name: string, body: (...rows: object[]) => unknown])[] = [
    ['one object', (row) => row],
    ['a bare array', (...rows) => rows],
    ['an array under records', (...records) => ({ records })],
    ['an array under rows', (...rows) => ({ rows })],
    ['an array under data', (...data) => ({ data })],
    ['an array under users', (...users) => ({ users })],
    ['an array under profiles', (...profiles) => ({ profiles })],
    ['an array under contacts', (...contacts) => ({ contacts })],
    ['an array under members', (...members) => ({ members })],
    ['an array under items', (...items) => ({ items })],
    ['an array under events', (...events) => ({ events })],
    ['an array under batch', (...batch) => ({ batch })],
    ['an array under a name in capitals, beside a run', (...rows) => ({ AIQ_EXPORTID: 889, ROWS: rows })],
  ]
  const profile = (user: string) => ({ external_id: user, audience_id: '1042', tier: TIER })
  const event = (user: string) => ({
    external_id: user,
    event: 'fixture-viewed',
    time: '2026-01-05T10:00:00Z',
    sku: 'fixture-sku-11',
  })
  /** The `one object` shape holds only one of the two rows. */
  const people = (shape: string, path: string) =>
    ['a', ...(shape === 'one object' ? [] : ['b'])].map((letter) => `${path} ${shape} ${letter}`)

  describe.each(shapes)('%s', (shape, bodyOf) => {
    test.each(['/v1/activations', '/v1/records', '/v1/skip/activations', '/v1/skip/records'])(
      'of profiles at %s',
      async (path) => {
        const users = people(shape, path)
        expect(await send(path, bodyOf(...users.map(profile)))).toBe(200)
        for (const user of users)
          expect(attributesOf(bridge, user)).toEqual({ AIQ_1042_0: true, tier: 'fixture-tier-7731' })
      },
    )

    test.each(['/v1/events', '/v1/records', '/v1/skip/events', '/v1/skip/records'])(
      'of events at %s',
      async (path) => {
        const users = people(shape, `event ${path}`)
        expect(await send(path, bodyOf(...users.map(event)))).toBe(200)
        for (const user of users) expect(eventsOf(bridge, user)).toEqual([VIEWED])
      },
    )
  })

  test.each(['/users/track', '/v1/skip/users/track'])('Braze’s own at %s', async (path) => {
    const attributes = [{ external_id: `track ${path}`, tier: TIER }]
    const events = [{ external_id: `track ${path}`, ...VIEWED }]
    expect(await send(path, { attributes, events })).toBe(201)
    expect(attributesOf(bridge, `track ${path}`)).toEqual({ tier: 'fixture-tier-7731' })
    expect(eventsOf(bridge, `track ${path}`)).toEqual([VIEWED])
  })
})

describe('what stands beside the rows', () => {
  test('holds for each row that doesn’t say otherwise; the URL is weaker', async () => {
    const rows = [{ user_id: 'beside-1' }, { user_id: 'beside-2', op: 'leave', split_id: 3 }]
    const body = { AUDIENCE_ID: '1042', split_id: 2, rows }
    expect(await send('/v1/activations?audience_id=9&split_id=8&op=enter', body)).toBe(200)
    expect(attributesOf(bridge, 'beside-1')).toEqual({ AIQ_1042_2: true })
    expect(attributesOf(bridge, 'beside-2')).toEqual({ AIQ_1042_3: false })
  })

  test('may stand in the URL alone', async () => {
    const body = [{ user_id: 'url-1' }, { user_id: 'url-2', op: 'enter' }]
    expect(await send('/v1/activations?audience_id=1042&split_id=2&op=leave', body)).toBe(200)
    expect(attributesOf(bridge, 'url-1')).toEqual({ AIQ_1042_2: false })
    expect(attributesOf(bridge, 'url-2')).toEqual({ AIQ_1042_2: true })
  })

  test.each(['/v1/events', '/v1/records'])('may name the event, at %s', async (path) => {
    const data = [{ external_id: `named ${path}`, time: 1_767_607_200, sku: 'fixture-sku-11' }]
    expect(await send(path, { event_name: 'fixture-viewed', data })).toBe(200)
    expect(eventsOf(bridge, `named ${path}`)).toEqual([VIEWED])
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

  test.each(['braze_id', 'BrazeId'])('a person under %s', async (header) => {
    expect(await send('/v1/records', { [header]: KNOWN_BRAZE_ID, [`tier ${header}`]: TIER })).toBe(200)
    expect(bridge.simulator.profile({ braze_id: KNOWN_BRAZE_ID })?.custom_attributes).toMatchObject({
      [`tier ${header}`]: 'fixture-tier-7731',
    })
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

  test.each([
    ['true', { AIQ_7_2: true }],
    [true, { AIQ_7_2: true }],
    ['1', { AIQ_7_2: true }],
    [1, { AIQ_7_2: true }],
    ['FALSE', { AIQ_7_2: false }],
    [false, { AIQ_7_2: false }],
    ['0', { AIQ_7_2: false }],
    [0, { AIQ_7_2: false }],
  ])('a membership under AIQ_7_2 that holds %j', async (value, flags) => {
    const user = `flag-${typeof value}-${value}`
    expect(await send('/v1/activations', { external_id: user, aiq_7_2: value })).toBe(200)
    expect(attributesOf(bridge, user)).toEqual(flags)
  })

  test('ActionIQ’s own columns are no memberships', async () => {
    const body = 'AIQ_EXPORTID,AIQ_SEGMENTID,AIQ_SEGMENT_NM,EXPORT_TS,USER_ID\n1,7,true,1767607200000,own-1\n'
    expect(await send('/v1/activations', body)).toBe(200)
    expect(attributesOf(bridge, 'own-1')).toEqual({ AIQ_7_0: true, AIQ_SEGMENT_NM: 'true' })
  })

  test.each([
    ['/v1/events', 'event_name'],
    ['/v1/events', 'event'],
    ['/v1/events', 'name'],
    ['/v1/records', 'event_name'],
    ['/v1/records', 'EVENT'],
  ])('an event at %s under %s', async (path, header) => {
    const user = `name ${path} ${header}`
    const row = { external_id: user, [header]: 'fixture-viewed', time: 1_767_607_200, sku: 'fixture-sku-11' }
    expect(await send(path, row)).toBe(200)
    expect(eventsOf(bridge, user)).toEqual([VIEWED])
  })

  test.each(['export_ts', 'exported_at', 'timestamp', 'time', 'event_time'])(
    'the time of an event under %s',
    async (header) => {
      const user = `when-${header}`
      const row = { external_id: user, event: 'fixture-viewed', [header]: 1_767_607_200_000 }
      expect(await send('/v1/events', { ...row, sku: 'fixture-sku-11' })).toBe(200)
      expect(eventsOf(bridge, user)).toEqual([VIEWED])
    },
  )

  test.each(['properties', 'event_properties', 'EventProperties'])(
    'properties under %s, and in a column',
    async (header) => {
      const user = `properties-${header}`
      const row = {
        external_id: user,
        event: 'e',
        [header]: { sku: 'fixture-sku-11' },
        store: 'fixture-paris',
      }
      expect(await send('/v1/events', row)).toBe(200)
      expect(eventsOf(bridge, user)).toMatchObject([
        { properties: { sku: 'fixture-sku-11', store: 'fixture-paris' } },
      ])
    },
  )

  test.each(['event_id', 'message_id', 'messageId'])(
    'an event under one id (%s) that is sent again happened once',
    async (header) => {
      const row = { external_id: `id-${header}`, event: 'e', [header]: `fixture-id-${header}` }
      for (const again of [row, row]) expect(await send('/v1/events', again)).toBe(200)
      expect(eventsOf(bridge, `id-${header}`)).toMatchObject([{ name: 'e', properties: {} }])
    },
  )

  test('a header that is one of Braze’s own fields writes that field', async () => {
    const row = {
      external_id: 'field-1',
      email: 'fixture@example.com',
      first_name: 'fixture-ada',
      tier: TIER,
    }
    expect(await send('/v1/activations', row)).toBe(200)
    expect(bridge.simulator.profile({ external_id: 'field-1' })).toMatchObject({
      standard: { email: 'fixture@example.com', first_name: 'fixture-ada' },
      custom_attributes: { tier: 'fixture-tier-7731' },
    })
  })

  test.each(['/v1/activations', '/v1/records'])(
    'a header at %s that is almost an alias is an attribute under its own name',
    async (path) => {
      const row = {
        name: 'fixture-name',
        user: 'x',
        audience: 'y',
        event_id: 'z',
        operation: 'leave',
        times: 3,
      }
      expect(await send(path, { external_id: `almost ${path}`, ...row })).toBe(200)
      expect(attributesOf(bridge, `almost ${path}`)).toEqual({
        name: 'fixture-name',
        user: 'x',
        audience: 'y',
        event_id: 'z',
        operation: 'leave',
        times: 3,
      })
    },
  )

  test('a timestamp in an activation is its time, and must be one', async () => {
    const row = { external_id: 'stamp-1', tier: TIER }
    expect(await send('/v1/activations', { ...row, timestamp: 'fixture-yesterday' })).toBe(422)
    expect(attributesOf(bridge, 'stamp-1')).toBeUndefined()
    expect(await send('/v1/activations', { ...row, timestamp: '2026-01-05' })).toBe(200)
    expect(attributesOf(bridge, 'stamp-1')).toEqual({ tier: 'fixture-tier-7731' })
  })
})

describe('values', () => {
  test.each([
    ['2026-01-05T11:00:00+01:00', '2026-01-05T10:00:00Z'],
    ['2026-01-05T10:00:00', '2026-01-05T10:00:00Z'],
    ['2026-01-05T10:00:00.250Z', '2026-01-05T10:00:00.250Z'],
    ['2026-01-05T04:00:00-0600', '2026-01-05T10:00:00Z'],
    ['2026-01-05 10:00', '2026-01-05T10:00:00Z'],
    ['2026-01-05', '2026-01-05T00:00:00Z'],
    [1_767_607_200, '2026-01-05T10:00:00Z'],
    ['1767607200', '2026-01-05T10:00:00Z'],
    [1_767_607_200_500, '2026-01-05T10:00:00.500Z'],
    ['1767607200500', '2026-01-05T10:00:00.500Z'],
  ])('the time %j', async (time, read) => {
    const user = `time-${typeof time}-${time}`
    expect(await send('/v1/events', { external_id: user, event: 'e', time })).toBe(200)
    expect(eventsOf(bridge, user)).toMatchObject([{ time: read }])
  })

  test.each(['05/01/2026', '2026-02-30', 20_260_105, 1_767_607_200_000_000])(
    'the time %j is refused, not guessed',
    async (time) => {
      const user = `no-time-${time}`
      expect(await send('/v1/events', { external_id: user, event: 'e', time })).toBe(422)
      expect(eventsOf(bridge, user)).toEqual([])
    },
  )

  test('leading zeros and ids beyond 2^53 stay what they are', async () => {
    expect(await send('/v1/activations', '{"external_id":9007199254740993,"zip":"00731"}')).toBe(200)
    expect(attributesOf(bridge, '9007199254740993')).toEqual({ zip: '00731' })
    expect(await send('/v1/activations', 'external_id,zip\n0009007199254740993,00731')).toBe(200)
    expect(attributesOf(bridge, '0009007199254740993')).toEqual({ zip: '00731' })
    expect(await send('/v1/activations', '{"external_id":"007","n":"9007199254740993"}')).toBe(200)
    expect(attributesOf(bridge, '007')).toEqual({ n: '9007199254740993' })
  })

  test('a number beyond 2^53 as an attribute or a property is refused, not rounded', async () => {
    expect(await send('/v1/activations', '{"external_id":"big-1","n":9007199254740993}')).toBe(422)
    expect(attributesOf(bridge, 'big-1')).toBeUndefined()
    expect(await send('/v1/events', '{"external_id":"big-2","event":"e","n":9007199254740993}')).toBe(422)
    expect(eventsOf(bridge, 'big-2')).toEqual([])
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
