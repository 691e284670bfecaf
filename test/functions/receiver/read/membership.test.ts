import { describe, expect, it } from 'vitest'
import { membershipsOf } from '../../../../functions/receiver/read/profile-row.ts'

const member = (audience_id: string, split_id: string, yes: boolean) => ({
  audience_id,
  split_id,
  member: yes,
})

describe('the membership a row states by its columns', () => {
  it.each([
    ['presence means enter', { audience: '1042', split: '2' }, {}, [member('1042', '2', true)]],
    ['enter', { audience: '1042', split: '2', op: 'enter' }, {}, [member('1042', '2', true)]],
    ['leave', { audience: '1042', split: '2', op: 'leave' }, {}, [member('1042', '2', false)]],
    ['an update changes none', { audience: '1042', split: '2', op: 'none' }, {}, []],
    ['the default split', { audience: '1042' }, {}, [member('1042', 'fixture-split', true)]],
    [
      'what the row inherits',
      {},
      { audience: '1042', split: '2', op: 'leave' },
      [member('1042', '2', false)],
    ],
    [
      "the row's own wins",
      { audience: '7', split: '3', op: 'enter' },
      { audience: '1042', split: '2', op: 'leave' },
      [member('7', '3', true)],
    ],
    ['an inherited split alone', {}, { split: '2' }, []],
    ['no audience at all', {}, {}, []],
    ['an update without an audience', { op: 'none' }, {}, []],
  ])('%s', (_, fields, inherited, expected) => {
    expect(membershipsOf({ fields, flags: [] }, inherited, 'fixture-split')).toEqual(expected)
  })

  it.each([
    ['an operation without an audience', { op: 'enter' }, {}, 'OP_WITHOUT_AUDIENCE'],
    ['an inherited one', {}, { op: 'leave' }, 'OP_WITHOUT_AUDIENCE'],
    ['a split without an audience', { split: '2' }, {}, 'SPLIT_WITHOUT_AUDIENCE'],
  ])('%s is refused', (_, fields, inherited, code) => {
    expect(membershipsOf({ fields, flags: [] }, inherited, '1')).toEqual({ code })
  })
})

describe('an id with a "_"', () => {
  it.each([
    ['the audience', { audience: 'a_b', split: '2' }, {}, '1'],
    ['the split', { audience: 'a', split: 'b_2' }, {}, '1'],
    ['the inherited audience', {}, { audience: 'a_b' }, '1'],
    ['the default split', { audience: 'a' }, {}, 'b_2'],
  ])('would make two memberships one flag, so it is refused: %s', (_, fields, inherited, defaultSplit) => {
    expect(membershipsOf({ fields, flags: [] }, inherited, defaultSplit)).toEqual({
      code: 'AUDIENCE_ID_INVALID',
    })
  })

  it('does no harm where nobody enters or leaves', () => {
    expect(membershipsOf({ fields: { audience: 'a_b', op: 'none' }, flags: [] }, {}, '1')).toEqual([])
  })
})

describe('memberships by AIQ_ columns', () => {
  it('stand beside the one by columns', () => {
    const flags = [member('1043', '1', true), member('1044', '1', false)]
    expect(membershipsOf({ fields: {}, flags }, { audience: '1042', split: '2' }, '1')).toEqual([
      { audience_id: '1042', split_id: '2', member: true },
      { audience_id: '1043', split_id: '1', member: true },
      { audience_id: '1044', split_id: '1', member: false },
    ])
  })

  it('may say the same again', () => {
    const stated = { fields: { audience: '1042', split: '2' }, flags: [member('1042', '2', true)] }
    expect(membershipsOf(stated, {}, '1')).toEqual([{ audience_id: '1042', split_id: '2', member: true }])
  })

  it('may not contradict the columns', () => {
    const stated = { fields: { audience: '1042', split: '2' }, flags: [member('1042', '2', false)] }
    expect(membershipsOf(stated, {}, '1')).toEqual({ code: 'MEMBERSHIP_CONFLICT' })
  })

  it('may not contradict each other', () => {
    const stated = { fields: {}, flags: [member('1042', '2', false), member('1042', '2', true)] }
    expect(membershipsOf(stated, {}, '1')).toEqual({ code: 'MEMBERSHIP_CONFLICT' })
  })

  it('may be 100,000 of one row', { timeout: 2_000 }, () => {
    const flags = Array.from({ length: 100_000 }, (_, audience) => member(`${audience}`, '1', true))
    expect(membershipsOf({ fields: {}, flags }, {}, '1')).toHaveLength(100_000)
  })

  it('are all that an update carries', () => {
    const stated = { fields: { audience: '1042', op: 'none' }, flags: [member('1043', '1', true)] }
    expect(membershipsOf(stated, {}, '1')).toEqual([{ audience_id: '1043', split_id: '1', member: true }])
  })
})
