import { describe, expect, it } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { toRecords } from '../../../../functions/receiver/read/records.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import type { Json } from '../../../../functions/shared/json.ts'
import { CONNECTION } from '../settings-fixture.ts'

const read = (rows: Json[], endpoint: Endpoint = 'records', inherited = {}) =>
  toRecords({ rows, inherited, ignoredFields: [] }, endpoint, rowReader(CONNECTION))
const kinds = (rows: Json[], endpoint: Endpoint, inherited = {}) =>
  read(rows, endpoint, inherited).accepted.map(({ record }) => record.type)

describe('which rows are events', () => {
  const profile = { external_id: 'u-1', name: 'fixture-name' }
  const event = { external_id: 'u-1', Event_Name: 'visit' }

  it('all, none, or those that have a column for the name', () => {
    expect(kinds([profile, event], 'events')).toEqual(['event', 'event'])
    expect(kinds([profile, event], 'activations')).toEqual(['profile', 'profile'])
    expect(kinds([profile, event], 'records')).toEqual(['profile', 'event'])
  })

  it('all, where they inherit a name', () => {
    expect(kinds([profile, event], 'records', { 'event name': 'visit' })).toEqual(['event', 'event'])
  })
})

it('reads every row by itself, and says of the others which, where and why', () => {
  const good = { external_id: 'u-1', a: 1 }
  const { accepted: taken, rejected } = read([
    7,
    good,
    null,
    { event: '', external_id: 'u-2' },
    { external_id: 'u-3', a: 1, op: 'x' },
    good,
  ])
  expect(taken.map(({ json }) => json)).toEqual([
    '{"type":"profile","external_id":"u-1","attributes":{"a":1}}',
    '{"type":"profile","external_id":"u-1","attributes":{"a":1}}',
  ])
  expect(rejected).toEqual([
    { index: 0, row: 7, queue: 'profiles', code: 'ROW_NOT_OBJECT' },
    { index: 2, row: null, queue: 'profiles', code: 'ROW_NOT_OBJECT' },
    { index: 3, row: { event: '', external_id: 'u-2' }, queue: 'events', code: 'EVENT_NAME_MISSING' },
    {
      index: 4,
      row: { external_id: 'u-3', a: 1, op: 'x' },
      queue: 'profiles',
      code: 'OP_UNKNOWN',
      field: 'op',
    },
  ])
})

it('finds the user by the preferred identifier', () => {
  const rows = [{ external_id: 'u-1', braze_id: 'b-1', a: 1 }]
  const by = (preferredIdentifier: 'external_id' | 'braze_id') =>
    toRecords(
      { rows, inherited: {}, ignoredFields: [] },
      'records',
      rowReader({ ...CONNECTION, preferredIdentifier }),
    ).accepted[0]?.user
  expect(by('external_id')).toEqual({ external_id: 'u-1' })
  expect(by('braze_id')).toEqual({ braze_id: 'b-1' })
})

it('writes records in ASCII', () => {
  expect(read([{ external_id: 'u-1', a: 'é😀' }]).accepted[0]?.json).toBe(
    '{"type":"profile","external_id":"u-1","attributes":{"a":"\\u00e9\\ud83d\\ude00"}}',
  )
})

it('refuses a record over 180,000 bytes, counted as it is written', () => {
  // The record has 60 bytes around the value, and each é is written with 6 bytes.
  const row = (length: number) => ({ external_id: 'u-1', a: 'é'.repeat(length) })
  expect(read([row(29_990)]).accepted).toHaveLength(1)
  expect(read([row(30_000)]).rejected).toMatchObject([{ index: 0, code: 'ROW_TOO_LARGE' }])
})
