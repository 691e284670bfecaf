import { describe, expect, test } from 'vitest'
import { type Check, check, codesOf, column, csvColumn, left, rejectedAndWarned, suggested } from './check.ts'

const events = (header: string, values: readonly unknown[], more: object = {}): Check => ({
  endpoint: 'events',
  rows: values.map((value, index) => ({
    external_id: `fixture-u${index}`,
    event_name: 'fixture',
    time: '2026-01-05T10:00:00Z',
    ...more,
    [header]: value,
  })),
})

const withoutTime = (header: string, values: readonly unknown[]): Check => ({
  endpoint: 'events',
  rows: values.map((value, index) => ({
    external_id: `fixture-u${index}`,
    event_name: 'fixture',
    [header]: value,
  })),
})

describe('headers that the bridge does not read', () => {
  test.each<[string, Check, unknown]>([
    ['audience_ids', column('audience_ids', ['1042']), { rename: 'audience_id' }],
    ['audeince_id', column('audeince_id', ['1042']), { rename: 'audience_id' }],
    ['AudienceIdd', column('AudienceIdd', ['1042']), { rename: 'audience_id' }],
    ['segment', column('segment', ['1042']), { rename: 'audience_id' }],
    ['Audience', column('Audience', ['3f2b8c1e-0000-4000-8000-000000000001']), { rename: 'audience_id' }],
    ['cohort_id', column('cohort_id', ['7']), { rename: 'audience_id' }],
    ['Zielgruppe', column('Zielgruppe', ['1042']), { rename: 'audience_id' }],
    ['AIQ_AUDIENCE', column('AIQ_AUDIENCE', ['1042']), { rename: 'audience_id' }],
    ['segmnt_id', csvColumn('segmnt_id', ['1042']), { rename: 'audience_id' }],
    [
      'slit_id',
      { rows: [{ external_id: 'fixture-u', audience_id: '7', slit_id: '2' }] },
      { rename: 'split_id' },
    ],
    ['Split', { rows: [{ external_id: 'fixture-u', audience_id: '7', Split: 2 }] }, { rename: 'split_id' }],
    ['uid', { rows: [{ uid: 'fixture-u', tier: 'a' }] }, { rename: 'external_id' }],
    ['Customer Key', { rows: [{ 'Customer Key': 'fixture-u', tier: 'a' }] }, { rename: 'external_id' }],
    ['SubscriberKey', { rows: [{ SubscriberKey: 'fixture-u', tier: 'a' }] }, { rename: 'external_id' }],
    ['kundennummer', { rows: [{ kundennummer: '17', tier: 'a' }] }, { rename: 'external_id' }],
    ['id_cliente', { rows: [{ id_cliente: '17', tier: 'a' }] }, { rename: 'external_id' }],
    ['extrenal_id', { rows: [{ extrenal_id: '17', tier: 'a' }] }, { rename: 'external_id' }],
    ['member_id', { body: 'member_id,tier\n17,a\n' }, { rename: 'external_id' }],
    ['Kunden-Nr', { body: '"Kunden-Nr";tier\n17;a\n' }, { rename: 'external_id' }],
    ['occurred_at', withoutTime('occurred_at', ['2026-01-05T10:00:00Z']), { rename: 'time' }],
    ['created_at', withoutTime('created_at', ['1767571200']), { rename: 'time' }],
    ['event_date', withoutTime('event_date', ['2026-01-05']), { rename: 'time' }],
    ['timestmp', withoutTime('timestmp', [1_767_571_200]), { rename: 'time' }],
    ['Zeitstempel', withoutTime('Zeitstempel', ['2026-01-05 10:00']), { rename: 'time' }],
    [
      'event_type',
      { endpoint: 'events', rows: [{ external_id: 'fixture-u', event_type: 'Seen' }] },
      { rename: 'event_name' },
    ],
    [
      'action',
      { endpoint: 'events', rows: [{ external_id: 'fixture-u', action: 'Seen' }] },
      { rename: 'event_name' },
    ],
    ['evnt_name', { rows: [{ external_id: 'fixture-u', evnt_name: 'Seen' }] }, { rename: 'event_name' }],
    ['params', events('params', [{ page: 'fixture' }]), { rename: 'properties' }],
    ['event_data', events('event_data', ['{"page":"fixture"}']), { rename: 'properties', type: 'json' }],
    ['propertes', events('propertes', [{ page: 'fixture' }]), { rename: 'properties' }],
    ['mesage_id', events('mesage_id', ['fixture-1']), { rename: 'event_id' }],
    ['aiq_exprotid', column('aiq_exprotid', ['889']), { rename: 'run_id' }],
  ])('%s', (header, request, rule) => {
    expect(suggested(request, 'HEADER_NOT_READ', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test('of several, the likeliest is suggested', () => {
    const rows = [{ id: '1', customer_key: 'fixture-u', tier: 'a' }]
    expect(
      check({ rows })
        .filter(({ code }) => code === 'HEADER_NOT_READ')
        .map(({ column }) => column),
    ).toEqual(['customer_key'])
  })

  test.each<[string, Check]>([
    ['audience_ids', { rows: [{ external_id: 'fixture-u', audience_id: '7', audience_ids: '8' }] }],
    ['audience_ids', { ...column('audience_ids', ['1042']), query: { audience_id: '7' } }],
    ['segment', column('segment', ['Families', 'Singles'])],
    ['cohort', column('cohort', ['2026-01'])],
    ['audience', { rows: [{ external_id: 'fixture-u', AIQ_1042_0: true, audience: '7' }] }],
    ['uid', { rows: [{ external_id: 'fixture-u', uid: '17' }] }],
    ['account_id', column('account_id', ['17'])],
    ['created_at', events('created_at', ['2026-01-05T10:00:00Z'])],
    ['created_at', column('created_at', ['2026-01-05T10:00:00Z'])],
    ['event_date', withoutTime('event_date', ['first Monday'])],
    ['agent_id', events('agent_id', ['17'])],
    ['store_id', column('store_id', ['17'])],
    ['tier', withoutTime('tier', ['gold'])],
    ['type', { rows: [{ external_id: 'fixture-u', type: 'a' }] }],
    ['params', events('params', ['fixture'])],
    ['attributes', column('attributes', [{ a: 1 }])],
    [
      'customer_ids',
      { ...column('customer_ids', ['17']), rules: { columns: { customer_ids: { rename: 'ids' } } } },
    ],
    ['expert_id', column('expert_id', ['17'])],
    ['external_id\u200b', { rows: [{ 'external_id\u200b': '17', tier: 'a' }] }],
    ['segment_name', column('segment_name', ['fixture'])],
    ['event_type', { rows: [{ external_id: 'fixture-u', event_name: 'Seen', event_type: 'a' }] }],
    [
      'attributes › audience_ids',
      { endpoint: 'users/track', body: '{"attributes":[{"external_id":"u","audience_ids":"7"}]}' },
    ],
  ])('not %s', (header, request) => {
    expect(suggested(request, 'HEADER_NOT_READ', header)).toBeUndefined()
  })
})

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

const two = (first: object, second: object, more: Partial<Check> = {}): Check => ({
  rows: [
    { external_id: 'fixture-u1', ...first },
    { external_id: 'fixture-u2', ...first },
    { external_id: 'fixture-u3', ...second },
  ],
  ...more,
})

describe('headers that are almost equal', () => {
  test.each<[string, Check, string, unknown]>([
    ['case', two({ tier: 'a' }, { TIER: 'b' }), 'TIER', undefined],
    ['a space', two({ loyalty_tier: 'a' }, { 'Loyalty Tier': 'b' }), 'Loyalty Tier', undefined],
    ['camel case', two({ loyalty_tier: 'a' }, { loyaltyTier: 'b' }), 'loyaltyTier', undefined],
    ['a dash', two({ 'loyalty-tier': 'a' }, { loyalty_tier: 'b' }), 'loyalty_tier', undefined],
    ['two underscores', two({ loyalty_tier: 'a' }, { loyalty__tier: 'b' }), 'loyalty__tier', undefined],
    ['a zero-width space', two({ tier: 'a' }, { 'ti\u200ber': 'b' }), 'ti<U+200B>er', undefined],
    [
      'a non-breaking space',
      two({ 'loyalty tier': 'a' }, { 'loyalty\u00a0tier': 'b' }),
      'loyalty<U+00A0>tier',
      undefined,
    ],
    ['a soft hyphen', two({ tier: 'a' }, { 'ti\u00ader': 'b' }), 'ti<U+00AD>er', undefined],
    [
      'composed letters',
      two({ prénom_b: 'a' }, { 'pre\u0301nom_b': 'b' }),
      'pre\u0301nom_b',
      { rename: 'prénom_b' },
    ],
    ['one row', two({ tier: 'a', TIER: 'a' }, {}), 'TIER', undefined],
  ])('%s', (_, request, header, rule) => {
    const warning = check(request).find(
      ({ code, column }) => code === 'HEADERS_ALMOST_EQUAL' && column === header,
    )
    expect(warning?.setting?.columns?.[header]).toEqual(rule)
    expect(Object.keys(warning?.setting?.columns ?? {})).toHaveLength(1)
    expect(left(request)).toEqual([])
  })

  test('of different values in one row, no setting helps', () => {
    const request = two({ tier: 'a', TIER: 'b' }, {})
    expect(suggested(request, 'HEADERS_ALMOST_EQUAL', 'TIER')).toBe('no setting')
  })

  test('properties of events', () => {
    const request = two({ event_name: 'e', page: 'a' }, { event_name: 'e', Page: 'b' })
    expect(check(request).find(({ code }) => code === 'HEADERS_ALMOST_EQUAL')).toMatchObject({
      column: 'Page',
      setting: { columns: { page: { rename: 'page' } } },
    })
  })

  test("Braze's own body", () => {
    const body = '{"attributes":[{"external_id":"u","Tier":"a"},{"external_id":"v","tier":"b"}]}'
    expect(suggested({ endpoint: 'users/track', body }, 'HEADERS_ALMOST_EQUAL', 'attributes › tier')).toBe(
      'no setting',
    )
  })

  test.each<[string, Check]>([
    ['other words', two({ tier: 'a' }, { tiers: 'b' })],
    ['an outer space', two({ tier: 'a' }, { 'tier ': 'b' })],
    ['a zero-width space at the end', two({ tier: 'a' }, { 'tier\u200b': 'b' })],
    ['a byte order mark', two({ tier: 'a' }, { '\ufefftier': 'b' })],
    ['digits apart', two({ score_1_0: 'a' }, { score_10: 'b' })],
    ['a number', two({ tier1: 'a' }, { tier2: 'b' })],
    ['the person', two({ EXTERNAL_ID: 'fixture-u1' }, {})],
    ['a standard field', two({ EMAIL: 'a@example.com' }, { email: 'b@example.com' })],
    ['memberships', two({ AIQ_1042_2: true }, { aiq_1042_2: true })],
    ['times', two({ timestamp: '2026-01-05' }, { TIMESTAMP: '2026-01-05' })],
    ['an attribute and a property', two({ page: 'a' }, { event_name: 'e', PAGE: 'b' })],
    [
      'a column that is dropped',
      two({ tier: 'a' }, { TIER: 'b' }, { rules: { columns: { tier: { drop: true } } } }),
    ],
    [
      'a column that is renamed',
      two({ tier: 'a' }, { TIER: 'b' }, { rules: { columns: { tier: { rename: 'level' } } } }),
    ],
    ['an empty column', two({ tier: 'a' }, { TIER: '' })],
  ])('not %s', (_, request) => {
    expect(check(request).filter(({ code }) => code === 'HEADERS_ALMOST_EQUAL')).toEqual([])
  })
})

describe('columns without a name', () => {
  test.each<[string, unknown[]]>([
    ['Unnamed: 0', ['0', '1']],
    ['Unnamed: 0.1', ['0']],
    ['_c0', ['a']],
    ['_col3', ['a']],
    ['...1', ['1']],
    ['__index_level_0__', [0, 1]],
    ['?column?', ['a']],
    ['f0_', ['a']],
    ['EXPR$0', ['a']],
    ['Column1', ['a']],
    ['(No column name)', ['a']],
    ['Spalte 3', ['a']],
    ['colonne2', ['a']],
    ['anon_1', ['a']],
    ['Expr1000', ['a']],
    ['count_star()', [3]],
    ['SUM(amount)', [3]],
    ['$1', ['a']],
    ['0', ['a']],
    ['level_0', [0]],
    ['index', [0, 1, 2]],
    ['X', ['1', '2', '3']],
    ['row_number', ['1', '2', '3']],
  ])('%s with %j', (header, values) => {
    const request = column(header, values)
    expect(suggested(request, 'COLUMN_WITHOUT_NAME', header)).toEqual({ drop: true })
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['index', [120, 97, 103]],
    ['X', ['handle', 'other', 'third']],
    ['row_number', ['7', '7', '7']],
    ['column', ['a']],
    ['col_width', ['a']],
    ['level_up', ['a']],
    ['level', ['1']],
    ['unnamed_pet', ['a']],
    ['f1_fan', ['a']],
    ['expression', ['a']],
    ['anonymous', ['a']],
    ['sum', ['a']],
    ['field_of_study', ['a']],
    ['2026_spend', ['a']],
    ['1000points', ['a']],
    ['_private', ['a']],
  ])('not %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'COLUMN_WITHOUT_NAME', header)).toBeUndefined()
  })
})
