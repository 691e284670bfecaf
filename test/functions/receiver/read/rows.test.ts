import { describe, expect, it } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { toRows } from '../../../../functions/receiver/read/rows.ts'
import { rulesOf } from '../../../../functions/receiver/read/rules.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { Json } from '../../../../functions/shared/json.ts'

const RULES = rulesOf(rowReader(Connections.parse({}).default))

const A = { external_id: 'fixture-a' }
const B = { external_id: 'fixture-b' }

const USER = { external_id: 'fixture-a' }
const DIGITS = JSON.rawJSON('12345678901234567890')

it.each<[what: string, body: Json, rows: Json]>([
  ['a list', [A, B], [A, B]],
  ['an empty list', [], []],
  ['an empty object', {}, []],
  ['one object', A, [A]],
  ['one object without an identifier', { audience_id: '1042' }, [{ audience_id: '1042' }]],
  ['a list in another spelling', { Records: [A] }, [A]],
  ['an empty list beside fields', { audience_id: '1042', records: [] }, []],
  [
    'one row with a list of its own',
    { ...USER, items: [{ sku: 'A1' }] },
    [{ ...USER, items: [{ sku: 'A1' }] }],
  ],
  ['one row with a list of texts', { ...USER, records: ['text'] }, [{ ...USER, records: ['text'] }]],
  ['a list that holds no objects', { records: [1, null] }, [1, null]],
  ['a known name that holds no list', { data: { a: 1 }, users: [A] }, [A]],
  ...'records rows data users profiles contacts members items events batch'
    .split(' ')
    .map((name): [string, Json, Json] => [`a list under ${name}`, { [name]: [A] }, [A]]),
])('the rows of %s', (_, json, rows) => {
  expect(toRows(json, {}, 'activations', RULES)).toMatchObject({ rows })
})

const several = (lists: string) =>
  `The body contains several lists that could be the rows: ${lists}. Send only one of them.`
const manyLists = Object.fromEntries(
  Array.from({ length: 6_000 }, (_, n) => [`records${' '.repeat(n % 300)}${'-'.repeat(n / 300)}`, []]),
)
const spaced = Array.from({ length: 10 }, (_, n) => `records${' '.repeat(n)}`).join(', ')
const person = (header: string, list: string) =>
  `The body names a person in "${header}" and contains rows in "${list}". Leave out the first if each row names its own person; rename the second if it belongs to that one person.`
const VISIT = [{ event_name: 'visit' }]

it.each<[what: string, body: Json, problem: string, detail?: string]>([
  ['a number', 7, 'no-rows'],
  ['a text', 'fixture-a', 'no-rows'],
  ['null', null, 'no-rows'],
  ['a number that a double does not keep', DIGITS, 'no-rows'],
  ['rows under a name that is not known', { contact_list: [A] }, 'no-rows'],
  ['rows under two names', { users: [A], events: [B] }, 'several-lists', several('users, events')],
  [
    'rows under an unknown name too',
    { attributes: [A], events: [B] },
    'several-lists',
    several('events, attributes'),
  ],
  ['rows under very many names', manyLists, 'several-lists', several(`${spaced} and 5990 more`)],
  [
    'rows under one name twice',
    { records: [A], 'records\0again': [B] },
    'several-lists',
    several('records, records'),
  ],
  [
    'an empty list beside the same name',
    { records: [A], 'records\0again': [] },
    'field-unreadable',
    '"records", beside the rows or in the URL: The same name occurs twice with different values.',
  ],
  [
    'a person beside persons',
    { customer_id: 'x', users: [A, B] },
    'person-beside-rows',
    person('customer_id', 'users'),
  ],
  [
    'a person beside events',
    { ...USER, events: VISIT },
    'person-beside-rows',
    person('external_id', 'events'),
  ],
  [
    'an empty person beside rows',
    { User_ID: '', Records: [null, A] },
    'person-beside-rows',
    person('User_ID', 'Records'),
  ],
])('%s: the body is refused, not guessed at', (_, json, problem, detail = expect.any(String)) => {
  expect(toRows(json, {}, 'records', RULES)).toEqual({
    problem,
    status: 400,
    title: expect.any(String),
    detail,
  })
})

it('inherit no more than can be written into all of them', () => {
  const rows = (count: number) => ({ audience_id: 'é'.repeat(250), records: Array(count).fill(A) })
  expect(toRows(rows(5_593), {}, 'activations', RULES)).toMatchObject({
    status: 413,
    problem: 'inherited-too-large',
  })
  expect(toRows(rows(5_592), {}, 'activations', RULES)).toHaveProperty('rows')
})

it('are 100,000 at most', () => {
  expect(toRows(Array(100_000).fill(1), {}, 'events', RULES)).not.toHaveProperty('problem')
  expect(toRows(Array(100_001).fill(1), {}, 'events', RULES)).toMatchObject({ status: 413 })
})

describe('what rows inherit', () => {
  const FIELDS = {
    AIQ_SEGMENTID: 1042,
    split_id: ' 2 ',
    run_id: '889',
    op: 'Remove',
    exported_at: 1763632805000,
  }
  const READ = { audience: '1042', split: '2', run: '889', op: 'leave', exported: '2025-11-20T10:00:05Z' }
  const NAMED = { event_name: 'visit', name: 'n' }

  it.each<
    [
      what: string,
      beside: object,
      query: Record<string, string>,
      endpoint: Endpoint,
      inherited: object,
      ignored: string[],
    ]
  >([
    ['what stands beside them, in one form', FIELDS, {}, 'activations', READ, []],
    [
      'what is in the URL, where the body does not say otherwise',
      { audience_id: '1042' },
      { audience_id: '7', split_id: '3', op: 'leave' },
      'activations',
      { audience: '1042', split: '3', op: 'leave' },
      [],
    ],
    ['the name of events', NAMED, {}, 'events', { 'event name': 'visit', name: 'n' }, []],
    ['an event name, where rows may be events', NAMED, {}, 'records', { 'event name': 'visit' }, ['name']],
    ['no event name of profiles', NAMED, {}, 'activations', {}, ['event_name', 'name']],
    [
      'nothing else',
      { audience_id: '1042', page: 1, AIQ_1_2: true, __proto__x: 1 },
      { debug: '1', run_id: '4' },
      'activations',
      { audience: '1042' },
      ['page', 'AIQ_1_2', '__proto__x', 'debug', 'run_id'],
    ],
    ['no empty fields', { audience_id: '', op: null }, { op: 'leave' }, 'activations', { op: 'leave' }, []],
  ])('%s', (_, beside, query, endpoint, inherited, ignoredFields) => {
    expect(toRows({ ...beside, records: [A] }, query, endpoint, RULES)).toEqual({
      rows: [A],
      inherited,
      ignoredFields,
    })
  })

  it.each<[what: string, beside: object, query: Record<string, string>, named: string]>([
    ['an unknown operation', { op: 'fixture-op' }, {}, 'op'],
    ['one in the URL', {}, { op: 'fixture-op' }, 'op'],
    ['a time that cannot be read', { exported_at: 'fixture-soon' }, {}, 'exported_at'],
    ['a list for an id', { audience_id: ['1042'] }, {}, 'audience_id'],
    ['two values for one field', { audience_id: '1', segment_id: '2' }, {}, 'segment_id'],
    ['an endless id', { audience_id: 'x'.repeat(256) }, {}, 'audience_id'],
  ])('not %s: that concerns every row', (_, beside, query, named) => {
    const problem = toRows({ ...beside, records: [A] }, query, 'activations', RULES)
    const detail = expect.stringContaining(`"${named}", `)
    expect(problem).toMatchObject({ status: 400, problem: 'field-unreadable', detail })
    expect(JSON.stringify(problem)).not.toContain('fixture-')
  })
})
