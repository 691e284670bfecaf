import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, eventsOf, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/**
 * Bodies in the style of twelve other customer data platforms, with the settings that make each work. They
 * follow only the well-known features of each shape (a flat object, an array, the place of the membership).
 * None is a copy of a real body.
 */

const CONNECTIONS = {
  segment: {
    columns: { type: { drop: true }, anonymousId: { drop: true }, context: { drop: true } },
    properties: { order_id: 'order' },
  },
  mparticle: { columns: { mpid: { rename: 'external_id' }, action: { rename: 'op' } } },
  hightouch: { columns: { PERSON_KEY: { rename: 'external_id' } } },
  census: { columns: { sync_key: { rename: 'external_id' }, sync_operation: { rename: 'op' } } },
  rudderstack: {
    columns: {
      originalTimestamp: { rename: 'time' },
      type: { drop: true },
      channel: { drop: true },
    },
  },
  tealium: {
    columns: {
      visitor_id: { rename: 'external_id' },
      'badge vip': { rename: 'AIQ_vip_0' },
      'badge lapsed': { rename: 'AIQ_lapsed_0' },
      'lifetime value': { rename: 'lifetime_value', type: 'number' },
    },
  },
  'treasure-data': { columns: { td_client_id: { rename: 'external_id' } } },
  adobe: {
    columns: { crmId: { rename: 'external_id' }, status: { rename: 'op' }, identityMap: { drop: true } },
  },
  amperity: {
    columns: { amperity_id: { rename: 'external_id' }, total_spend: { type: 'number' } },
    attributePrefix: { vips: 'vips_' },
  },
  simon: {
    columns: { contact_id: { rename: 'external_id' }, action: { rename: 'op' } },
    stripIdPrefix: 'simon:',
  },
  blueconic: { columns: { profileId: { rename: 'external_id' }, segments: { type: 'json' } } },
  lytics: {
    columns: {
      _uid: { rename: 'external_id' },
      segment_slug: { rename: 'audience_id' },
      event: { rename: 'op' },
    },
  },
} as const

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge({ connections: Connections.parse(CONNECTIONS) })
})
afterAll(() => discard(bridge))

async function send(connection: keyof typeof CONNECTIONS, path: string, body: unknown) {
  const headers = { 'x-api-key': `${TOKEN}-${connection}` }
  const answer = await bridge.post(`/v1/${connection}/${path}`, body, headers)
  await bridge.queues.waitUntilQuiet()
  return answer
}

describe('a membership that an action word tells', () => {
  test('mparticle: one object for each change, with ids that no double holds', async () => {
    const change = (action: string, audience: number) =>
      `{"mpid":-6923418771203541903,"audience_id":${audience},"action":"${action}"}`
    expect(await send('mparticle', 'activations', change('add', 1042))).toMatchObject({ status: 200 })
    expect(await send('mparticle', 'activations', change('delete', 1043))).toMatchObject({ status: 200 })
    expect(attributesOf(bridge, '-6923418771203541903')).toEqual({ AIQ_1042_0: true, AIQ_1043_0: false })
  })

  test('census: a bare array of records, each with its operation', async () => {
    const body = [
      { sync_operation: 'add', sync_key: 'census-1', audience_id: 'vips', plan: 'fixture-plan-3' },
      { sync_operation: 'delete', sync_key: 'census-2', audience_id: 'vips' },
      { sync_operation: 'upsert', sync_key: 'census-3', audience_id: 'vips', plan: 'fixture-plan-4' },
    ]
    expect(await send('census', 'activations', body)).toMatchObject({ status: 200, json: { accepted: 3 } })
    expect(attributesOf(bridge, 'census-1')).toEqual({ AIQ_vips_0: true, plan: 'fixture-plan-3' })
    expect(attributesOf(bridge, 'census-2')).toEqual({ AIQ_vips_0: false })
    expect(attributesOf(bridge, 'census-3')).toEqual({ plan: 'fixture-plan-4' })
  })

  test('simon: contacts under their name, the segment and the action beside them', async () => {
    const body = {
      segment_id: '77',
      action: 'remove',
      contacts: [{ contact_id: 'simon:s-1' }, { contact_id: 'simon:s-2', city: 'fixture-lyon' }],
    }
    expect(await send('simon', 'activations', body)).toMatchObject({ status: 200, json: { accepted: 2 } })
    expect(attributesOf(bridge, 's-1')).toEqual({ AIQ_77_0: false })
    expect(attributesOf(bridge, 's-2')).toEqual({ AIQ_77_0: false, city: 'fixture-lyon' })
  })

  test('adobe: profiles with a status of each; a word that is not known is refused, not guessed', async () => {
    const profile = (crmId: string, status: string) => ({
      crmId,
      segment_id: '5f2a',
      status,
      identityMap: { email: [{ id: 'fixture@example.com' }] },
    })
    const body = { profiles: [profile('adobe-1', 'exited'), profile('adobe-2', 'realized')] }
    expect(await send('adobe', 'activations', body)).toMatchObject({
      status: 200,
      json: { accepted: 1, errors: [{ index: 1, field: 'status' }] },
    })
    expect(attributesOf(bridge, 'adobe-1')).toEqual({ AIQ_5f2a_0: false })
    expect(attributesOf(bridge, 'adobe-2')).toBeUndefined()
  })
})

describe('a membership that the name of the event tells', () => {
  test('lytics: one object, entered or exited', async () => {
    const change = (event: string, segment_slug: string) => ({ _uid: 'lytics-1', segment_slug, event })
    expect(await send('lytics', 'activations', change('enter', 'vips'))).toMatchObject({ status: 200 })
    expect(await send('lytics', 'activations', change('exit', 'lapsed'))).toMatchObject({ status: 200 })
    expect(attributesOf(bridge, 'lytics-1')).toEqual({ AIQ_vips_0: true, AIQ_lapsed_0: false })
  })

  test('segment: "Audience Entered" is an event, with the audience in its properties', async () => {
    const body = {
      type: 'track',
      userId: 'segment-1',
      messageId: 'fixture-message-1',
      timestamp: '2026-01-05T10:00:00.000Z',
      event: 'Audience Entered',
      properties: { audience_key: 'vips', vips: true },
    }
    expect(await send('segment', 'events', body)).toMatchObject({ status: 200 })
    expect(eventsOf(bridge, 'segment-1')).toEqual([
      {
        name: 'Audience Entered',
        time: '2026-01-05T10:00:00Z',
        properties: { audience_key: 'vips', vips: true },
      },
    ])
    expect(attributesOf(bridge, 'segment-1')).toEqual({})
  })
})

test('a membership that a key with true or false tells: tealium', async () => {
  const body = {
    visitor_id: 'tealium-1',
    'badge vip': true,
    'badge lapsed': false,
    'lifetime value': '1840.50',
    'favourite store': 'fixture-lyon',
  }
  expect(await send('tealium', 'activations', body)).toMatchObject({ status: 200 })
  expect(attributesOf(bridge, 'tealium-1')).toEqual({
    AIQ_vip_0: true,
    AIQ_lapsed_0: false,
    lifetime_value: 1840.5,
    'favourite store': 'fixture-lyon',
  })
})

describe('a membership that presence tells, with the audience in the URL', () => {
  test('amperity: a table of the members', async () => {
    const body = 'amperity_id,total_spend,tier\namperity-1,99.90,007\namperity-2,,008\n'
    expect(await send('amperity', 'activations?audience_id=vips', body)).toMatchObject({ status: 200 })
    expect(attributesOf(bridge, 'amperity-1')).toEqual({
      AIQ_vips_0: true,
      vips_total_spend: 99.9,
      vips_tier: '007',
    })
    expect(attributesOf(bridge, 'amperity-2')).toEqual({ AIQ_vips_0: true, vips_tier: '008' })
  })

  test('hightouch: a URL for those who were added, another for those who were removed', async () => {
    const row = { PERSON_KEY: 'hightouch-1', tier: 'fixture-tier-7731' }
    const url = (op: string) => `activations?audience_id=7&split_id=2&op=${op}`
    expect(await send('hightouch', url('add'), row)).toMatchObject({ status: 200 })
    expect(attributesOf(bridge, 'hightouch-1')).toEqual({ AIQ_7_2: true, tier: 'fixture-tier-7731' })
    expect(await send('hightouch', url('remove'), row)).toMatchObject({ status: 200 })
    expect(attributesOf(bridge, 'hightouch-1')).toEqual({ AIQ_7_2: false, tier: 'fixture-tier-7731' })
  })
})

test('a list of memberships in one cell stays a list, as an attribute: blueconic', async () => {
  const body = { items: [{ profileId: 'blueconic-1', segments: '["fixture-seg-a","fixture-seg-b"]' }] }
  expect(await send('blueconic', 'activations', body)).toMatchObject({ status: 200 })
  expect(attributesOf(bridge, 'blueconic-1')).toEqual({ segments: ['fixture-seg-a', 'fixture-seg-b'] })
})

describe('events', () => {
  test('segment: one object, with what its library adds', async () => {
    const body = {
      type: 'track',
      userId: 'segment-2',
      anonymousId: 'fixture-anonymous',
      messageId: 'fixture-message-2',
      timestamp: '2026-01-05T10:00:00.000Z',
      context: { library: { name: 'fixture-library' } },
      event: 'Order Completed',
      properties: { order_id: 'fixture-order-1', total: 59.9 },
    }
    expect(await send('segment', 'events', body)).toMatchObject({ status: 200 })
    expect(eventsOf(bridge, 'segment-2')).toEqual([
      {
        name: 'Order Completed',
        time: '2026-01-05T10:00:00Z',
        properties: { order: 'fixture-order-1', total: 59.9 },
      },
    ])
  })

  test('rudderstack: a batch', async () => {
    const viewed = (userId: string) => ({
      type: 'track',
      channel: 'web',
      userId,
      messageId: `fixture-message-${userId}`,
      originalTimestamp: '2026-01-05T11:00:00.000+01:00',
      event: 'Product Viewed',
      properties: { sku: 'fixture-sku-11' },
    })
    const body = { batch: [viewed('rudder-1'), viewed('rudder-2')] }
    expect(await send('rudderstack', 'events', body)).toMatchObject({ status: 200, json: { accepted: 2 } })
    for (const user of ['rudder-1', 'rudder-2'])
      expect(eventsOf(bridge, user)).toEqual([
        { name: 'Product Viewed', time: '2026-01-05T10:00:00Z', properties: { sku: 'fixture-sku-11' } },
      ])
  })

  test('treasure data: lines, with seconds since 1970', async () => {
    const line = (id: string) =>
      `{"td_client_id":"${id}","time":1767607200,"event_name":"store_visit","sku":1}\n`
    const answer = await send('treasure-data', 'records', line('td-1') + line('td-2'))
    expect(answer).toMatchObject({ status: 200, json: { accepted: 2 } })
    for (const user of ['td-1', 'td-2'])
      expect(eventsOf(bridge, user)).toEqual([
        { name: 'store_visit', time: '2026-01-05T10:00:00Z', properties: { sku: 1 } },
      ])
  })
})
