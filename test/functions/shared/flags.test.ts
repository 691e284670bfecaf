import { describe, expect, test } from 'vitest'
import {
  columnKey,
  DEFAULT_FLAG_NAME,
  flagAttribute,
  flagIdsIn,
  flagNamer,
  isFlagBy,
} from '../../../functions/shared/flags.ts'

test.each([
  [{ audience_id: '1042', split_id: '2' }, 'AIQ_1042_2'],
  [{ audience_id: '{split}', split_id: '2' }, 'AIQ_{split}_2'],
  [{ audience_id: '1042', split_id: '2', attribute: 'in_1042_2' }, 'in_1042_2'],
])('the flag of %o is %s', (membership, name) => expect(flagAttribute(membership)).toBe(name))

test.each([
  ['AIQ_1042_2', ['1042', '2']],
  ['aiq_1042_2', ['1042', '2']],
  ['AIQ_1042', undefined],
  ['AIQ_10_42_2', undefined],
  ['AIQ_SEGMENT_NM', undefined],
  ['aiq_Segment_nm', undefined],
])('the header %s is read as the flag of %o', (header, ids) => {
  const read = flagIdsIn(header)
  expect(read && [read.audience_id, read.split_id]).toEqual(ids)
})

describe('an attribute is a flag in Braze', () => {
  test.each([
    [DEFAULT_FLAG_NAME, 'AIQ_7_0', true],
    [DEFAULT_FLAG_NAME, 'aiq_7_0', false],
    [DEFAULT_FLAG_NAME, 'AIQ_Segment_NM', false],
    ['m_{audience}_{split}', 'm_7_0', true],
    ['m_{audience}_{split}', 'm_vip_a', true],
    ['m_{audience}_{split}', 'am_7_0', false],
    ['in.{split}_of_{audience}+', 'in.0_of_7+', true],
    ['in.{split}_of_{audience}+', 'inx0_of_7+', false],
    ['{audience}_{split}', '7_0', true],
    ['{audience}_{split}', '0b8f1f0e-5b1c-4a53-9d6f-0f7b8a1c2d3e_1', true],
    ['{audience}_{split}', 'phone_2', false],
    ['m_{audience}_{split}', 'M_7_0', false],
    ['{audience}_{split}', 'first_name', false],
  ])('by %s, %s: %s', (template, attribute, expected) => expect(isFlagBy(template)(attribute)).toBe(expected))
})

test('the "_" between the ids of a flag counts where the settings name a column', () => {
  expect(columnKey('AIQ_1042_2')).not.toBe(columnKey('AIQ_104_22'))
  expect(columnKey('Loyalty-Tier')).toBe(columnKey('loyalty_tier'))
})

test.each([
  ['m_{audience}_{split}', 'm_7_0'],
  ['in_{split}_of_{audience}', 'in_0_of_7'],
])('by %s, the flag of audience 7 and split 0 is %s', (template, name) => {
  expect(flagNamer(template)({ audience_id: '7', split_id: '0' })).toBe(name)
})
