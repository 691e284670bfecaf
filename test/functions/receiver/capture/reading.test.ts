import { expect, test } from 'vitest'
import { readingOf } from '../../../../functions/receiver/capture/reading.ts'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import type { Route } from '../../../../functions/receiver/request-context.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const read = (endpoint: Route['endpoint'], body: string, rules: object = {}, query = {}) => {
  const { default: connection } = Connections.parse({ default: { ...rules, mode: 'capture' } })
  const request = { headers: {}, query, body: Buffer.from(body) }
  const result = readRequest(request, endpoint, rowReader(connection))
  if (isProblem(result)) throw new Error(result.problem)
  return readingOf(result, endpoint, rowReader(connection))
}

/** What is told of a column: its rows, the kinds of its values, what it is read as and written as. */
const column = (header: string, rows: number, kinds: object, readAs: string, ...writtenAs: string[]) => ({
  header,
  readAs: [readAs],
  writtenAs,
  rows,
  kinds,
})

const NO_NAMES = {
  moreColumns: 0,
  ignoredFields: [],
  moreIgnoredFields: 0,
  memberships: [],
  moreMemberships: 0,
  eventNames: [],
  moreEventNames: 0,
}

test('rows with every kind of value are told by column, with counts and without a value', () => {
  const reading = read(
    'activations',
    `[
      {"user_id": "fixture-p1", "audience_id": "1042", "split_id": "2", "op": "enter", "timestamp": "2026-01-05T10:00:00Z",
       "mixed": "fixture-text", "AIQ_7_0": true, "zip": "fixture-zip", "gone": 1},
      {"user_id": "fixture-p2", "audience_id": "1042", "split_id": "2", "op": "leave", "timestamp": "2026-01-05T10:00:00.5Z",
       "mixed": 12345678, "n": 7.5},
      {"user_id": 7, "audience_id": "7", "mixed": true, "lead": "00731"},
      {"user_id": "fixture-p3", "mixed": null},
      {"user_id": "fixture-p4", "mixed": ["fixture-item"]},
      {"braze_id": "fixture-b5", "mixed": {"fixture-key": 1}},
      {"user_id": "fixture-p6", "mixed": "  "},
      {"user_id": "fixture-p7", "op": "fixture-op"},
      "fixture-row"
    ]`,
    {
      columns: { zip: { rename: 'postal_code', type: 'string' }, gone: { drop: true } },
      attributePrefix: { '1042': 'vip_' },
      attributes: { deny: ['n'] },
    },
  )
  expect(reading).toEqual({
    ...NO_NAMES,
    received: 9,
    accepted: 7,
    rejected: 2,
    refusals: [
      { code: 'OP_UNKNOWN', rows: 1, columns: ['op'] },
      { code: 'ROW_NOT_OBJECT', rows: 1, columns: [] },
    ],
    ignoredFields: ['n'],
    columns: [
      column('user_id', 7, { text: 6, number: 1 }, 'external id'),
      column('audience_id', 3, { text: 3 }, 'audience'),
      column('split_id', 2, { text: 2 }, 'split'),
      column('op', 3, { text: 3 }, 'op'),
      column('timestamp', 2, { text: 2 }, 'time'),
      column(
        'mixed',
        7,
        { text: 1, number: 1, boolean: 1, null: 1, list: 1, object: 1, empty: 1 },
        'attribute',
        'vip_mixed',
        'mixed',
      ),
      column('AIQ_7_0', 1, { boolean: 1 }, 'membership', 'AIQ_7_0'),
      { ...column('zip', 1, { text: 1 }, 'attribute', 'vip_postal_code'), type: 'string' },
      column('gone', 1, { number: 1 }, 'dropped'),
      column('n', 1, { number: 1 }, 'left out'),
      column('lead', 1, { text: 1 }, 'attribute', 'lead'),
      column('braze_id', 1, { text: 1 }, 'braze id'),
    ],
    identifiers: { external_id: 6, braze_id: 1 },
    memberships: [
      { flag: 'AIQ_1042_2', enters: 1, leaves: 1 },
      { flag: 'AIQ_7_0', enters: 2, leaves: 0 },
    ],
    events: 0,
    purchases: 0,
    times: { earliest: '2026-01-05T10:00:00Z', latest: '2026-01-05T10:00:00.500Z', rows: 2 },
    attributeWrites: 13,
  })
  expect(JSON.stringify(reading)).not.toMatch(/fixture-|7\.5|00731|12345678/)
})

test('a standard field is shown by its name in Braze', () => {
  const reading = read(
    'activations',
    `external_id,EMAIL,First Name,DOB,tier
fixture-p1,fixture@example.com,fixture-name,31/12/1980,gold
fixture-p2,fixture,,12/31/1980,gold
`,
    { attributePrefix: 'vip_' },
    { audience_id: '7' },
  )
  expect(reading.columns.map(({ header, readAs, writtenAs }) => [header, ...readAs, ...writtenAs])).toEqual([
    ['external_id', 'external id'],
    ['EMAIL', 'standard field', 'email'],
    ['First Name', 'standard field', 'first_name'],
    ['DOB', 'standard field', 'dob'],
    ['tier', 'attribute', 'vip_tier'],
  ])
  expect(reading).toMatchObject({ accepted: 2, rejected: 0 })
})

test('in CSV every cell is a text, and an empty one is not there', () => {
  const { columns } = read('activations', 'external_id,tier,city\nfixture-p1,fixture-tier,\nfixture-p2,,\n')
  expect(columns.map(({ header, rows, kinds }) => [header, rows, kinds])).toEqual([
    ['external_id', 2, { text: 2 }],
    ['tier', 1, { text: 1 }],
  ])
})

test('events tell their names, and properties where they are written', () => {
  const reading = read(
    'records',
    `[
      {"external_id": "fixture-p1", "event_name": "Order Completed", "time": "2026-01-05", "export_ts": "2026-01-06",
       "properties": {"total": 9, "plan": "fixture-plan"}, "audience_id": "fixture-audience"},
      {"external_id": "fixture-p2", "event_name": "Order Completed", "export_ts": "2026-01-07"},
      {"external_id": "fixture-p3", "event_name": "fixture@example.com"}
    ]`,
    { properties: { plan: 'plan_name' } },
  )
  expect(reading.columns).toEqual([
    column('external_id', 3, { text: 3 }, 'external id'),
    column('event_name', 3, { text: 3 }, 'event name'),
    column('time', 1, { text: 1 }, 'time'),
    { ...column('export_ts', 2, { text: 2 }, '', 'export_ts'), readAs: ['property', 'exported'] },
    column('properties', 1, { object: 1 }, 'properties'),
    column('properties › total', 1, { number: 1 }, 'property', 'total'),
    column('properties › plan', 1, { text: 1 }, 'property', 'plan_name'),
    column('audience_id', 1, { text: 1 }, 'property', 'audience_id'),
  ])
  expect(reading).toMatchObject({
    events: 3,
    eventNames: [
      { name: 'Order Completed', events: 2 },
      { name: '(no likely name)', events: 1 },
    ],
    attributeWrites: 0,
    times: { earliest: '2026-01-05T00:00:00Z', latest: '2026-01-07T00:00:00Z', rows: 2 },
  })
  expect(JSON.stringify(reading)).not.toMatch(/fixture/)
})

test('Braze’s own body is told object by object, under the names it has', () => {
  const reading = read(
    'users/track',
    `{
      "attributes": [{"external_id": "fixture-p1", "tier": "fixture-tier", "_update_existing_only": true}, {"email": "fixture@example.com", "city": 1}],
      "events": [{"user_alias": {"alias_name": "fixture-a", "alias_label": "fixture-l"}, "name": "Seen", "time": "2026-01-05T10:00:00Z", "app_id": "fixture-app", "properties": {"page": 1}}],
      "purchases": [{"external_id": "fixture-p2", "product_id": "fixture-sku", "currency": "EUR", "price": 1, "time": "2026-01-05T10:00:00Z"}, {}]
    }`,
  )
  expect(reading).toMatchObject({
    received: 5,
    accepted: 4,
    refusals: [{ code: 'IDENTIFIER_MISSING', rows: 1, columns: [] }],
    identifiers: { external_id: 2, email: 1, user_alias: 1 },
    events: 1,
    purchases: 1,
    eventNames: [{ name: 'Seen', events: 1 }],
    attributeWrites: 2,
  })
  expect(reading.columns.map(({ header, readAs, writtenAs }) => [header, ...readAs, ...writtenAs])).toEqual([
    ['attributes › external_id', 'external_id'],
    ['attributes › tier', 'attribute', 'tier'],
    ['attributes › _update_existing_only', 'attribute', '_update_existing_only'],
    ['attributes › email', 'standard field', 'email'],
    ['attributes › city', 'attribute', 'city'],
    ['events › user_alias', 'user_alias'],
    ['events › name', 'name'],
    ['events › time', 'time'],
    ['events › app_id', 'passed on', 'app_id'],
    ['events › properties', 'properties'],
    ['events › properties › page', 'property', 'page'],
    ['purchases › external_id', 'external_id'],
    ['purchases › product_id', 'product_id'],
    ['purchases › currency', 'currency'],
    ['purchases › price', 'price'],
    ['purchases › time', 'time'],
  ])
  expect(JSON.stringify(reading)).not.toMatch(/fixture/)
})

test('a telephone number in the column for the audience is not shown', () => {
  const body =
    '[{"external_id":"fixture-p1","audience_id":"4917612345678"},{"external_id":"fixture-p2","audience_id":"vips"}]'
  expect(read('activations', body)).toMatchObject({
    memberships: [
      { flag: '(no likely name)', enters: 1, leaves: 0 },
      { flag: 'AIQ_vips_0', enters: 1, leaves: 0 },
    ],
  })
})

test('what many made-up names would make too long is counted', () => {
  const headers = Array.from({ length: 250 }, (_, n) => `column_${n}`)
  const row = { external_id: 'fixture-p1', ...Object.fromEntries(headers.map((header) => [header, 1])) }
  const reading = read(
    'activations',
    JSON.stringify([row]),
    {},
    { nonsense: '1', 'fixture+me@example.com': '' },
  )
  expect([reading.columns.length, reading.moreColumns]).toEqual([200, 51])
  expect([reading.ignoredFields, reading.moreIgnoredFields]).toEqual([['nonsense'], 1])
})

test.each([
  ['0175', '1234567'],
  ['1985', '07-09'],
])(
  'an audience %s and a split %s, which are together a number of a person, are not told',
  (audience_id, split_id) => {
    const body = JSON.stringify([{ external_id: 'fixture-p1', audience_id, split_id }])
    expect(read('activations', body)).toMatchObject({
      memberships: [{ flag: '(no likely name)', enters: 1, leaves: 0 }],
    })
  },
)
