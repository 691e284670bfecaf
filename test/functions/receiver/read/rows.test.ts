import { describe, expect, it } from 'vitest'
import { toRows } from '../../../../functions/receiver/read/rows.ts'

const A = { external_id: 'fixture-a' }
const B = { external_id: 'fixture-b' }

describe('the rows of a body', () => {
  it.each([
    ['a list', [A, B], [A, B]],
    ['an empty list', [], []],
    ['an empty object', {}, []],
    ['one object', A, [A]],
    ['one object without an identifier', { audience_id: '1042' }, [{ audience_id: '1042' }]],
    ['a list in another spelling', { Records: [A] }, [A]],
    ['an empty list beside fields', { audience_id: '1042', records: [] }, []],
    [
      'one row with a list of its own',
      { userId: 'fixture-a', items: [{ sku: 'A1' }] },
      [{ userId: 'fixture-a', items: [{ sku: 'A1' }] }],
    ],
    [
      'one row with a list of texts',
      { external_id: 'fixture-a', records: ['fixture-text'] },
      [{ external_id: 'fixture-a', records: ['fixture-text'] }],
    ],
    ['a list that holds no objects', { records: [1, null] }, [1, null]],
    ['a known name that holds no list', { data: { a: 1 }, users: [A] }, [A]],
  ])('%s', (_, json, rows) => {
    expect(toRows(json, {}, 'activations')).toMatchObject({ rows })
  })

  it.each([
    'records',
    'rows',
    'data',
    'users',
    'profiles',
    'contacts',
    'members',
    'items',
    'events',
    'batch',
  ])('stand under %s', (name) => {
    expect(toRows({ [name]: [A] }, {}, 'activations')).toMatchObject({ rows: [A] })
  })

  it.each([
    ['a number', 7],
    ['a text', 'fixture-a'],
    ['null', null],
    ['a number that a double does not keep', JSON.rawJSON('12345678901234567890')],
  ])('%s holds none', (_, json) => {
    expect(toRows(json, {}, 'activations')).toMatchObject({ status: 400, problem: 'no-rows' })
  })

  it('under a name that is not known are not taken for one row', () => {
    expect(toRows({ contact_list: [A] }, {}, 'activations')).toMatchObject({ problem: 'no-rows' })
  })

  it('under two names are not guessed at', () => {
    expect(toRows({ users: [A], events: [B] }, {}, 'activations')).toEqual({
      problem: 'several-lists',
      status: 400,
      title: 'It is not clear which list holds the rows',
      detail: 'The body holds several lists that could be the rows: users, events. Send one of them.',
    })
  })

  it('under a known and an unknown name are not passed over', () => {
    expect(toRows({ attributes: [A], events: [B] }, {}, 'events')).toMatchObject({
      problem: 'several-lists',
      detail: 'The body holds several lists that could be the rows: events, attributes. Send one of them.',
    })
  })

  it('under very many names are told by the first ten', () => {
    const lists = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, n) => [`records${' '.repeat(n % 300)}${'-'.repeat(n / 300)}`, []]),
    )
    expect(toRows(lists, {}, 'events')).toMatchObject({
      detail:
        'The body holds several lists that could be the rows: records, records , records  , records   , records    , records     , records      , records       , records        , records          and 59990 more. Send one of them.',
    })
  })

  it('inherit no more than can be written into all of them', () => {
    const rows = (count: number) => ({
      audience_id: 'é'.repeat(250),
      records: Array.from({ length: count }, () => A),
    })
    expect(toRows(rows(5_593), {}, 'activations')).toMatchObject({
      status: 413,
      problem: 'inherited-too-large',
    })
    expect(toRows(rows(5_592), {}, 'activations')).toHaveProperty('rows')
  })

  it.each([
    [
      'rows that name persons',
      { customer_id: 'acme', audience_id: '1042', users: [A, B] },
      'customer_id',
      'users',
    ],
    [
      'rows that are events',
      { external_id: 'u-1', events: [{ event_name: 'visit' }] },
      'external_id',
      'events',
    ],
    ['what can only be rows', { User_ID: '', Records: [null, { a: 1 }] }, 'User_ID', 'Records'],
  ])('beside a person are not swallowed: %s', (_, json, person, list) => {
    expect(toRows(json, {}, 'records')).toEqual({
      problem: 'person-beside-rows',
      status: 400,
      title: 'It is not clear whether the body is one row or many',
      detail: `The body names a person in "${person}" and holds rows in "${list}". Leave the first out if each row names its own person; rename the second if it belongs to that one person.`,
    })
  })

  it('under one name twice are not guessed at', () => {
    expect(toRows({ records: [A], 'records\0again': [B] }, {}, 'records')).toMatchObject({
      problem: 'several-lists',
      detail: 'The body holds several lists that could be the rows: records, records. Send one of them.',
    })
    expect(toRows({ records: [A], 'records\0again': [] }, {}, 'records')).toMatchObject({
      status: 400,
      detail:
        '"records", which stands beside the rows or in the URL: The same name stands there twice with different values.',
    })
  })

  it('are 100,000 at most', () => {
    expect(toRows(Array(100_000).fill(1), {}, 'events')).not.toHaveProperty('problem')
    expect(toRows(Array(100_001).fill(1), {}, 'events')).toMatchObject({ status: 413 })
  })
})

describe('what rows inherit', () => {
  it('from beside their list, in one form', () => {
    const body = {
      AIQ_SEGMENTID: 1042,
      split_id: ' 2 ',
      run_id: '889',
      op: 'Remove',
      exported_at: 1763632805000,
      records: [A],
    }
    expect(toRows(body, {}, 'activations')).toEqual({
      rows: [A],
      inherited: {
        audience: '1042',
        split: '2',
        run: '889',
        op: 'leave',
        exported: '2025-11-20T10:00:05Z',
      },
      ignoredFields: [],
    })
  })

  it('from the URL, where the body does not say otherwise', () => {
    const query = { audience_id: '7', split_id: '3', op: 'leave' }
    expect(toRows({ audience_id: '1042', records: [A] }, query, 'activations')).toMatchObject({
      inherited: { audience: '1042', split: '3', op: 'leave' },
    })
  })

  it('an event name, where the rows are or may be events', () => {
    const body = { event_name: 'cart_abandoned', name: 'fixture-name', records: [A] }
    expect(toRows(body, {}, 'events')).toMatchObject({
      inherited: { 'event name': 'cart_abandoned', name: 'fixture-name' },
      ignoredFields: [],
    })
    expect(toRows(body, {}, 'records')).toMatchObject({
      inherited: { 'event name': 'cart_abandoned' },
      ignoredFields: ['name'],
    })
    expect(toRows(body, {}, 'activations')).toMatchObject({
      inherited: {},
      ignoredFields: ['event_name', 'name'],
    })
  })

  it('nothing else, which is told by name', () => {
    const body = { audience_id: '1042', page: 1, AIQ_1_2: true, __proto__x: 1, records: [A] }
    expect(toRows(body, { debug: '1', run_id: '4' }, 'activations')).toMatchObject({
      inherited: { audience: '1042' },
      ignoredFields: ['page', 'AIQ_1_2', '__proto__x', 'debug', 'run_id'],
    })
  })

  it('no empty fields', () => {
    expect(toRows({ audience_id: '', op: null, records: [A] }, { op: 'leave' }, 'activations')).toMatchObject(
      {
        inherited: { op: 'leave' },
      },
    )
  })

  it.each([
    ['an unknown operation', { op: 'fixture-op', records: [A] }, {}, '"op", which'],
    ['one in the URL', [A], { op: 'fixture-op' }, '"op", which'],
    ['a time that cannot be read', { exported_at: 'fixture-soon', records: [A] }, {}, '"exported_at", which'],
    ['a list for an id', { audience_id: ['1042'], records: [A] }, {}, '"audience_id", which'],
    [
      'two values for one field',
      { audience_id: '1', segment_id: '2', records: [A] },
      {},
      '"segment_id", which',
    ],
    ['an endless id', { audience_id: 'x'.repeat(256), records: [A] }, {}, '"audience_id", which'],
  ])('not %s: that concerns every row', (_, json, query, named) => {
    const problem = toRows(json, query, 'activations')
    expect(problem).toMatchObject({ status: 400, problem: 'field-unreadable' })
    expect(problem).toHaveProperty('detail', expect.stringContaining(named))
    expect(JSON.stringify(problem)).not.toContain('fixture-')
  })
})
