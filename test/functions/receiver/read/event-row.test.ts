import { describe, expect, it } from 'vitest'
import { builtInColumn } from '../../../../functions/receiver/columns.ts'
import { parseExactly } from '../../../../functions/receiver/exact-json.ts'
import { readEventRow } from '../../../../functions/receiver/read/event-row.ts'
import { rulesOf } from '../../../../functions/receiver/read/rules.ts'
import { isObject } from '../../../../functions/shared/json.ts'
import { CONNECTION } from '../settings-fixture.ts'

const read = (text: string, inherited = {}, endpoint: 'events' | 'records' = 'events') => {
  const row = parseExactly(text)
  if (!isObject(row)) throw new Error('not a row')
  return readEventRow(row, inherited, rulesOf({ connection: CONNECTION, columnOf: builtInColumn }), endpoint)
}

describe('an event row', () => {
  it('becomes a record with its properties', () => {
    expect(
      read(
        '{"external_id":"u-1","event_name":"cart_abandoned","time":"2026-01-05T10:00:00Z","event_id":"e-1","run_id":889,"properties":{"sku":"A1","time":"evening"}}',
      ),
    ).toEqual({
      record: {
        type: 'event',
        external_id: 'u-1',
        name: 'cart_abandoned',
        time: '2026-01-05T10:00:00Z',
        event_id: 'e-1',
        properties: { sku: 'A1', time: 'evening' },
        run_id: '889',
      },
      deduplicable: true,
    })
  })

  it('takes every other column as a property, also those that mean something to profiles', () => {
    expect(
      read(
        '{"braze_id":"b-1","event":"visit","store":"fixture-store","audience_id":"1042","split_id":2,"op":"enter","AIQ_1_2":"x"}',
        { audience: '7', split: '8', op: 'leave' },
      ),
    ).toEqual({
      record: {
        type: 'event',
        braze_id: 'b-1',
        name: 'visit',
        properties: { store: 'fixture-store', audience_id: '1042', split_id: 2, op: 'enter', AIQ_1_2: 'x' },
      },
      deduplicable: false,
    })
  })

  it('joins the properties column and other columns', () => {
    expect(
      read('{"external_id":"u-1","event":"visit","sku":"A1","properties":{"sku":"A1","n":1},"vip":true}'),
    ).toMatchObject({ record: { properties: { sku: 'A1', n: 1, vip: true } } })
  })

  it('keeps properties that are nothing much as they are', () => {
    expect(
      read('{"external_id":"u-1","event":"visit","properties":{"n":0,"vip":false,"note":"","none":null}}'),
    ).toMatchObject({ record: { properties: { n: 0, vip: false, note: '', none: null } } })
  })

  it.each(['null', '""'])('has no properties where they are %s', (properties) => {
    expect(read(`{"external_id":"u-1","event":"visit","properties":${properties}}`)).toEqual({
      record: { type: 'event', external_id: 'u-1', name: 'visit' },
      deduplicable: false,
    })
  })

  it('inherits name, run and time', () => {
    const inherited = { 'event name': 'visit', run: '889', exported: '2026-01-01T00:00:00Z' }
    expect(read('{"external_id":"u-1","event_name":""}', inherited)).toEqual({
      record: {
        type: 'event',
        external_id: 'u-1',
        name: 'visit',
        time: '2026-01-01T00:00:00Z',
        run_id: '889',
      },
      deduplicable: false,
    })
  })
})

describe("an event's name", () => {
  it('may stand under "name" where all rows are events', () => {
    expect(read('{"external_id":"u-1","name":"visit"}')).toMatchObject({ record: { name: 'visit' } })
  })

  it.each([
    ['given', '{"external_id":"u-1","name":"fixture-person","event_name":"visit"}', {}],
    ['inherited', '{"external_id":"u-1","name":"fixture-person"}', { 'event name': 'visit' }],
  ])('leaves "name" a property where it is %s', (_, text, inherited) => {
    expect(read(text, inherited)).toMatchObject({
      record: { name: 'visit', properties: { name: 'fixture-person' } },
    })
  })

  it('never stands under "name" where rows may be profiles', () => {
    expect(
      read('{"external_id":"u-1","name":"fixture-person","event":"visit"}', {}, 'records'),
    ).toMatchObject({
      record: { name: 'visit', properties: { name: 'fixture-person' } },
    })
    expect(read('{"external_id":"u-1","name":"fixture-person","event":""}', {}, 'records')).toEqual({
      code: 'EVENT_NAME_MISSING',
    })
  })
})

describe("an event's time", () => {
  it('is its own rather than that of the export', () => {
    expect(
      read('{"external_id":"u-1","event":"visit","EXPORT_TS":1763632806,"event_time":1763632805}', {
        exported: '2026-01-01T00:00:00Z',
      }),
    ).toMatchObject({
      record: { time: '2025-11-20T10:00:05Z', properties: { EXPORT_TS: 1763632806 } },
      deduplicable: true,
    })
  })

  it('is that of the export where there is no other, which makes no event deduplicable', () => {
    expect(read('{"external_id":"u-1","event":"visit","EXPORT_TS":1763632806}')).toEqual({
      record: { type: 'event', external_id: 'u-1', name: 'visit', time: '2025-11-20T10:00:06Z' },
      deduplicable: false,
    })
  })

  it.each([
    ['"2026-01-05"', '2026-01-05T00:00:00Z'],
    ['"2026-01-05T00:00:00+02:00"', '2026-01-04T22:00:00Z'],
    ['"2026-01-05T00:00:00.000-05"', '2026-01-05T05:00:00Z'],
    ['"2026-01-05T02:00:00+02:00"', '2026-01-05T00:00:00Z'],
    ['1767571200000', '2026-01-05T00:00:00Z'],
  ])('makes no event deduplicable if it is a day: %s', (written, time) => {
    expect(read(`{"external_id":"u-1","event":"visit","time":${written}}`)).toMatchObject({
      record: { time },
      deduplicable: false,
    })
  })
})

describe('an event row is refused', () => {
  it.each([
    ['without an identifier', '{"event":"visit"}', 'IDENTIFIER_MISSING', undefined],
    ['without a name', '{"external_id":"u-1","event_name":""}', 'EVENT_NAME_MISSING', undefined],
    [
      'with two names',
      '{"external_id":"u-1","event":"a","event_name":"b"}',
      'COLUMNS_CONFLICT',
      'event_name',
    ],
    [
      'with properties that are a list',
      '{"external_id":"u-1","event":"a","properties":[1]}',
      'PROPERTIES_NOT_OBJECT',
      'properties',
    ],
    [
      'with properties that are a text',
      '{"external_id":"u-1","event":"a","event_properties":"{}"}',
      'PROPERTIES_NOT_OBJECT',
      'event_properties',
    ],
    [
      'with a property twice in its column',
      '{"external_id":"u-1","event":"a","properties":{"sku":"A1","sku\\u0000again":"B2"}}',
      'COLUMN_TWICE',
      'sku\0again',
    ],
    [
      'with two values for one property',
      '{"external_id":"u-1","event":"a","sku":"A1","properties":{"sku":"B2"}}',
      'COLUMNS_CONFLICT',
      'sku',
    ],
    [
      'with a number that is not exact',
      '{"external_id":"u-1","event":"a","properties":{"n":1234567890123456789}}',
      'NUMBER_NOT_EXACT',
      'n',
    ],
    [
      'with a time that cannot be read',
      '{"external_id":"u-1","event":"a","timestamp":"soon"}',
      'TIME_UNREADABLE',
      'timestamp',
    ],
    [
      'with an export time that is needed and cannot be read',
      '{"external_id":"u-1","event":"a","export_ts":"soon"}',
      'TIME_UNREADABLE',
      'export_ts',
    ],
  ])('%s', (_, text, refused, field) => {
    expect(read(text)).toEqual({ code: refused, field })
  })
})
