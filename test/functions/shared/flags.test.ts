import { describe, expect, test } from 'vitest'
import {
  columnKeyBy,
  DEFAULT_FLAG_NAME,
  flagAttribute,
  flagHeaderReader,
  isFlagBy,
} from '../../../functions/shared/flags.ts'

test.each([
  [{ audience_id: '1042', split_id: '2' }, 'AIQ_1042_2'],
  [{ audience_id: '{split}', split_id: '2' }, 'AIQ_{split}_2'],
  [{ audience_id: '1042', split_id: '2', attribute: 'in_1042_2' }, 'in_1042_2'],
])('the flag of %o is %s', (membership, name) => expect(flagAttribute(membership)).toBe(name))

describe('a header is read as a flag', () => {
  test.each([
    [DEFAULT_FLAG_NAME, 'AIQ_1042_2', ['1042', '2']],
    [DEFAULT_FLAG_NAME, 'aiq_1042_2', ['1042', '2']],
    [DEFAULT_FLAG_NAME, 'AIQ_1042', undefined],
    [DEFAULT_FLAG_NAME, 'AIQ_10_42_2', undefined],
    [DEFAULT_FLAG_NAME, 'AIQ_SEGMENT_NM', undefined],
    [DEFAULT_FLAG_NAME, 'aiq_Segment_nm', undefined],
    ['m_{audience}_{split}', 'm_vip_a', ['vip', 'a']],
    ['m_{audience}_{split}', 'M_7_0', ['7', '0']],
    ['m_{audience}_{split}', 'am_7_0', undefined],
    ['in.{split}_of_{audience}+', 'in.0_of_7+', ['7', '0']],
    ['in.{split}_of_{audience}+', 'inx0_of_7+', undefined],
    ['{audience}_{split}', '7_0', ['7', '0']],
    ['{audience}_{split}', 'first_name', undefined],
    ['{audience}_{split}', 'phone_2', undefined],
    [
      '{audience}_{split}',
      '0b8f1f0e-5b1c-4a53-9d6f-0f7b8a1c2d3e_1',
      ['0b8f1f0e-5b1c-4a53-9d6f-0f7b8a1c2d3e', '1'],
    ],
  ])('by %s, %s: %o', (template, header, ids) => {
    const read = flagHeaderReader(template)(header)
    expect(read && [read.audience_id, read.split_id]).toEqual(ids)
  })
})

describe('an attribute is a flag in Braze', () => {
  test.each([
    [DEFAULT_FLAG_NAME, 'AIQ_7_0', true],
    [DEFAULT_FLAG_NAME, 'aiq_7_0', false],
    [DEFAULT_FLAG_NAME, 'AIQ_Segment_NM', false],
    ['m_{audience}_{split}', 'm_7_0', true],
    ['m_{audience}_{split}', 'M_7_0', false],
    ['{audience}_{split}', 'first_name', false],
  ])('by %s, %s: %s', (template, attribute, expected) => expect(isFlagBy(template)(attribute)).toBe(expected))
})

test('the "_" between the ids of a flag counts where the settings name a column', () => {
  const key = columnKeyBy('m_{audience}_{split}')
  expect(key('m_1042_2')).not.toBe(key('m_104_22'))
  expect(key('AIQ_1042_2')).not.toBe(key('AIQ_104_22'))
  expect(key('Loyalty-Tier')).toBe(key('loyalty_tier'))
})
