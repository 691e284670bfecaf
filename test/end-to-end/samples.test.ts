import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

/** The expected state of Braze after each sample, written by hand. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const sample = (name: string) => readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')

test('activation.json: an envelope, a leave, both ids on one row, flags as columns', async () => {
  const { status, json } = await bridge.post('/v1/activations', await sample('activation.json'))
  expect({ status, json }).toMatchObject({ status: 200, json: { accepted: 5, rejected: 0 } })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'cust-0001')).toEqual({
    AIQ_1042_2: true,
    loyalty_tier: 'gold',
    lifetime_value: 1840.5,
  })
  expect(attributesOf(bridge, 'cust-0002')).toEqual({ AIQ_1042_2: true, loyalty_tier: 'silver' })
  expect(bridge.simulator.profile({ braze_id: '5fbd99bac125ca40511f2cb2' })?.custom_attributes).toEqual({
    AIQ_1042_2: true,
    favourite_store: 'Lyon Part-Dieu',
  })
  expect(attributesOf(bridge, 'cust-0004')).toEqual({ AIQ_1042_2: false })
  // The audience of the envelope applies to this row as well, in addition to the row's own flags.
  expect(attributesOf(bridge, 'cust-0005')).toEqual({ AIQ_1042_2: true, AIQ_1043_1: true, AIQ_1044_1: false })
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('events.ndjson: properties given and left over, two times of one moment’s kind, a reserved name', async () => {
  const { status, json } = await bridge.post('/v1/events', await sample('events.ndjson'))
  expect({ status, json }).toMatchObject({ status: 200, json: { accepted: 3, rejected: 0 } })
  await bridge.queues.waitUntilQuiet()
  const arrived = bridge.simulator.events().map(({ external_id, braze_id, name, time, properties }) => ({
    user: external_id ?? braze_id,
    name,
    time: new Date(time).toISOString(),
    properties,
  }))
  expect(arrived.filter(({ user }) => user === 'cust-0001')).toEqual([
    {
      user: 'cust-0001',
      name: 'cart_abandoned',
      time: '2026-11-20T10:00:00.000Z',
      properties: { sku: 'A1', value: 59.9, items: 2 },
    },
    {
      user: 'cust-0001',
      name: 'store_visit',
      time: '2025-11-20T10:00:05.000Z',
      properties: { store: 'Paris, Rivoli', loyalty_tier: 'gold' },
    },
  ])
  expect(arrived.filter(({ user }) => user === '5fbd99bac125ca40511f2cb2')).toEqual([
    {
      user: '5fbd99bac125ca40511f2cb2',
      name: 'price_drop_seen',
      time: '2026-11-20T09:00:09.250Z',
      properties: { sku: 'B7', time_: 'evening' },
    },
  ])
})

test('mixed-bad.json: four rows arrive, three are parked for three reasons', async () => {
  const { status, json } = await bridge.post('/v1/records', await sample('mixed-bad.json'))
  expect(status).toBe(200)
  expect(json).toMatchObject({ accepted: 4, rejected: 3 })
  expect(json.errors?.map(({ index }) => index)).toEqual([1, 2, 3])
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'cust-0010')).toEqual({ AIQ_1042_2: true })
  expect(attributesOf(bridge, 'cust-0011')).toBeUndefined()
  expect(attributesOf(bridge, 'cust-0013')).toEqual({ AIQ_1042_2: false })
  expect(bridge.simulator.events().map(({ external_id, name }) => [external_id, name])).toEqual([
    ['cust-0014', 'signed_up'],
  ])
  // The null removes an attribute that does not exist, and the profile is created anyway.
  expect(attributesOf(bridge, 'cust-0015')).toEqual({})
  const codes = bridge.queues.deadLetters().map(({ failure }) => failure?.code)
  expect(codes).toHaveLength(3)
  expect(new Set(codes)).toEqual(new Set(['EVENT_NAME_MISSING', 'IDENTIFIER_MISSING', 'MEMBERSHIP_CONFLICT']))
})

test('activation.csv: upper-case columns, texts that keep their zeros, a quoted comma, empty cells that say nothing', async () => {
  const { status, json } = await bridge.post('/v1/activations', await sample('activation.csv'), {
    'content-type': 'text/csv',
  })
  expect({ status, json }).toMatchObject({ status: 200, json: { accepted: 3, rejected: 0 } })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'cust-0001')).toEqual({
    AIQ_1042_2: true,
    LOYALTY_TIER: 'gold',
    STORE: 'Paris, Rivoli',
    EXPIRY: '1767571200000',
    ACCOUNT: '00731',
  })
  expect(attributesOf(bridge, 'cust-0006')).toEqual({
    AIQ_1042_2: true,
    STORE: 'Lille',
    EXPIRY: '1767571200000',
    ACCOUNT: '00732',
  })
  expect(attributesOf(bridge, 'cust-0007')).toEqual({
    AIQ_1042_2: true,
    LOYALTY_TIER: 'silver',
    STORE: 'Nantes',
    ACCOUNT: '00733',
  })
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('users-track.json: through the door of Braze’s own shape', async () => {
  const { status, json } = await bridge.post('/users/track', await sample('users-track.json'))
  expect({ status, json }).toMatchObject({
    status: 201,
    json: { message: 'success', attributes_processed: 2, events_processed: 1 },
  })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'cust-0020')).toEqual({ AIQ_1042_2: true })
  expect(bridge.simulator.events()).toMatchObject([{ external_id: 'cust-0020', name: 'cart_abandoned' }])
})

test('users-track.json is no list of rows: the answer says so, and nothing is written', async () => {
  const { status, json } = await bridge.post('/v1/records', await sample('users-track.json'))
  expect(status).toBe(400)
  expect(json.detail).toContain('several lists')
  expect(bridge.simulator.requests()).toEqual([])
})
