import { describe, expect, it } from 'vitest'
import { readAll } from './read-one-row.ts'

const recordsOf = (...given: Parameters<typeof readAll>) =>
  readAll(...given).records.accepted.map(({ record }) => record)

describe('a record', () => {
  it('of a profile has memberships, attributes, the run and the time of the export', () => {
    const row = `{"EXTERNAL_ID":"u-1","AIQ_SEGMENTID":1042,"AIQ_SPLITID":"2","OP":"leave","AIQ_EXPORTID":"889",
      "EXPORT_TS":1763632805000,"time":1763632805,"timestamp":"2025-11-20T10:00:05Z","TIER":"x","AIQ_1043_1":"true"}`
    expect(recordsOf(row)).toEqual([
      {
        type: 'profile',
        external_id: 'u-1',
        memberships: [
          { audience_id: '1042', split_id: '2', member: false },
          { audience_id: '1043', split_id: '1', member: true },
        ],
        attributes: { TIER: 'x' },
        run_id: '889',
        source_time: '2025-11-20T10:00:05Z',
      },
    ])
  })

  it('of an event has its name, time, id, properties and the run', () => {
    const row = {
      external_id: 'u-1',
      event: 'visit',
      time: '2026-01-05T10:00:00Z',
      event_id: 'e-1',
      run_id: 889,
      a: 1,
    }
    expect(recordsOf(row)).toEqual([
      {
        type: 'event',
        external_id: 'u-1',
        name: 'visit',
        time: '2026-01-05T10:00:00Z',
        event_id: 'e-1',
        properties: { a: 1 },
        run_id: '889',
      },
    ])
  })

  it('inherits the run and the time, unless its row has them', () => {
    const rows = [{}, { run_id: '890', timestamp: 1_763_632_805 }].map((own) => ({
      external_id: 'u',
      a: 1,
      ...own,
    }))
    const body = { run_id: '889', exported_at: '2026-01-01T00:00:00Z', records: rows }
    expect(recordsOf(body)).toMatchObject([
      { run_id: '889', source_time: '2026-01-01T00:00:00Z' },
      { run_id: '890', source_time: '2025-11-20T10:00:05Z' },
    ])
  })

  it.each(['external_id', 'braze_id'])(
    'of a row with both ids has the preferred one: %s',
    (preferredIdentifier) => {
      const row = { external_id: 'u', braze_id: 'u', a: 1 }
      expect(readAll(row, { preferredIdentifier }).records.accepted).toMatchObject([
        { user: { [preferredIdentifier]: 'u' }, record: { [preferredIdentifier]: 'u' } },
      ])
      expect(Object.keys(recordsOf(row, { preferredIdentifier })[0] ?? {})).toEqual([
        'type',
        preferredIdentifier,
        'attributes',
      ])
    },
  )

  it('names a flag only where the connection changes its name', () => {
    const json = (settings: object) =>
      readAll({ external_id: 'u', audience_id: '1' }, settings).records.accepted[0]?.json
    expect(json({})).not.toContain('attribute')
    expect(json({ flagName: 'a_{audience}_{split}' })).toContain('"attribute":"a_1_0"')
  })

  it.each([
    ['in ASCII', '"a":"é😀"', '"a":"\\u00e9\\ud83d\\ude00"'],
    ['with a number that a double keeps', '"a":9007199254740992', '"a":9007199254740992'],
    [
      'with the names of JavaScript as plain data',
      '"__proto__":{"polluted":true},"constructor":"c","toString":1',
      '"__proto__":{"polluted":true},"constructor":"c","toString":1',
    ],
  ])('is written %s', (_, cells, attributes) => {
    expect(readAll(`{"external_id":"u-1",${cells}}`).records.accepted[0]?.json).toBe(
      `{"type":"profile","external_id":"u-1","attributes":{${attributes}}}`,
    )
    expect({}).not.toHaveProperty('polluted')
  })

  it('has at most 180,000 bytes, counted as it is written', () => {
    // The record has 60 bytes around the value, and each é is written with 6 bytes.
    const row = (length: number) => ({ external_id: 'u-1', a: 'é'.repeat(length) })
    expect(recordsOf(row(29_990))).toHaveLength(1)
    expect(readAll(row(30_000)).records.rejected).toMatchObject([{ index: 0, code: 'ROW_TOO_LARGE' }])
  })
})

const PROFILE = { external_id: 'u-1', name: 'n' }
const EVENT = { external_id: 'u-1', Event_Name: 'visit' }

it.each([
  ['all', 'events', [PROFILE, EVENT], ['event', 'event']],
  ['none', 'activations', [PROFILE, EVENT], ['profile', 'profile']],
  ['those with a name', 'records', [PROFILE, EVENT], ['profile', 'event']],
  ['all that inherit a name', 'records', { event: 'visit', rows: [PROFILE, EVENT] }, ['event', 'event']],
] as const)('which rows are events: %s', (_, endpoint, body, types) => {
  expect(recordsOf(body, {}, endpoint).map(({ type }) => type)).toEqual(types)
})

it('each row is read by itself, and of the others it says which, where and why', () => {
  const good = { external_id: 'u-1', a: 1 }
  const noName = { event: '', external_id: 'u-2' }
  const badOp = { external_id: 'u-3', a: 1, op: 'x' }
  const { accepted, rejected } = readAll([7, good, null, noName, badOp, good]).records
  expect(accepted.map(({ record }) => record)).toEqual([
    { type: 'profile', external_id: 'u-1', attributes: { a: 1 } },
    { type: 'profile', external_id: 'u-1', attributes: { a: 1 } },
  ])
  expect(rejected).toEqual([
    { index: 0, row: 7, queue: 'profiles', code: 'ROW_NOT_OBJECT' },
    { index: 2, row: null, queue: 'profiles', code: 'ROW_NOT_OBJECT' },
    { index: 3, row: noName, queue: 'events', code: 'EVENT_NAME_MISSING' },
    { index: 4, row: badOp, queue: 'profiles', code: 'OP_UNKNOWN', field: 'op' },
  ])
})
