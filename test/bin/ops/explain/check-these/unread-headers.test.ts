import { describe, expect, test } from 'vitest'
import { type Check, check, column, csvColumn, events, left, suggested } from './check.ts'

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
