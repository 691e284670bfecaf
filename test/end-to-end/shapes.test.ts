import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { attributesOf, discard, eventsOf, type RunningBridge, startBridge, TOKEN } from './bridge.ts'

/**
 * The expected state of Braze for each kind of body that a sender may send, written by hand. `fixture-me` in a
 * body is a person of that case alone, so that all cases can be sent to one bridge before any is looked at.
 */

const NOON = '2026-01-05T10:00:00Z'
const DIGITS = '9007199254740993'
const ME = { external_id: 'fixture-me' }
const PROFILE = { ...ME, audience_id: '1042', tier: 'gold' }
const GOLD = { AIQ_1042_0: true, tier: 'gold' }
const BOTH = [PROFILE, { external_id: 'fixture-me-other', a: 1 }]
const EVENT = { ...ME, event: 'viewed', time: NOON, sku: 'sku-11' }
const VIEWED = { name: 'viewed', time: NOON, properties: { sku: 'sku-11' } }
const PLAIN = { ...ME, event: 'e', time: NOON }
const SEEN = { name: 'e', time: NOON, properties: {} }
const MEMBER = { ...ME, audience_id: '7', op: '*', a: 1 }
const CSV = 'EXTERNAL_ID,AIQ_SEGMENTID,TIER\nfixture-me,1042,007\n'
const JSON_ROW = '{"external_id":"fixture-me","AIQ_SEGMENTID":"1042","TIER":"007"}'
const SEVEN = { AIQ_1042_0: true, TIER: '007' }
const OWN = 'AIQ_EXPORTID,AIQ_SEGMENTID,AIQ_SEGMENT_NM,EXPORT_TS,USER_ID\n1,7,true,1767607200000,fixture-me\n'
const ALMOST = { name: 'n', user: 'x', audience: 'y', event_id: 'z', operation: 'leave', times: 3 }
const EMPTY = 'external_id,note,tier\nfixture-me,x,'
const TIMES = ['export_ts', 'exported_at', 'timestamp', 'time', 'event_time']

/**
 * `*` in the path or in the body is each of the values in turn. What is expected are the attributes or the
 * events of the person, or the status of a request of which nothing may arrive.
 */
type Shape = readonly [
  what: string,
  path: string,
  body: object | string,
  expected: object | readonly object[] | number,
  values?: readonly unknown[],
]

const SHAPES: readonly Shape[] = [
  ['one object', '/v1/records', PROFILE, GOLD],
  ['a bare array', '/v1/records', BOTH, GOLD],
  [
    'an array under a name',
    '/v1/records',
    { '*': BOTH },
    GOLD,
    ['records', 'rows', 'data', 'users', 'profiles'],
  ],
  ['another name', '/v1/records', { '*': BOTH }, GOLD, ['contacts', 'members', 'items', 'events', 'batch']],
  ['a name in capitals, beside a run', '/v1/records', { AIQ_EXPORTID: 889, ROWS: BOTH }, GOLD],
  ['profiles', '/v1/*', BOTH, GOLD, ['activations', 'records', 'skip/activations', 'skip/records']],
  ['events', '/v1/*', [EVENT], [VIEWED], ['events', 'records', 'skip/events', 'skip/records']],
  ['Braze’s events', '/*users/track', { events: [{ ...ME, ...VIEWED }] }, [VIEWED], ['', 'v1/skip/']],
  ['Braze’s attributes', '/users/track', { attributes: [{ ...ME, tier: 'gold' }] }, { tier: 'gold' }],

  [
    'beside',
    '/v1/activations?audience_id=9',
    { AUDIENCE_ID: '1', split_id: 2, rows: [ME] },
    { AIQ_1_2: true },
  ],
  ['not beside', '/v1/activations', { audience_id: '1', rows: [{ ...ME, op: 'leave' }] }, { AIQ_1_0: false }],
  ['in the URL', '/v1/activations?audience_id=1&split_id=2&op=leave', [ME], { AIQ_1_2: false }],
  ['not in the URL', '/v1/activations?audience_id=1&op=leave', [{ ...ME, op: 'enter' }], { AIQ_1_0: true }],
  [
    'a name beside',
    '/v1/*',
    { event: 'viewed', data: [{ ...EVENT, event: '' }] },
    [VIEWED],
    ['events', 'records'],
  ],

  ['CSV', '/v1/activations', CSV, SEVEN],
  ['TSV', '/v1/activations', CSV.replaceAll(',', '\t'), SEVEN],
  ['a BOM', '/v1/activations', `\uFEFF${CSV.replaceAll(',', ';').replaceAll('\n', '\r\n')}`, SEVEN],
  ['NDJSON', '/v1/activations', `${JSON_ROW}\n{"external_id":"fixture-me-other"}\n`, SEVEN],
  ['a form', '/v1/activations', 'external_id=fixture-me&AIQ_SEGMENTID=1042&TIER=007', SEVEN],
  ['JSON in a form', '/v1/activations', `payload=${encodeURIComponent(JSON_ROW)}`, SEVEN],

  [
    'a person',
    '/v1/records',
    { '*': 'fixture-me', a: 1 },
    { a: 1 },
    ['user_id', 'customer_id', 'consumer_id'],
  ],
  [
    'any case',
    '/v1/records',
    { '*': 'fixture-me', a: 1 },
    { a: 1 },
    ['ExternalId', 'CUSTOMER-ID', 'Consumer ID'],
  ],
  [
    'an audience',
    '/v1/records',
    { ...ME, '*': 7 },
    { AIQ_7_0: true },
    ['aiq_audienceid', 'AIQ_SEGMENTID', 'segment_id'],
  ],
  [
    'a split',
    '/v1/records',
    { ...ME, audience_id: '7', '*': 2 },
    { AIQ_7_2: true },
    ['split_id', 'aiq_splitid'],
  ],
  [
    'a run',
    '/v1/activations',
    { ...ME, '*': '889', a: 1 },
    { a: 1 },
    ['aiq_exportid', 'export_id', 'run_id'],
  ],
  ['a time', '/v1/activations', { ...ME, '*': NOON, a: 1 }, { a: 1 }, TIMES],
  ['no time', '/v1/activations', { ...ME, timestamp: 'fixture-yesterday', a: 1 }, 422],
  ['ActionIQ’s own columns', '/v1/activations', OWN, { AIQ_7_0: true, AIQ_SEGMENT_NM: 'true' }],
  ['almost aliases', '/v1/*', { ...ME, ...ALMOST }, ALMOST, ['activations', 'records']],
  [
    'enter',
    '/v1/activations',
    MEMBER,
    { AIQ_7_0: true, a: 1 },
    ['add', 'join', 'entered', 'TRUE', '1', true, 1],
  ],
  [
    'leave',
    '/v1/activations',
    MEMBER,
    { AIQ_7_0: false, a: 1 },
    ['remove', 'delete', 'leave', 'exit', 'Exited'],
  ],
  ['false', '/v1/activations', MEMBER, { AIQ_7_0: false, a: 1 }, ['false', '0', false, 0]],
  ['update', '/v1/activations', MEMBER, { a: 1 }, ['update', 'upsert']],
  ['a flag', '/v1/activations', { ...ME, aiq_7_2: '*' }, { AIQ_7_2: true }, ['true', true, '1', 1]],
  ['no flag', '/v1/activations', { ...ME, aiq_7_2: '*' }, { AIQ_7_2: false }, ['FALSE', false, '0', 0]],

  [
    'a name of an event',
    '/v1/events',
    { ...ME, time: NOON, '*': 'e' },
    [SEEN],
    ['event_name', 'event', 'name'],
  ],
  ['a name of a record', '/v1/records', { ...ME, time: NOON, '*': 'e' }, [SEEN], ['event_name', 'EVENT']],
  ['when', '/v1/events', { ...ME, event: 'e', '*': 1_767_607_200_000 }, [SEEN], TIMES],
  [
    'properties',
    '/v1/events',
    { ...EVENT, '*': { sku: 'sku-11' } },
    [VIEWED],
    ['properties', 'EventProperties'],
  ],
  [
    'an instant',
    '/v1/events',
    { ...PLAIN, time: '*' },
    [SEEN],
    ['2026-01-05T11:00:00+01:00', '2026-01-05 10:00'],
  ],
  [
    'UTC',
    '/v1/events',
    { ...PLAIN, time: '*' },
    [SEEN],
    ['2026-01-05T10:00:00', 1_767_607_200, '1767607200'],
  ],
  [
    'a fraction',
    '/v1/events',
    { ...PLAIN, time: '*' },
    [{ ...SEEN, time: '2026-01-05T10:00:00.500Z' }],
    [1_767_607_200_500, '1767607200500', '2026-01-05T04:00:00.5-0600'],
  ],
  ['a day', '/v1/events', { ...PLAIN, time: '2026-01-05' }, [{ ...SEEN, time: '2026-01-05T00:00:00Z' }]],
  ['no instant', '/v1/events', { ...PLAIN, time: '*' }, 422, ['05/01/2026', '2026-02-30', 20_260_105, 1e15]],

  ['a text of digits', '/v1/activations', { ...ME, n: DIGITS, zip: '00731' }, { n: DIGITS, zip: '00731' }],
  [
    'many digits',
    '/v1/*',
    `{"external_id":"fixture-me","event":"e","n":${DIGITS}}`,
    422,
    ['activations', 'events'],
  ],
  ['an empty cell', '/v1/*', EMPTY, { note: 'x' }, ['activations', 'skip/activations', 'remove/activations']],
  ['an empty cell that is kept', '/v1/keep/activations', EMPTY, { note: 'x', tier: '' }],
  ['an empty text', '/v1/*', { ...ME, tier: '' }, { tier: '' }, ['activations', 'keep/activations']],
  [
    'no text',
    '/v1/*',
    { ...ME, note: 'x', tier: '' },
    { note: 'x' },
    ['skip/activations', 'remove/activations'],
  ],
]

const cases = SHAPES.flatMap(([what, path, body, expected, values = ['']]) =>
  values.map((value) => ({
    title: `${what} ${JSON.stringify(value)}`,
    path: path.replace('*', String(value)),
    body: (typeof body === 'string' ? body : JSON.stringify(body))
      .replace(/"\*"(?!:)/, () => JSON.stringify(value))
      .replace('*', () => String(value)),
    expected,
  })),
).map((shape, index) => ({ ...shape, person: `fixture-${index}` }))

/** The lines take about two seconds. */
const SENT_WITHIN_MS = 60_000

let bridge: RunningBridge
const statuses = new Map<string, number>()

beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
      keep: { emptyCells: 'keep' },
      remove: { emptyCells: 'null' },
      skip: { emptyCells: 'skip' },
    }),
  })
  for (const { path, body, person } of cases)
    statuses.set(person, await send(path, body.replaceAll('fixture-me', person)))
  await bridge.queues.waitUntilQuiet(SENT_WITHIN_MS)
}, SENT_WITHIN_MS)
afterAll(() => discard(bridge))

async function send(path: string, body: object | string): Promise<number> {
  const [, connection] = /^\/v1\/(\w+)\/\w/.exec(path) ?? []
  const token = connection === undefined ? TOKEN : `${TOKEN}-${connection}`
  return (await bridge.post(path, body, { 'x-api-key': token })).status
}

test.each(cases)('$title', ({ path, expected, person }) => {
  const found = { attributes: attributesOf(bridge, person), events: eventsOf(bridge, person) }
  if (typeof expected === 'number') {
    expect([statuses.get(person), found]).toEqual([expected, { attributes: undefined, events: [] }])
  } else {
    expect(statuses.get(person)).toBe(path.endsWith('/users/track') ? 201 : 200)
    expect(Array.isArray(expected) ? found.events : found.attributes).toEqual(expected)
  }
})

test('every row of a list arrives, not only its first', () => {
  const lists = cases.filter(({ body }) => body.includes('"fixture-me-other","a"'))
  expect(lists).toHaveLength(16)
  for (const { person } of lists) expect(attributesOf(bridge, `${person}-other`)).toEqual({ a: 1 })
})

test('an empty cell removes an attribute where that is the rule', async () => {
  for (const tier of ['gold', ''])
    await send('/v1/remove/activations', { external_id: 'emptied', a: 1, tier })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'emptied')).toEqual({ a: 1 })
})

test.each(['event_id', 'message_id', 'messageId'])(
  'an event that is sent again under one %s happened once',
  async (header) => {
    const event = { external_id: `id-${header}`, event: 'e', time: NOON, [header]: `id-${header}` }
    for (const again of [event, event]) expect(await send('/v1/events', [again])).toBe(200)
    await bridge.queues.waitUntilQuiet()
    expect(eventsOf(bridge, `id-${header}`)).toEqual([SEEN])
  },
)

test.each(['braze_id', 'BrazeId'])('a person under %s', async (header) => {
  const known = '5fbd99bac125ca40511f2cb2'
  await bridge.post('/v1/records', { [header]: known, [`tier ${header}`]: 'gold' })
  await bridge.queues.waitUntilQuiet()
  const profile = bridge.simulator.profile({ braze_id: known })
  expect(profile?.custom_attributes).toMatchObject({ [`tier ${header}`]: 'gold' })
})

test('ids with leading zeros or many digits stay what they are', async () => {
  await bridge.post('/v1/activations', `{"external_id":${DIGITS},"zip":"1"}`)
  await bridge.post('/v1/activations', `external_id,zip\n000${DIGITS},2`)
  await bridge.queues.waitUntilQuiet()
  const zips = [DIGITS, `000${DIGITS}`].map((person) => attributesOf(bridge, person))
  expect(zips).toEqual([{ zip: '1' }, { zip: '2' }])
})

test('a header that is one of Braze’s own fields writes that field', async () => {
  const standard = { email: 'fixture@example.com', first_name: 'fixture-ada' }
  await bridge.post('/v1/activations', { external_id: 'field-1', ...standard, tier: 'gold' })
  await bridge.queues.waitUntilQuiet()
  expect(bridge.simulator.profile({ external_id: 'field-1' })).toMatchObject({
    standard,
    custom_attributes: { tier: 'gold' },
  })
})
