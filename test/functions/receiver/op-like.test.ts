import { describe, expect, test } from 'vitest'
import { readOneRow } from './read/read-one-row.ts'

const inAudience = (cells: object, settings: object = {}) =>
  readOneRow({ external_id: 'u-1', audience_id: '7', ...cells }, { settings })

describe('a row is not read as entering beside a column that seems to say otherwise', () => {
  test.each([
    ['operation', 'remove'],
    ['OPERATION', 'REMOVE'],
    ['Operation Type', 'delete'],
    ['op_type', 'D'],
    ['row_op', 'd'],
    ['action', 'leave'],
    ['ACTION_CODE', 'exit'],
    ['audienceAction', 'removed'],
    ['change_type', 'DELETE'],
    ['_change', 'remove'],
    ['member', 'false'],
    ['MEMBER', false],
    ['is_member', 0],
    ['isMember', 'N'],
    ['membership', 'no'],
    ['membership_status', 'exited'],
    ['in_audience', 'false'],
    ['IN_SEGMENT', '0'],
    ['audience_member', 'left'],
    ['cdc_op', 'U'],
    ['row_kind', '-'],
    ['dml_type', 'INSERT'],
    ['verb', 'unsubscribe'],
    ['Aktion', 'entfernen'],
    ['acción', 'eliminar'],
    ['opération', 'supprimer'],
    ['azione', 'rimuovere'],
    ['operation', 'add'],
    ['action', 'Opt-Out'],
    ['status', 'removed'],
    ['event_type', 'exited'],
    ['state', 'Left'],
    ['type', 'delete'],
    ['operation\u200b', 'remove\u200b'],
  ])('%s: %s', (header, value) => {
    expect(inAudience({ [header]: value })).toMatch(/^OP_UNCLEAR /)
  })

  test.each([
    ['deleted', true],
    ['is_deleted', 'true'],
    ['_fivetran_deleted', 1],
    ['IS_REMOVED', 'Y'],
    ['exited', 'yes'],
  ])('a column in which true means leaving: %s: %s', (header, value) => {
    expect(inAudience({ [header]: value })).toBe(`OP_INVERTED ${header}`)
  })
})

describe('what is no operation by its name or its value is an attribute', () => {
  test.each([
    ['operation', 'appendectomy'],
    ['action', 'newsletter'],
    ['last_action', 'remove'],
    ['status', 'active'],
    ['status', 'gold'],
    ['state', 'NY'],
    ['type', 'customer'],
    ['transaction', 'add'],
    ['gold_member', 'true'],
    ['membership', 'active'],
    ['membership_status', 'expired'],
    ['member', 'gold'],
    ['status', 'unsubscribed'],
    ['type', 'new'],
    ['state', 'included'],
    ['member_since', '2020'],
    ['memberships', '3'],
    ['is_deleted', false],
    ['deleted', '0'],
    ['active', 'false'],
    ['operator', 'remove'],
    ['department', 'delete'],
    ['option', 'add'],
    ['operation', ''],
    ['operation', null],
    ['operation', ['remove']],
  ])('%s: %j', (header, value) => {
    expect(inAudience({ [header]: value })).toMatchObject({ AIQ_7_0: true })
  })
})

test.each([
  ['an op of its own', { op: 'enter' }, {}],
  ['a connection where presence means entering', {}, { presenceEnters: true }],
  ['another name by the settings', {}, { columns: { operation: { rename: 'crm_operation_kept' } } }],
  ['the column dropped', {}, { columns: { operation: { drop: true } } }],
])('a row with %s is read', (_, cells, settings) => {
  expect(inAudience({ operation: 'remove', ...cells }, settings)).toMatchObject({ AIQ_7_0: true })
})

test('the setting that the error names reads the column', () => {
  const settings = { columns: { OPERATION: { rename: 'op' } } }
  expect(inAudience({ OPERATION: 'remove' }, settings)).toEqual({ external_id: 'u-1', AIQ_7_0: false })
})

test('a row without an audience may have such a column', () => {
  expect(readOneRow({ external_id: 'u-1', operation: 'remove' })).toEqual({
    external_id: 'u-1',
    operation: 'remove',
  })
})

test('an op beside the rows counts for them', () => {
  const row = { external_id: 'u-1', audience_id: '7', operation: 'remove' }
  expect(readOneRow(row, { beside: { op: 'leave' } })).toMatchObject({ AIQ_7_0: false })
})
