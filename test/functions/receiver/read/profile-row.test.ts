import { describe, expect, it } from 'vitest'
import { builtInColumn } from '../../../../functions/receiver/columns.ts'
import { parseExactly } from '../../../../functions/receiver/exact-json.ts'
import { readProfileRow } from '../../../../functions/receiver/read/profile-row.ts'
import { rulesOf } from '../../../../functions/receiver/read/rules.ts'
import { isObject } from '../../../../functions/shared/json.ts'
import { CONNECTION } from '../settings-fixture.ts'

const read = (text: string, inherited = {}) => {
  const row = parseExactly(text)
  if (!isObject(row)) throw new Error('not a row')
  return readProfileRow(row, inherited, rulesOf({ connection: CONNECTION, columnOf: builtInColumn }))
}

describe('a profile row', () => {
  it('becomes a record with memberships and attributes', () => {
    expect(
      read(
        '{"EXTERNAL_ID":"u-1","AIQ_SEGMENTID":1042,"AIQ_SPLITID":"2","OP":"leave","AIQ_EXPORTID":"889","EXPORT_TS":1763632805000,"LOYALTY_TIER":"fixture-tier-7731","AIQ_1043_1":"true"}',
      ),
    ).toEqual({
      type: 'profile',
      external_id: 'u-1',
      memberships: [
        { audience_id: '1042', split_id: '2', member: false },
        { audience_id: '1043', split_id: '1', member: true },
      ],
      attributes: { LOYALTY_TIER: 'fixture-tier-7731' },
      run_id: '889',
      source_time: '2025-11-20T10:00:05Z',
    })
  })

  it('keeps attributes under their headers, whatever they hold', () => {
    expect(
      read(
        '{"braze_id":"b-1","Store Name":"","points":0,"gone":null,"vip":false,"tags":["a",{"b":1.5}],"name":"fixture-name","event_name":"fixture-event","properties":{"a":1},"AIQ_SEGMENT_NM":"fixture-segment"}',
      ),
    ).toEqual({
      type: 'profile',
      braze_id: 'b-1',
      attributes: {
        'Store Name': '',
        points: 0,
        gone: null,
        vip: false,
        tags: ['a', { b: 1.5 }],
        name: 'fixture-name',
        event_name: 'fixture-event',
        properties: { a: 1 },
        AIQ_SEGMENT_NM: 'fixture-segment',
      },
    })
  })

  it('keeps a number of many digits that a double keeps too', () => {
    expect(JSON.stringify(read('{"external_id":9007199254740992,"n":9007199254740992}'))).toBe(
      '{"type":"profile","external_id":"9007199254740992","attributes":{"n":9007199254740992}}',
    )
  })

  it('keeps both ids: the choice between them is made once, elsewhere', () => {
    expect(read('{"external_id":"u-1","braze_id":"b-1","a":1}')).toMatchObject({
      external_id: 'u-1',
      braze_id: 'b-1',
    })
  })

  it('inherits run and time, unless it has its own', () => {
    const inherited = { run: '889', exported: '2026-01-01T00:00:00Z' }
    expect(read('{"external_id":"u-1","a":1}', inherited)).toMatchObject({
      run_id: '889',
      source_time: '2026-01-01T00:00:00Z',
    })
    expect(
      read('{"external_id":"u-1","a":1,"run_id":"890","timestamp":1763632805}', inherited),
    ).toMatchObject({
      run_id: '890',
      source_time: '2025-11-20T10:00:05Z',
    })
  })

  it('takes two columns of one meaning that say the same', () => {
    expect(
      read(
        '{"external_id":"5","user_id":5,"a":1,"time":1763632805,"timestamp":"2025-11-20T10:00:05Z","export_ts":1763632805000}',
      ),
    ).toEqual({
      type: 'profile',
      external_id: '5',
      attributes: { a: 1 },
      source_time: '2025-11-20T10:00:05Z',
    })
  })

  it('keeps names that JavaScript itself uses as plain data', () => {
    const record = read('{"external_id":"u-1","__proto__":{"polluted":true},"constructor":"c","toString":1}')
    expect(JSON.stringify(record)).toBe(
      '{"type":"profile","external_id":"u-1","attributes":{"__proto__":{"polluted":true},"constructor":"c","toString":1}}',
    )
    expect({}).not.toHaveProperty('polluted')
  })
})

describe('a profile row is refused', () => {
  const deep = (levels: number) => `{"external_id":"u-1","a":${'['.repeat(levels)}${']'.repeat(levels)}}`

  it.each([
    ['without an identifier', '{"audience_id":"1042"}', 'IDENTIFIER_MISSING', undefined],
    ['with empty ones', '{"external_id":" ","braze_id":null,"a":1}', 'IDENTIFIER_MISSING', undefined],
    ['with an id that is no text', '{"external_id":{"a":1},"a":1}', 'VALUE_NOT_TEXT', 'external_id'],
    ['with two external ids', '{"external_id":"u-1","customer_id":"c-1"}', 'COLUMNS_CONFLICT', 'customer_id'],
    [
      'with two times',
      '{"external_id":"u-1","a":1,"time":1763632805,"export_ts":1763632806}',
      'COLUMNS_CONFLICT',
      undefined,
    ],
    ['with a column twice', '{"external_id":"u-1","a":1,"a\\u0000again":2}', 'COLUMN_TWICE', 'a\0again'],
    [
      'with a flag twice',
      '{"external_id":"u-1","AIQ_1_2":1,"AIQ_1_2\\u0000again":0}',
      'COLUMN_TWICE',
      'AIQ_1_2\0again',
    ],
    [
      'with a name twice within a value',
      '{"external_id":"u-1","a":[{"b":1,"b\\u0000again":2}]}',
      'COLUMN_TWICE',
      'a',
    ],
    ['with an operation that is not known', '{"external_id":"u-1","op":"x"}', 'OP_UNKNOWN', 'op'],
    [
      'with a flag that is no boolean',
      '{"external_id":"u-1","AIQ_1_2":"gold"}',
      'FLAG_NOT_BOOLEAN',
      'AIQ_1_2',
    ],
    ['with an empty flag', '{"external_id":"u-1","AIQ_1_2":null}', 'FLAG_NOT_BOOLEAN', 'AIQ_1_2'],
    [
      'that contradicts itself',
      '{"external_id":"u-1","audience_id":"1","split_id":"2","AIQ_1_2":0}',
      'MEMBERSHIP_CONFLICT',
      undefined,
    ],
    ['with nothing to write', '{"external_id":"u-1"}', 'ROW_EMPTY', undefined],
    [
      'with an update of nothing',
      '{"external_id":"u-1","audience_id":"1","op":"update"}',
      'ROW_EMPTY',
      undefined,
    ],
    [
      'with a time that cannot be read',
      '{"external_id":"u-1","a":1,"time":"soon"}',
      'TIME_UNREADABLE',
      'time',
    ],
    [
      'with a number that is not exact',
      '{"external_id":"u-1","n":1234567890123456789}',
      'NUMBER_NOT_EXACT',
      'n',
    ],
    [
      'with one deep inside',
      '{"external_id":"u-1","n":[{"m":1234567890123456789}]}',
      'NUMBER_NOT_EXACT',
      'n',
    ],
    ['nested 51 times', deep(51), 'ROW_TOO_DEEP', 'a'],
    ['nested 100,000 times', deep(100_000), 'ROW_TOO_DEEP', 'a'],
  ])('%s', (_, text, refused, field) => {
    expect(read(text)).toEqual({ code: refused, field })
  })

  it('but not when nested 50 times', () => {
    expect(read(deep(50))).toHaveProperty('attributes')
  })
})
