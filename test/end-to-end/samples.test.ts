import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readSamples, withSampleConnection } from '../../bin/local/samples.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, eventsOf, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/** The expected state of Braze after each sample, written by hand. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge({ connections: withSampleConnection(Connections.parse({})) })
})
afterEach(() => discard(bridge))

/** @returns the answer, once everything that was accepted has arrived. */
async function send(path: string, name: string) {
  const body = await readFile(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
  const answer = await bridge.post(path, body, { 'x-api-key': `${TOKEN}-sample` })
  await bridge.queues.waitUntilQuiet()
  return answer
}
const attributesOfAll = (...people: string[]) => people.map((person) => attributesOf(bridge, person))
const ofBrazeId = () => bridge.simulator.profile({ braze_id: '5fbd99bac125ca40511f2cb2' })

test('activation.json: an envelope, a leave, both ids on one row, flags as columns', async () => {
  expect(await send('/v1/sample/activations', 'activation.json')).toMatchObject({
    status: 200,
    json: { accepted: 5, rejected: 0 },
  })
  expect(attributesOfAll('cust-0001', 'cust-0002', 'cust-0004', 'cust-0005')).toEqual([
    { AIQ_1042_2: true, loyalty_tier: 'gold', lifetime_value: 1840.5 },
    { AIQ_1042_2: true, loyalty_tier: 'silver' },
    { AIQ_1042_2: false },
    // The audience of the envelope applies to this row as well, in addition to the row's own flags.
    { AIQ_1042_2: true, AIQ_1043_1: true, AIQ_1044_1: false },
  ])
  expect(ofBrazeId()?.custom_attributes).toEqual({ AIQ_1042_2: true, favourite_store: 'Lyon Part-Dieu' })
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('events.ndjson: properties given and left over, two times of one moment’s kind, a reserved name', async () => {
  expect(await send('/v1/sample/events', 'events.ndjson')).toMatchObject({
    status: 200,
    json: { accepted: 3, rejected: 0 },
  })
  expect(eventsOf(bridge, 'cust-0001')).toEqual([
    {
      name: 'cart_abandoned',
      time: '2026-11-20T10:00:00Z',
      properties: { sku: 'A1', value: 59.9, items: 2 },
    },
    {
      name: 'store_visit',
      time: '2025-11-20T10:00:05Z',
      properties: { store: 'Paris, Rivoli', loyalty_tier: 'gold' },
    },
  ])
  expect(
    bridge.simulator.events().filter(({ braze_id }) => braze_id === ofBrazeId()?.braze_id),
  ).toMatchObject([
    {
      name: 'price_drop_seen',
      time: '2026-11-20T09:00:09.250Z',
      properties: { sku: 'B7', time_: 'evening' },
    },
  ])
})

test('mixed-bad.json: four rows arrive, three are parked for three reasons', async () => {
  const { status, json } = await send('/v1/sample/records', 'mixed-bad.json')
  expect([status, json.accepted, json.rejected]).toEqual([200, 4, 3])
  expect(json.errors?.map(({ index, code }) => [index, code])).toEqual([
    [1, 'IDENTIFIER_MISSING'],
    [2, 'MEMBERSHIP_CONFLICT'],
    [3, 'EVENT_NAME_MISSING'],
  ])
  expect(attributesOfAll('cust-0010', 'cust-0011', 'cust-0013', 'cust-0015')).toEqual([
    { AIQ_1042_2: true },
    undefined,
    { AIQ_1042_2: false },
    // The null removes an attribute that does not exist, and the profile is created anyway.
    {},
  ])
  expect(eventsOf(bridge, 'cust-0014')).toEqual([
    { name: 'signed_up', time: '2026-11-20T10:00:00Z', properties: {} },
  ])
  const rows = bridge.queues
    .deadLetters()
    .flatMap(({ failure, rows = [] }) => rows.map((row) => [failure?.code, row]))
  expect(rows.toSorted()).toMatchObject([
    ['EVENT_NAME_MISSING', { index: 3 }],
    ['IDENTIFIER_MISSING', { index: 1 }],
    ['MEMBERSHIP_CONFLICT', { index: 2 }],
  ])
})

test('activation.csv: columns with types, texts that keep their zeros, a quoted comma, empty cells that say nothing', async () => {
  expect(await send('/v1/sample/activations', 'activation.csv')).toMatchObject({
    status: 200,
    json: { accepted: 3, rejected: 0 },
  })
  const expiry = '2026-01-05T00:00:00Z'
  expect(attributesOfAll('cust-0001', 'cust-0006', 'cust-0007')).toEqual([
    { AIQ_1042_2: true, loyalty_tier: 'platinum', store: 'Paris, Rivoli', expiry, account: '00731' },
    { AIQ_1042_2: true, store: 'Lille', expiry, account: '00732' },
    { AIQ_1042_2: true, loyalty_tier: 'silver', store: 'Nantes', account: '00733' },
  ])
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('all samples together give each person one attribute of a name, whatever its case, and the latest value', async () => {
  for (const { connection, endpoint, file } of readSamples())
    await send(`/v1/${connection}/${endpoint}`, file)
  expect(attributesOf(bridge, 'cust-0001')).toEqual({
    AIQ_1042_2: true,
    loyalty_tier: 'platinum',
    lifetime_value: 1840.5,
    store: 'Paris, Rivoli',
    expiry: '2026-01-05T00:00:00Z',
    account: '00731',
  })
})

test('users-track.json: through the door of Braze’s own shape', async () => {
  expect(await send('/v1/sample/users/track', 'users-track.json')).toMatchObject({
    status: 201,
    json: { message: 'success', attributes_processed: 2, events_processed: 1 },
  })
  expect(attributesOf(bridge, 'cust-0020')).toEqual({ AIQ_1042_2: true })
  expect(bridge.simulator.events()).toMatchObject([{ external_id: 'cust-0020', name: 'cart_abandoned' }])
})

test('users-track.json is no list of rows: the answer says so, and nothing is written', async () => {
  const { status, json } = await send('/v1/sample/records', 'users-track.json')
  expect([status, json.detail]).toEqual([400, expect.stringContaining('several lists')])
  expect(bridge.simulator.requests()).toEqual([])
})
