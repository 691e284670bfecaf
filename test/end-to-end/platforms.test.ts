import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, eventsOf, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/**
 * Bodies in the style of twelve other customer data platforms, with the settings that make each work. They
 * follow only the well-known features of each shape (a flat object, an array, the place of the membership).
 * None is a copy of a real body.
 */

const person = (header: string, columns: object = {}) => ({
  columns: { [header]: { rename: 'external_id' }, ...columns },
})
const dropped = (...headers: string[]) =>
  Object.fromEntries(headers.map((header) => [header, { drop: true }]))
const NOON = '2026-01-05T10:00:00Z'
const IN_FRANCE = '2026-01-05T11:00:00.000+01:00'

type Platform = {
  /** How the membership or the event is written. */
  what: string
  settings: object
  sends: readonly (readonly [path: string, body: object | string])[]
  /** Each person's attributes in Braze, or their events. */
  makes: { [person: string]: object | readonly object[] | undefined }
}

const PLATFORMS: { [name: string]: Platform } = {
  mparticle: {
    what: 'one object for each change, with ids that no double holds',
    settings: person('mpid', { action: { rename: 'op' } }),
    sends: [
      ['activations', '{"mpid":-6923418771203541903,"audience_id":1042,"action":"add"}'],
      ['activations', '{"mpid":-6923418771203541903,"audience_id":1043,"action":"delete"}'],
    ],
    makes: { '-6923418771203541903': { AIQ_1042_0: true, AIQ_1043_0: false } },
  },
  census: {
    what: 'a bare array of records, each with its operation',
    settings: person('sync_key', { sync_operation: { rename: 'op' } }),
    sends: [
      [
        'activations',
        [
          { sync_operation: 'add', sync_key: 'census-1', audience_id: 'vips', plan: 'fixture-plan-3' },
          { sync_operation: 'delete', sync_key: 'census-2', audience_id: 'vips' },
          { sync_operation: 'upsert', sync_key: 'census-3', audience_id: 'vips', plan: 'fixture-plan-4' },
        ],
      ],
    ],
    makes: {
      'census-1': { AIQ_vips_0: true, plan: 'fixture-plan-3' },
      'census-2': { AIQ_vips_0: false },
      'census-3': { plan: 'fixture-plan-4' },
    },
  },
  simon: {
    what: 'contacts under their name, the segment and the action beside them',
    settings: { ...person('contact_id', { action: { rename: 'op' } }), stripIdPrefix: 'simon:' },
    sends: [
      [
        'activations',
        {
          segment_id: '77',
          action: 'remove',
          contacts: [{ contact_id: 'simon:s-1' }, { contact_id: 'simon:s-2', city: 'fixture-lyon' }],
        },
      ],
    ],
    makes: { 's-1': { AIQ_77_0: false }, 's-2': { AIQ_77_0: false, city: 'fixture-lyon' } },
  },
  adobe: {
    what: 'profiles with a status of each; a word that is not known is refused, not guessed',
    settings: person('crmId', { status: { rename: 'op' }, ...dropped('identityMap') }),
    sends: [
      [
        'activations',
        {
          profiles: [
            { crmId: 'adobe-1', segment_id: '5f2a', status: 'exited', identityMap: { email: [{ id: 'x' }] } },
            { crmId: 'adobe-2', segment_id: '5f2a', status: 'realized' },
          ],
        },
      ],
    ],
    makes: { 'adobe-1': { AIQ_5f2a_0: false }, 'adobe-2': undefined },
  },
  lytics: {
    what: 'one object, entered or exited',
    settings: person('_uid', { segment_slug: { rename: 'audience_id' }, event: { rename: 'op' } }),
    sends: [
      ['activations', { _uid: 'lytics-1', segment_slug: 'vips', event: 'enter' }],
      ['activations', { _uid: 'lytics-1', segment_slug: 'lapsed', event: 'exit' }],
    ],
    makes: { 'lytics-1': { AIQ_vips_0: true, AIQ_lapsed_0: false } },
  },
  segment: {
    what: 'one event, with what its library adds; an audience is an event too',
    settings: { columns: dropped('type', 'anonymousId', 'context'), properties: { order_id: 'order' } },
    sends: [
      [
        'events',
        {
          type: 'track',
          userId: 'segment-1',
          messageId: 'fixture-message-1',
          timestamp: '2026-01-05T10:00:00.000Z',
          event: 'Audience Entered',
          properties: { audience_key: 'vips', vips: true },
        },
      ],
      [
        'events',
        {
          type: 'track',
          userId: 'segment-2',
          anonymousId: 'fixture-anonymous',
          messageId: 'fixture-message-2',
          timestamp: '2026-01-05T10:00:00.000Z',
          context: { library: { name: 'fixture-library' } },
          event: 'Order Completed',
          properties: { order_id: 'fixture-order-1', total: 59.9 },
        },
      ],
    ],
    makes: {
      'segment-1': [
        { name: 'Audience Entered', time: NOON, properties: { audience_key: 'vips', vips: true } },
      ],
      'segment-2': [
        { name: 'Order Completed', time: NOON, properties: { order: 'fixture-order-1', total: 59.9 } },
      ],
    },
  },
  tealium: {
    what: 'a key with true or false',
    settings: person('visitor_id', {
      'badge vip': { rename: 'AIQ_vip_0' },
      'badge lapsed': { rename: 'AIQ_lapsed_0' },
      'lifetime value': { rename: 'lifetime_value', type: 'number' },
    }),
    sends: [
      [
        'activations',
        {
          visitor_id: 'tealium-1',
          'badge vip': true,
          'badge lapsed': false,
          'lifetime value': '1840.50',
          'favourite store': 'x',
        },
      ],
    ],
    makes: {
      'tealium-1': { AIQ_vip_0: true, AIQ_lapsed_0: false, lifetime_value: 1840.5, 'favourite store': 'x' },
    },
  },
  amperity: {
    what: 'a table of the members, with the audience in the URL',
    settings: {
      ...person('amperity_id', { total_spend: { type: 'number' } }),
      attributePrefix: { vips: 'vips_' },
    },
    sends: [
      [
        'activations?audience_id=vips',
        'amperity_id,total_spend,tier\namperity-1,99.90,007\namperity-2,,008\n',
      ],
    ],
    makes: {
      'amperity-1': { AIQ_vips_0: true, vips_total_spend: 99.9, vips_tier: '007' },
      'amperity-2': { AIQ_vips_0: true, vips_tier: '008' },
    },
  },
  hightouch: {
    what: 'a URL for those who were added, another for those who were removed',
    settings: person('PERSON_KEY'),
    sends: [
      [
        'activations?audience_id=7&split_id=2&op=add',
        [1, 2].map((n) => ({ PERSON_KEY: `hightouch-${n}`, tier: 'x' })),
      ],
      ['activations?audience_id=7&split_id=2&op=remove', { PERSON_KEY: 'hightouch-1', tier: 'x' }],
    ],
    makes: { 'hightouch-1': { AIQ_7_2: false, tier: 'x' }, 'hightouch-2': { AIQ_7_2: true, tier: 'x' } },
  },
  blueconic: {
    what: 'a list of memberships in one cell, which stays a list',
    settings: person('profileId', { segments: { type: 'json' } }),
    sends: [
      ['activations', { items: [{ profileId: 'blueconic-1', segments: '["fixture-a","fixture-b"]' }] }],
    ],
    makes: { 'blueconic-1': { segments: ['fixture-a', 'fixture-b'] } },
  },
  rudderstack: {
    what: 'a batch of events',
    settings: { columns: { originalTimestamp: { rename: 'time' }, ...dropped('type', 'channel') } },
    sends: [
      [
        'events',
        {
          batch: ['rudder-1', 'rudder-2'].map((userId) => ({
            type: 'track',
            channel: 'web',
            userId,
            messageId: `fixture-message-${userId}`,
            originalTimestamp: IN_FRANCE,
            event: 'Product Viewed',
            properties: { sku: 'fixture-sku-11' },
          })),
        },
      ],
    ],
    makes: {
      'rudder-1': [{ name: 'Product Viewed', time: NOON, properties: { sku: 'fixture-sku-11' } }],
      'rudder-2': [{ name: 'Product Viewed', time: NOON, properties: { sku: 'fixture-sku-11' } }],
    },
  },
  'treasure-data': {
    what: 'lines of events, with seconds since 1970',
    settings: person('td_client_id'),
    sends: [
      [
        'records',
        ['td-1', 'td-2']
          .map((id) => `{"td_client_id":"${id}","time":1767607200,"event_name":"store_visit","sku":1}\n`)
          .join(''),
      ],
    ],
    makes: {
      'td-1': [{ name: 'store_visit', time: NOON, properties: { sku: 1 } }],
      'td-2': [{ name: 'store_visit', time: NOON, properties: { sku: 1 } }],
    },
  },
}

let bridge: RunningBridge
beforeAll(async () => {
  const settings = Object.entries(PLATFORMS).map(([name, platform]) => [name, platform.settings])
  bridge = await startBridge({ connections: Connections.parse(Object.fromEntries(settings)) })
})
afterAll(() => discard(bridge))

test.each(Object.entries(PLATFORMS).map(([name, platform]) => ({ name, ...platform })))(
  '$name: $what',
  async ({ name, sends, makes }) => {
    for (const [path, body] of sends) {
      const { status } = await bridge.post(`/v1/${name}/${path}`, body, { 'x-api-key': `${TOKEN}-${name}` })
      expect(status).toBe(200)
    }
    await bridge.queues.waitUntilQuiet()
    for (const [person, made] of Object.entries(makes))
      expect(Array.isArray(made) ? eventsOf(bridge, person) : attributesOf(bridge, person)).toEqual(made)
  },
)
