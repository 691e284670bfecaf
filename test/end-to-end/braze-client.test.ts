import { Braze } from 'braze-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { runOps } from '../bin/ops/run-ops.ts'
import { discard, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/** These tests point an unmodified client that was written for Braze at the bridge. */

let bridge: RunningBridge
let client: Braze

beforeEach(async () => {
  bridge = await startBridge({
    connections: Connections.parse({ default: { exports: ['external_id', 'custom_attributes'] }, crm: {} }),
  })
  client = new Braze(bridge.url, TOKEN)
})
afterEach(() => discard(bridge))

const profileOf = (external_id: string) =>
  bridge.simulator.profiles().find((profile) => profile.external_id === external_id)

const TIME = '2026-01-05T09:00:00Z'
const U1 = { external_id: 'fixture-u1' }
const PURCHASE = { ...U1, product_id: 'fixture-sku', price: 9.5, time: TIME }

test('attributes, events and purchases of a Braze client reach Braze', async () => {
  const answer = await client.users.track({
    attributes: [{ ...U1, fixture_tier: 'fixture-gold', AIQ_1042_2: true }],
    events: [{ ...U1, name: 'fixture-viewed', time: TIME, properties: { sku: 'fixture-1' } }],
    purchases: [{ ...PURCHASE, currency: 'EUR', quantity: 2 }],
  })
  const processed = { attributes_processed: 1, events_processed: 1, purchases_processed: 1 }
  expect(answer).toEqual({ message: 'success', ...processed })
  await bridge.queues.waitUntilQuiet()
  expect(profileOf('fixture-u1')?.custom_attributes).toEqual({
    fixture_tier: 'fixture-gold',
    AIQ_1042_2: true,
  })
  expect(bridge.simulator.events()).toMatchObject([
    { ...U1, name: 'fixture-viewed', properties: { sku: 'fixture-1' } },
  ])
  expect(bridge.simulator.purchases()).toMatchObject([{ ...U1, product_id: 'fixture-sku', price: 9.5 }])
})

test('writes that depend on the value before keep their meaning and their order', async () => {
  const track = (value: object) =>
    client.users.track({ attributes: [{ external_id: 'fixture-u1', ...value }] })
  await track({ visits: 5, lists: ['a'], address: { city: 'fixture-lyon', zip: '69' } })
  await track({ visits: { inc: 2 } })
  await track({ visits: { inc: 2 }, lists: { add: ['b'] } })
  await track({ address: { zip: '75' }, _merge_objects: true })
  await track({ lists: { remove: ['a'] } })
  await bridge.queues.waitUntilQuiet()
  expect(profileOf('fixture-u1')?.custom_attributes).toEqual({
    visits: 9,
    lists: ['b'],
    address: { city: 'fixture-lyon', zip: '75' },
  })
})

test('people can be named by alias and by e-mail, and nobody is created where that is asked for', async () => {
  await client.users.track({
    attributes: [
      {
        user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' },
        _update_existing_only: false,
        tier: 1,
      },
      { external_id: 'fixture-u2', _update_existing_only: true, tier: 1 },
    ],
  })
  await bridge.post('/users/track', { attributes: [{ email: 'fixture@example.com', tier: 2 }] })
  await bridge.queues.waitUntilQuiet()
  expect(bridge.simulator.profiles().map(({ custom_attributes }) => custom_attributes)).toEqual(
    expect.arrayContaining([{ tier: 1 }, { tier: 2 }]),
  )
  expect(profileOf('fixture-u2')).toBeUndefined()
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('bad objects come back as Braze tells them, and the good ones arrive', async () => {
  const answer = await client.users.track({
    attributes: [{ external_id: 'fixture-u1', tier: 1 }],
    events: [{ external_id: 'fixture-u1', name: 'fixture-e', time: 'yesterday' }],
  })
  expect(answer).toEqual({
    message: 'success',
    attributes_processed: 1,
    events_processed: 0,
    errors: [{ type: 'The time cannot be read. (time)', input_array: 'events', index: 0 }],
  })
  await bridge.queues.waitUntilQuiet()
  expect(profileOf('fixture-u1')?.custom_attributes).toEqual({ tier: 1 })
  expect(bridge.queues.deadLetters()).toHaveLength(1)
})

test('the operators see a parked object among the dead letters, and why it can not go back', async () => {
  await bridge.post('/users/track', { attributes: [{ ...U1, tier: 1 }], purchases: [PURCHASE] })
  await bridge.queues.waitUntilQuiet()
  const { code, out } = await runOps(['redrive', '--local', '--state-dir', bridge.stateDir])
  expect(code).toBe(0)
  expect(out.join('\n')).toContain('PURCHASE_UNREADABLE')
  expect(out.join('\n')).toContain('Nothing would be redriven.')
})

test('the client throws what it would throw at Braze itself', async () => {
  const unauthenticated = new Braze(bridge.url, 'fixture-wrong')
  const track = { attributes: [{ external_id: 'fixture-u1', tier: 1 }] }
  await expect(unauthenticated.users.track(track)).rejects.toMatchObject({ status: 401 })
  await expect(client.users.track({ attributes: [{ tier: 1 } as never] })).rejects.toMatchObject({
    status: 400,
    errors: [{ input_array: 'attributes', index: 0 }],
  })
})

test('profiles are asked for through the bridge, which holds the key', async () => {
  await client.users.track({ attributes: [{ external_id: 'fixture-u1', fixture_tier: 'fixture-gold' }] })
  await bridge.queues.waitUntilQuiet()
  const found = await client.users.export.ids({
    external_ids: ['fixture-u1', 'fixture-nobody'],
    fields_to_export: ['external_id', 'custom_attributes'],
  })
  expect(found).toMatchObject({
    message: 'success',
    users: [{ external_id: 'fixture-u1', custom_attributes: { fixture_tier: 'fixture-gold' } }],
    invalid_user_ids: ['fixture-nobody'],
  })
})

test('each connection has a door of its own', async () => {
  const track = { attributes: [{ ...U1, tier: 1 }] }
  const at = (token: string) => new Braze(`${bridge.url}/v1/crm`, token).users.track(track)
  await expect(at(`${TOKEN}-crm`)).resolves.toMatchObject({ attributes_processed: 1 })
  await expect(at(TOKEN)).rejects.toMatchObject({ status: 401 })
})
