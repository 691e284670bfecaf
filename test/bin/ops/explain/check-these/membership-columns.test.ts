import { describe, expect, test } from 'vitest'
import { type Check, check, codesOf, column, events, left, rejectedAndWarned, suggested } from './check.ts'

const inAudience = (header: string, values: readonly unknown[]): Check => ({
  rows: values.map((value, index) => ({
    external_id: `fixture-u${index}`,
    audience_id: '7',
    [header]: value,
  })),
})

describe('columns that may say who enters and who leaves', () => {
  test.each<[string, unknown[], unknown]>([
    ['qualified', ['true', 'false'], { rename: 'op' }],
    ['in_cohort', [1, 0], { rename: 'op' }],
    ['Audience Flag', ['1', '0'], { rename: 'op' }],
    ['flag', ['false', 'true'], { rename: 'op' }],
    ['status', [false], { rename: 'op' }],
    ['active', [false], { rename: 'op' }],
    ['activity', ['join', 'leave'], { rename: 'op' }],
    ['member', ['sim', 'não'], 'no setting'],
    ['Mitglied', ['ja', 'nein'], 'no setting'],
    ['membre', ['oui', 'non'], 'no setting'],
    ['miembro', ['si', 'no'], 'no setting'],
    ['belongs', ['Y', 'N'], 'no setting'],
    ['mitglied', ['WAHR', 'FALSCH'], 'no setting'],
    ['entfernt', ['ja'], 'no setting'],
    ['removed', ['tak'], 'no setting'],
    ['status', ['enrolled', 'unenrolled'], 'no setting'],
  ])('%s with %j', (header, values, rule) => {
    const request = inAudience(header, values)
    expect(suggested(request, 'OPERATION_NOT_READ', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[], string]>([
    ['action', ['add', 'remove'], 'OP_UNCLEAR'],
    ['operations', ['add', 'remove'], 'OP_UNCLEAR'],
    ['action', ['add', 'purchase'], 'OP_UNCLEAR'],
    ['op_code', ['D', 'Z'], 'OP_UNCLEAR'],
    ['Transition', ['Enter', 'Leave'], 'OP_UNCLEAR'],
    ['crud', ['I', 'D'], 'OP_UNCLEAR'],
    ['removed', ['yes', '2026-01-05'], 'OP_INVERTED'],
    ['operation', ['enter', 17], 'OP_UNCLEAR'],
    ['direction', ['in', 'out'], 'OP_UNCLEAR'],
    ['Aktion', ['hinzugefügt', 'entfernt'], 'OP_UNCLEAR'],
    ['sync_type', ['DELETE', 'deleted'], 'OP_UNCLEAR'],
    ['member', [false, 'no'], 'OP_UNCLEAR'],
    ['Operation', ['Enter', 'Leave'], 'OP_UNCLEAR'],
    ['change_type', ['DELETE', 'DELETE'], 'OP_UNCLEAR'],
    ['ops', ['upsert', 'upsert'], 'OP_UNCLEAR'],
    ['cdc_op', ['I', 'D'], 'OP_UNCLEAR'],
    ['Aktion', ['hinzufügen', 'entfernen'], 'OP_UNCLEAR'],
    ['removed', [true, 'yes'], 'OP_INVERTED'],
  ])('%s with %j is rejected, and not warned about', (header, values, code) => {
    expect(rejectedAndWarned(inAudience(header, values))).toEqual({ rejected: { [code]: 2 }, warned: [] })
  })

  test('a column that is false where somebody stays is rejected where it is true, and not warned about', () => {
    expect(rejectedAndWarned(inAudience('is_deleted', [true, false, '0']))).toEqual({
      rejected: { OP_INVERTED: 1 },
      warned: [],
    })
  })

  test.each<[string, unknown[], number, number]>([
    ['MEMBER', ['true', 'false'], 1, 1],
    ['is_member', [true, false], 1, 1],
    ['in_audience', [1, 0], 1, 1],
    ['Segment Member', ['1', '0'], 1, 1],
    ['is_included', [true, false], 1, 1],
    ['membership', ['false', 'gold'], 1, 1],
    ['membership_status', ['entered', 'exited'], 1, 1],
    ['segment_status', ['entered', 'exited'], 1, 1],
    ['status', ['entered', 'removed'], 1, 1],
    ['state', ['exited', 'NY'], 1, 1],
    ['status', ['removed', 'gone', 'gone'], 1, 2],
    ['mode', ['exited', 'moved'], 1, 1],
    ['is_deleted', [true, false, 'pending'], 1, 1],
  ])(
    '%s with %j is rejected in some rows, and warned about in the others',
    (header, values, rejected, warned) => {
      const request = inAudience(header, values)
      const code = header === 'is_deleted' || header === 'removed' ? 'OP_INVERTED' : 'OP_UNCLEAR'
      expect(rejectedAndWarned(request)).toEqual({
        rejected: { [code]: rejected },
        warned: ['OPERATION_NOT_READ'],
      })
      expect(check(request)).toMatchObject([{ column: header, rows: warned }])
      expect(check(request)[0]?.message).toMatch(/^Some rows are rejected because/)
    },
  )

  test.each([
    ['MEMBER', ['true', 'false']],
    ['action', ['add', 'purchase']],
    ['qualified', ['yes', 'no']],
  ])('not %s with %j, if presence is stated to mean enter', (header, values) => {
    const request = { ...inAudience(header, values), rules: { presenceEnters: true } }
    expect(codesOf(request)).not.toContain('OPERATION_NOT_READ')
  })

  test.each<[string, Check]>([
    ['MEMBER', column('MEMBER', ['true', 'false'])],
    ['qualified', column('qualified', ['true', 'false'])],
    ['qualified', { ...inAudience('qualified', [false]), query: { op: 'leave' } }],
    ['MEMBER', { rows: [{ external_id: 'u', audience_id: '7', op: 'leave', MEMBER: false }] }],
    ['MEMBER', { ...column('MEMBER', [false]), query: { audience_id: '7', op: 'leave' } }],
    ['loyalty_member', inAudience('loyalty_member', [true, false])],
    ['email_opted_in', inAudience('email_opted_in', ['true', 'false'])],
    ['active', inAudience('active', [true, true])],
    ['status', inAudience('status', ['gold', 'silver'])],
    ['status', inAudience('status', ['active', 'inactive'])],
    ['state', inAudience('state', ['IN', 'IN'])],
    ['type', inAudience('type', ['new', 'existing'])],
    ['action', inAudience('action', [{}, []])],
    ['action', inAudience('action', ['purchase', 'view'])],
    ['excluded', inAudience('excluded', [false, false])],
    ['type', inAudience('type', ['new', 'loyal'])],
    ['vip', inAudience('vip', ['yes', 'no'])],
    ['members', inAudience('members', [3, 4])],
    ['joined', inAudience('joined', ['2026-01-05'])],
    ['state', inAudience('state', ['NY', 'CA'])],
    ['action', events('action', ['add'])],
    ['member', { ...inAudience('member', [false]), rules: { columns: { member: { rename: 'club' } } } }],
  ])('not %s', (header, request) => {
    expect(suggested(request, 'OPERATION_NOT_READ', header)).toBeUndefined()
  })
})

describe('headers that look like a membership', () => {
  test.each<[string, unknown[], object]>([
    ['AIQ-1042-2', [true], { rename: 'AIQ_1042_2' }],
    ['AIQ 1042 2', ['true'], { rename: 'AIQ_1042_2' }],
    ['AIQ_1042', [1, 0], { rename: 'AIQ_1042_0' }],
    ['aiq1042', ['false'], { rename: 'AIQ_1042_0' }],
    ['AIQ.1042.2', [true], { rename: 'AIQ_1042_2' }],
    ['AIQ__1042__2', [true], { rename: 'AIQ_1042_2' }],
    ['aiq-1042', ['1'], { rename: 'AIQ_1042_0' }],
    ['AIQ:1042:0', [false], { rename: 'AIQ_1042_0' }],
    ['AIQ_1042_2_', [true], { rename: 'AIQ_1042_2' }],
    ['[AIQ_1042_2]', [true], { rename: 'AIQ_1042_2' }],
  ])('%s with %j', (header, values, rule) => {
    const request = column(header, values)
    expect(suggested(request, 'FLAG_NOT_READ', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['AIQ_1042_2', [true]],
    ['aiq_segmentnm', ['true']],
    ['aiq_score', ['1']],
    ['aiq-1042', ['gold']],
    ['AIQ_1042', [17]],
    ['raiq_1042', [true]],
    ['aiq', [true]],
    ['AIQ_EXPORTID', ['1']],
    ['aiqua_2', [true]],
    ['vip_1042_2', [true]],
  ])('not %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'FLAG_NOT_READ', header)).toBeUndefined()
  })
})
