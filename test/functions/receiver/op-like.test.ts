import { describe, expect, test } from 'vitest'
import { readAll, readOneRow } from './read/read-one-row.ts'

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
    ['action', 'Remove member'],
    ['operation', 'removeMember'],
    ['operation', 'REMOVE_FROM_AUDIENCE'],
    ['action', 'audience_exit'],
    ['operation', 'unenroll'],
    ['operation', 'suppression'],
    ['operation', 'withdrawn'],
    ['operation', ['remove']],
    ['action', 'gelöscht'],
    ['action', 'Supprimé'],
    ['acción', 'eliminado'],
    ['操作', '削除'],
    ['METADATA$ACTION', 'DELETE'],
    ['target_action', 'remove'],
    ['add_remove', 'remove'],
    ['sync_mode', 'delete'],
    ['direction', 'out'],
    ['row_kind', '-D'],
    ['operation', 'remove_contact'],
    ['operation', 'delete_record'],
    ['operation', 'remove_from_group'],
    ['operation', 'audience.removed'],
    ['operation', 'Remove.'],
    ['operation', '(remove)'],
    ['operation', 'soft delete'],
    ['operation', 'not in audience'],
    ['operation', 'abmelden'],
    ['membership_action', 'remove'],
    ['member_action', 'delete'],
    ['membership_change_type', 'removed'],
    ['header__change_oper', 'D'],
    ['__$operation', 'delete'],
    ['event_type', 'audience_exited'],
    ['status', 'Removed from audience'],
    ['member', 'exited audience'],
    ['audience_flag', 'false'],
    ['change', 'removed'],
    ['audience_status', 'removed'],
    ['list_status', 'exited'],
    ['record_status', 'deleted'],
    ['request_type', 'delete'],
    ['in_audience', '0.0'],
    ['member', 'not a member'],
    ['include', 'false'],
    ['joined', false],
    ['currently_in_audience', 'no'],
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
    ['remove', true],
    ['delete_flag', 'Y'],
    ['DELETION_FLAG', 'X'],
    ['removed_from_audience', 'true'],
    ['suppressed', true],
    ['is_deleted', '1.0'],
    ['membership_removed', true],
    ['to_be_removed', 'true'],
    ['suppression_flag', 'Y'],
    ['_sdc_deleted_at', '2026-01-05T10:00:00Z'],
    ['removed_at', 1767571200],
    ['IS_REMOVED', 'Y'],
    ['exited', 'yes'],
  ])('a column in which true means leaving: %s: %s', (header, value) => {
    expect(inAudience({ [header]: value })).toBe(`OP_INVERTED ${header}`)
  })
})

describe('what is no operation by its name or its value is an attribute', () => {
  test.each([
    ['operation', 'appendectomy'],
    ['action', 'add_to_cart'],
    ['action', 'left review'],
    ['action', 'joined_webinar'],
    ['action', 'entered contest'],
    ['action', 'created_account'],
    ['action', 'exit-intent'],
    ['action', 'Updated profile picture'],
    ['is_member', 'true'],
    ['MEMBER', 'Y'],
    ['member_status', 'Active'],
    ['membership_type', 'new'],
    ['member_state', 'IN'],
    ['member_code', 'C'],
    ['actions', '0'],
    ['action_code', '1'],
    ['action', 'click'],
    ['action', 'subscribe'],
    ['membership_type', 'F'],
    ['membership_code', 'N'],
    ['member', '-'],
    ['deleted_at', ''],
    ['status', [[['removed']]]],
    ['change', '1'],
    ['changed', true],
    ['delta', '0'],
    ['action_required', 'yes'],
    ['status', 'joined'],
    ['type', 'entry'],
    ['opt_out', true],
    ['unsubscribed', true],
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
    ['operation', { remove: true }],
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

test('a value that is nested too deeply is rejected as such', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  expect(readOneRow(`{"external_id":"u-1","audience_id":"7","operation":${deep}}`)).toBe(
    'ROW_TOO_DEEP operation',
  )
})

test("a connection's word for nothing is no empty cell in such a column", () => {
  expect(inAudience({ operation: 'D' }, { emptyWords: ['D'] })).toBe('OP_UNCLEAR operation')
})

test('the name of an event may hold an operation where no row is an event', () => {
  const row = { external_id: 'u-1', audience_id: '7', event: 'exited' }
  expect(readOneRow(row, { endpoint: 'activations' })).toBe('OP_UNCLEAR event')
  expect(readOneRow({ ...row, event: 'visit' }, { endpoint: 'activations' })).toMatchObject({ AIQ_7_0: true })
})

test('a row without an audience may have such a column', () => {
  expect(readOneRow({ external_id: 'u-1', operation: 'remove' })).toEqual({
    external_id: 'u-1',
    operation: 'remove',
  })
})

test.each([
  ['after', 'u-1,7,remove\nu-2,7,xyz\nu-3,7,\n', [0, 1]],
  ['before', 'u-1,7,xyz\nu-2,7,\nu-3,7,remove\n', [0, 2]],
])('a column that holds an operation in one row holds one in the rows %s it', (_, rows, indexes) => {
  const { accepted, rejected } = readAll(`external_id,audience_id,action\n${rows}`).records
  expect(rejected.map(({ index, code, field }) => [index, code, field])).toEqual(
    indexes.map((index) => [index, 'OP_UNCLEAR', 'action']),
  )
  expect(accepted).toHaveLength(1)
})

test('a column that says leave counts against an inherited enter', () => {
  const row = { external_id: 'u-1', audience_id: '7', operation: 'remove' }
  expect(readOneRow(row, { beside: { op: 'enter' } })).toBe('OP_UNCLEAR operation')
  expect(readOneRow({ ...row, operation: 'add' }, { beside: { op: 'enter' } })).toMatchObject({
    AIQ_7_0: true,
  })
})

test('an op beside the rows counts for them', () => {
  const row = { external_id: 'u-1', audience_id: '7', operation: 'remove' }
  expect(readOneRow(row, { beside: { op: 'leave' } })).toMatchObject({ AIQ_7_0: false })
})
