import { expect, test } from 'vitest'
import { readAll, readOneRow } from './read-one-row.ts'

/**
 * The rules for a row of an event, each with what Braze receives beside the person, or with the refusal.
 */

type Expected = object | string
type Given = { settings?: object; beside?: object; endpoint?: 'events' | 'records' }
type Rule = readonly [rule: string, cells: object | string, expected: Expected, given?: Given]

/** Braze needs a time, so an event without one has that of its receipt. */
const RECEIVED = { time: '2026-01-05T10:00:00.000Z' }

/** Reads cells of an event of the person below, given as an object or as the JSON text of its members. */
function check([, cells, expected, given]: Rule): void {
  const members = typeof cells === 'string' ? cells : JSON.stringify(cells).slice(1, -1)
  const read = readOneRow(`{"external_id":"fixture-u1",${members}}`, { endpoint: 'events', ...given })
  expect(read).toEqual(
    typeof expected === 'string' ? expected : { external_id: 'fixture-u1', ...RECEIVED, ...expected },
  )
}

const visit = (cells: object) => ({ event: 'visit', ...cells })
const properties = (properties: object) => ({ name: 'visit', properties })
const NOON = '2026-01-05T12:00:00Z'
const DIGITS = '{"n":1234567890123456789}'
const renamed = (rename: string) => ({ settings: { columns: { P: { rename } } } })
const NAMED = { endpoint: 'records', beside: { event_name: 'visit' } } as const

test.for<Rule>([
  ['"event"', { event: 'visit' }, { name: 'visit' }],
  ['"event_name"', { event_name: 'visit' }, { name: 'visit' }],
  ['"name", where all rows are events', { name: 'visit' }, { name: 'visit' }],
  ['a property beside one', visit({ name: 'p' }), properties({ name: 'p' })],
  ['a property where it is inherited', { name: 'p' }, properties({ name: 'p' }), { beside: NAMED.beside }],
  ['a property among profiles', visit({ name: 'p' }), properties({ name: 'p' }), { endpoint: 'records' }],
  ['inherited', { event_name: '' }, { name: 'visit' }, NAMED],
  ['missing', { event_name: '' }, 'EVENT_NAME_MISSING'],
  ['missing among profiles', { name: 'p', event: '' }, 'EVENT_NAME_MISSING', { endpoint: 'records' }],
  ['two that disagree', { event: 'a', event_name: 'b' }, 'COLUMNS_CONFLICT event_name'],
])('the name of an event: %s', (rule) => check(rule))

test.for<Rule>([
  ['any other column', visit({ store: 's', split_id: 2 }), properties({ store: 's', split_id: 2 })],
  ['an operation', visit({ op: 'enter', audience_id: '7' }), properties({ op: 'enter', audience_id: '7' })],
  ['a flag', visit({ AIQ_1_2: 'x' }), properties({ AIQ_1_2: 'x' })],
  ['a renamed flag', visit({ P: true }), properties({ AIQ_1_2: true }), renamed('AIQ_1_2')],
  [
    'a renamed time',
    visit({ time: NOON, P: 'x' }),
    { ...properties({ exported_at: 'x' }), time: NOON },
    renamed('exported_at'),
  ],
  ['a renamed audience', visit({ P: '7' }), properties({ audience_id: '7' }), renamed('audience_id')],
  [
    'not what is inherited',
    visit({ a: 1 }),
    properties({ a: 1 }),
    { beside: { audience_id: '7', op: 'leave' } },
  ],
  ['both kinds', visit({ a: 1, properties: { b: 2 } }), properties({ a: 1, b: 2 })],
  ['two that agree', visit({ a: 1, properties: { a: 1 } }), properties({ a: 1 })],
  ['two that disagree', visit({ a: 1, properties: { a: 2 } }), 'COLUMNS_CONFLICT a'],
  [
    'any value',
    visit({ properties: { n: 0, t: '', f: false, z: null } }),
    properties({ n: 0, t: '', f: false, z: null }),
  ],
  ['a reserved word', visit({ refused: 'x' }), properties({ refused: 'x' })],
  ['a reserved name', visit({ properties: { time: 'evening' } }), properties({ time_: 'evening' })],
  ['null', visit({ properties: null }), { name: 'visit' }],
  ['an empty cell', visit({ properties: '' }), { name: 'visit' }],
  ['a list', visit({ properties: [1] }), 'PROPERTIES_NOT_OBJECT properties'],
  ['a text', visit({ event_properties: '{}' }), 'PROPERTIES_NOT_OBJECT event_properties'],
  [
    'a text of JSON',
    visit({ properties: '{"a":1}' }),
    properties({ a: 1 }),
    { settings: { columns: { properties: { type: 'json' } } } },
  ],
  ['a name twice', '"event":"visit","properties":{"a":1,"a":2}', 'COLUMN_TWICE a\0again'],
  ['many digits', `"event":"visit","properties":${DIGITS}`, 'NUMBER_NOT_EXACT n'],
  [
    'a new name',
    visit({ a: 1, properties: { b: 2 } }),
    properties({ c: 1, d: 2 }),
    { settings: { properties: { a: 'c', b: 'd' } } },
  ],
  [
    'a new name that is taken',
    visit({ a: 1, b: 2 }),
    'COLUMNS_CONFLICT b',
    { settings: { properties: { a: 'b' } } },
  ],
  [
    'a reserved word beside one',
    visit({ refused: 1 }),
    properties({ refused: 1 }),
    { settings: { properties: { a: 'b' } } },
  ],
])('a property: %s', (rule) => check(rule))

const at = (time: string) => ({ name: 'visit', time })
const BESIDE = { beside: { exported_at: '2026-01-01T00:00:00Z' } }
const MS = { settings: { columns: { happened: { rename: 'time', type: 'date_ms' } } } }

test.for<Rule>([
  ['its own', visit({ time: '2026-01-05T11:00:00+01:00' }), at('2026-01-05T10:00:00Z')],
  ['that of the export', visit({ EXPORT_TS: 1_763_632_806 }), at('2025-11-20T10:00:06Z')],
  ['that beside the list', visit({}), at('2026-01-01T00:00:00Z'), BESIDE],
  ['a column of a type', visit({ happened: '1767571200000' }), at('2026-01-05T00:00:00Z'), MS],
  [
    'its own rather than that of the export',
    visit({ EXPORT_TS: 1, event_time: 1_763_632_805 }),
    { ...at('2025-11-20T10:00:05Z'), properties: { EXPORT_TS: 1 } },
    BESIDE,
  ],
  ['one that cannot be read', visit({ timestamp: 'soon' }), 'TIME_UNREADABLE timestamp'],
  ['one of the export that cannot be read', visit({ export_ts: 'soon' }), 'TIME_UNREADABLE export_ts'],
])('the time of an event: %s', (rule) => check(rule))

test('an event names a person and may create nobody', () => {
  expect(readOneRow({ event: 'visit' })).toBe('IDENTIFIER_MISSING')
  check([
    '',
    visit({}),
    { name: 'visit', _update_existing_only: true },
    { settings: { updateExistingOnly: true } },
  ])
})

test.each([
  ['an instant', { time: '2026-01-05T10:00:00Z' }, true],
  ['an instant of a type', { time: 86_400_001 }, true],
  ['midnight of a type', { time: 86_400_000 }, false],
  ['a day', { time: '2026-01-05' }, false],
  ['midnight somewhere', { time: '2026-01-05T00:00:00+02:00' }, false],
  ['midnight with milliseconds', { time: '2026-01-05T00:00:00.000-05' }, false],
  ['midnight in UTC', { time: '2026-01-05T02:00:00+02:00' }, false],
  ['midnight in milliseconds', { time: 1_767_571_200_000 }, false],
  ['none', {}, false],
  ['that of the export', { EXPORT_TS: 1_763_632_806 } as object, false],
])('an event is recognised by its time: %s', (_, cells: { time?: string | number }, deduplicable) => {
  const columns = typeof cells.time === 'number' ? { time: { type: 'date_ms' } } : {}
  const { records } = readAll({ external_id: 'fixture-u1', event: 'visit', ...cells }, { columns })
  expect(records.accepted[0]?.deduplicable).toBe(deduplicable)
})
