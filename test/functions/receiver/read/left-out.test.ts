import { describe, expect, test } from 'vitest'
import { readingOf } from '../../../../functions/receiver/capture/reading.ts'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import { readTrackRows } from '../../../../functions/receiver/read/track.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { TrackArray } from '../../../../functions/shared/record.ts'
import { map } from '../../../../functions/worker/map/map.ts'
import { ask, TOKEN } from '../ask.ts'
import { SETTINGS } from '../settings-fixture.ts'
import { RECEIVED, readAll, readOneRow } from './read-one-row.ts'

/**
 * A connection's rules for what is left out apply at every path. Otherwise a sender could choose a path at which they do not. They are `attributes` and the `drop` of `columns`.
 */

const U1 = { external_id: 'fixture-u1' }
const connectionWith = (settings: object) => Connections.parse({ default: settings }).default

/** Reads an object of Braze's own body and returns what Braze receives for it, or the refusal as `CODE field`. */
function readObject(object: object, settings: object, array: TrackArray = 'attributes'): object | string {
  const rows = [{ array, object: object as never }]
  const { accepted, rejected } = readTrackRows(rows, rowReader(connectionWith(settings)))
  const [refused] = rejected
  if (refused) return [refused.code, refused.field].filter((part) => part !== undefined).join(' ')
  const [row] = accepted
  if (!row) throw new Error('there is no object')
  const mapped = map(row.record, RECEIVED)
  return 'object' in mapped ? { ...mapped.object } : mapped
}

const EMAIL = { email: 'fixture@example.com' }
const allow = (...names: string[]) => ({ attributes: { allow: names } })
const deny = (...names: string[]) => ({ attributes: { deny: names } })
const drop = (...headers: string[]) => ({
  columns: Object.fromEntries(headers.map((header) => [header, { drop: true }])),
})

type Rule = readonly [rule: string, settings: object, cells: object, expected: object | string]

test.for<Rule>([
  ['a denied attribute', deny('secret'), { secret: 1, tier: 2 }, { tier: 2 }],
  ['an attribute that is not allowed', allow('tier'), { secret: 1, tier: 2 }, { tier: 2 }],
  ['a denied name with spaces around it', deny('secret'), { ' secret ': 1, tier: 2 }, { tier: 2 }],
  ['a denied name before an invisible character', deny('ssn'), { 'ssn\u200b': 1, tier: 2 }, { tier: 2 }],
  ['a denied name before a control character', deny('ssn'), { 'ssn\u0000': 1, tier: 2 }, { tier: 2 }],
  ['a denied name after another one', deny('ssn'), { '\u0085ssn': 1, tier: 2 }, { tier: 2 }],
  ['a name in another case', deny('secret'), { Secret: 1 }, { Secret: 1 }],
  ['a denied standard field', deny('email'), { ...EMAIL, tier: 2 }, { tier: 2 }],
  ['a standard field that is not allowed', allow('tier'), { ...EMAIL, tier: 2 }, { tier: 2 }],
  ['an allowed standard field', allow('email'), { ...EMAIL, tier: 2 }, EMAIL],
  ['a denied operation', deny('visits'), { visits: { inc: 1 }, tier: 2 }, { tier: 2 }],
  ['an allowed operation', allow('visits'), { visits: { inc: 1 }, tier: 2 }, { visits: { inc: 1 } }],
  ['a denied removal', deny('secret'), { secret: null, tier: 2 }, { tier: 2 }],
  ['denied push tokens', deny('push_tokens'), { push_tokens: [], tier: 2 }, { tier: 2 }],
  ['a flag that is not allowed', allow('tier'), { AIQ_7_2: true, secret: 1 }, { AIQ_7_2: true }],
  ['a flag that is denied', deny('AIQ_7_2'), { AIQ_7_2: false }, { AIQ_7_2: false }],
  [
    'a flag under the name that the connection gives it',
    { ...allow('tier'), flagName: 'in_{audience}_{split}' },
    { in_7_2: true, tier: 2 },
    { in_7_2: true, tier: 2 },
  ],
  ['a directive', deny('_merge_objects'), { _merge_objects: true, a: 1 }, { _merge_objects: true, a: 1 }],
  [
    'another directive',
    allow('tier'),
    { tier: 2, _update_existing_only: true },
    { tier: 2, _update_existing_only: true },
  ],
  ['a dropped column', drop('SSN'), { SSN: 1, tier: 2 }, { tier: 2 }],
  ['a dropped column, spelt differently', drop('Tax Number'), { tax_number: 1, tier: 2 }, { tier: 2 }],
  ['a dropped flag', drop('AIQ_7_2'), { aiq_7_2: true, AIQ_72_2: true }, { AIQ_72_2: true }],
  ['a dropped flag after a space', drop('AIQ_7_2'), { ' AIQ_7_2': true, tier: 2 }, { tier: 2 }],
  [
    'a dropped flag before an invisible character',
    drop('AIQ_7_2'),
    { 'AIQ_7_2\u200b': true, tier: 2 },
    { tier: 2 },
  ],
  [
    'a dropped flag with an invisible character',
    drop('AIQ_7_2'),
    { 'A\u200bIQ_7\u200b_2': true, tier: 2 },
    { tier: 2 },
  ],
  ['a dropped directive', drop('_merge_objects'), { _merge_objects: true, tier: 2 }, { tier: 2 }],
  ['a dropped operation', drop('visits'), { visits: { inc: 1 }, tier: 2 }, { tier: 2 }],
  ['both', { ...deny('a'), ...drop('b') }, { a: 1, b: 2, c: 3 }, { c: 3 }],
  ['nothing left by a list', allow('tier'), { secret: 1 }, 'ROW_EMPTY'],
  ['nothing left by a drop', drop('SSN'), { SSN: 1 }, 'ROW_EMPTY'],
  ['nothing left by a list but a directive', deny('ssn'), { ssn: 1, _merge_objects: true }, 'ROW_EMPTY'],
  ['nothing left by a drop but a directive', drop('SSN'), { SSN: 1, _merge_objects: true }, 'ROW_EMPTY'],
  [
    'nothing left but a directive, for existing profiles only',
    { ...allow('tier'), updateExistingOnly: true },
    { ssn: 1, _merge_objects: true },
    'ROW_EMPTY',
  ],
  ['a directive that was sent alone', deny('ssn'), { _merge_objects: true }, { _merge_objects: true }],
  ['a directive that was sent alone, again', drop('SSN'), { _merge_objects: true }, { _merge_objects: true }],
  ['a dropped identifier', drop('external_id'), { tier: 2 }, 'IDENTIFIER_MISSING'],
])('at both paths: %s', ([, settings, cells, expected]) => {
  const whole = typeof expected === 'string' ? expected : { ...U1, ...expected }
  expect(readOneRow({ ...U1, ...cells }, { settings })).toEqual(whole)
  expect(readObject({ ...U1, ...cells }, settings)).toEqual(whole)
})

describe("in Braze's own body", () => {
  const EVENT = { ...U1, name: 'fixture-e', time: '2026-01-05T09:00:00Z' }
  const PURCHASE = { ...U1, product_id: 'p', currency: 'EUR', price: 1, time: '2026-01-05T09:00:00Z' }
  const TOKENS = { push_token_import: true, push_tokens: [{ app_id: 'fixture-app', token: 'fixture-t1' }] }

  test.for<Rule>([
    ['an e-mail address that identifies', allow('tier'), { ...EMAIL, tier: 2 }, { ...EMAIL, tier: 2 }],
    [
      'a telephone number beside it',
      allow('tier'),
      { ...EMAIL, phone: 'fixture', tier: 2 },
      { ...EMAIL, tier: 2 },
    ],
    [
      'an e-mail address that identifies and is dropped',
      drop('EMAIL'),
      { ...EMAIL, tier: 2 },
      'IDENTIFIER_MISSING',
    ],
    [
      'an allowed name before an invisible character',
      allow('tier'),
      { ...U1, 'tier\u200b': 1, tier: 2 },
      { ...U1, tier: 2 },
    ],
    ['push tokens that identify', allow('tier'), { ...TOKENS, country: 'US' }, TOKENS],
    ['an identifier that was sent alone', allow('tier'), U1, U1],
    ['an identifier that was sent alone, again', drop('SSN'), U1, U1],
    [
      'a name with the prefix of an audience',
      { ...deny('tier'), attributePrefix: 'v_' },
      { ...U1, v_tier: 1 },
      { ...U1, v_tier: 1 },
    ],
    [
      'a column that gets another name',
      { columns: { a: { rename: 'b' } } },
      { ...U1, a: 1 },
      { ...U1, a: 1 },
    ],
  ])('%s', ([, settings, object, expected]) => {
    expect(readObject(object, settings)).toEqual(expected)
  })

  test('a dropped name may occur twice and hold damaged text', () => {
    const body = '{"attributes":[{"external_id":"fixture-u1","tier":1,"SSN":"\ufffd","SSN":"2"}]}'
    const request = { headers: {}, query: {}, body: Buffer.from(body) }
    const read = readRequest(request, 'users/track', rowReader(connectionWith(drop('ssn'))))
    if (isProblem(read)) throw new Error(read.problem)
    expect(read.records).toMatchObject({ accepted: [{ record: { attributes: { tier: 1 } } }], rejected: [] })
  })

  test('what an event or a purchase consists of is never left out, and its properties are no attributes', () => {
    const settings = {
      ...allow('tier'),
      ...drop('name', 'time', 'properties', 'product_id', 'currency', 'price'),
    }
    const event = { ...EVENT, properties: { secret: 1 } }
    expect(readObject(event, settings, 'events')).toEqual(event)
    const purchase = { ...PURCHASE, quantity: 1, properties: { secret: 1 } }
    expect(readObject(purchase, settings, 'purchases')).toEqual(purchase)
  })

  test('any other member of an event is dropped, also if it identifies the person', () => {
    const { external_id: _id, ...nobody } = EVENT
    expect(readObject({ ...EVENT, app_id: 'a', ssn: 1 }, drop('SSN'), 'events')).toEqual({
      ...EVENT,
      app_id: 'a',
    })
    expect(readObject({ ...nobody, ...EMAIL }, drop('email'), 'events')).toBe('IDENTIFIER_MISSING')
  })
})

test('in the properties column of an event, names are no columns either', () => {
  const row = {
    ...U1,
    event_name: 'fixture-e',
    time: '2026-01-05T09:00:00Z',
    ssn: 1,
    properties: { ssn: 2, b: 3 },
  }
  expect(readOneRow(row, { settings: { ...allow('tier'), ...drop('ssn') } })).toMatchObject({
    properties: { ssn: 2, b: 3 },
  })
})

describe('what is left out is shown', () => {
  const OBJECTS = {
    attributes: [
      { ...U1, secret: 1, tier: 2, SSN: 3, email: 'fixture@example.com', AIQ_7_2: true },
      { email: 'fixture@example.com', tier: 1 },
    ],
    events: [{ ...U1, name: 'Seen', time: '2026-01-05T09:00:00Z', ssn: 1, properties: { secret: 1 } }],
  }
  const SETTINGS_OF_BOTH = { ...allow('tier'), ...drop('ssn') }

  test('in the reading of a request', () => {
    const reader = rowReader(connectionWith({ ...SETTINGS_OF_BOTH, mode: 'capture' }))
    const request = { headers: {}, query: {}, body: Buffer.from(JSON.stringify(OBJECTS)) }
    const read = readRequest(request, 'users/track', reader)
    if (isProblem(read)) throw new Error(read.problem)
    const { columns, ignoredFields } = readingOf(read, 'users/track', reader)
    expect(ignoredFields).toEqual(['secret', 'email'])
    expect(columns.map(({ header, readAs, writtenAs }) => [header, ...readAs, ...writtenAs])).toEqual([
      ['attributes › external_id', 'external_id'],
      ['attributes › secret', 'left out'],
      ['attributes › tier', 'attribute', 'tier'],
      ['attributes › SSN', 'dropped'],
      ['attributes › email', 'left out', 'standard field', 'email'],
      ['attributes › AIQ_7_2', 'attribute', 'AIQ_7_2'],
      ['events › external_id', 'external_id'],
      ['events › name', 'name'],
      ['events › time', 'time'],
      ['events › ssn', 'dropped'],
      ['events › properties', 'properties'],
      ['events › properties › secret', 'property', 'secret'],
    ])
  })

  test('in the answer to rows, and not in the answer that Braze would give', async () => {
    const connections = Connections.parse({ default: SETTINGS_OF_BOTH })
    const { status, json, profiles } = await ask(
      JSON.stringify(OBJECTS),
      { path: '/users/track', headers: { authorization: `Bearer ${TOKEN}` } },
      { settings: { ...SETTINGS, connections } },
    )
    expect([status, json]).toEqual([
      201,
      { message: 'success', attributes_processed: 2, events_processed: 1 },
    ])
    expect(profiles).toContainEqual({ type: 'profile', ...U1, attributes: { tier: 2, AIQ_7_2: true } })
    expect(readAll([{ ...U1, tier: 1, secret: 2 }], SETTINGS_OF_BOTH).ignoredFields).toEqual(['secret'])
  })
})
