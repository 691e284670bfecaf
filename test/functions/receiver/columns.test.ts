import { expect, it } from 'vitest'
import { builtInColumn, cachedColumnResolver } from '../../../functions/receiver/columns.ts'

it.each([
  ['external_id', 'external id'],
  ['EXTERNAL_ID', 'external id'],
  ['External Id', 'external id'],
  ['external-id', 'external id'],
  ['userId', 'external id'],
  ['customer_id', 'external id'],
  ['CONSUMER_ID', 'external id'],
  ['braze_id', 'braze id'],
  ['audience_id', 'audience'],
  ['AIQ_AUDIENCEID', 'audience'],
  ['AIQ_SEGMENTID', 'audience'],
  ['segment_id', 'audience'],
  ['split_id', 'split'],
  ['AIQ_SPLITID', 'split'],
  ['AIQ_EXPORTID', 'run'],
  ['export_id', 'run'],
  ['run_id', 'run'],
  ['op', 'op'],
  ['EXPORT_TS', 'exported'],
  ['exported_at', 'exported'],
  ['timestamp', 'time'],
  ['time', 'time'],
  ['eventTime', 'time'],
  ['event_name', 'event name'],
  ['event', 'event name'],
  ['name', 'name'],
  ['event_id', 'event id'],
  ['messageId', 'event id'],
  ['properties', 'properties'],
  ['event_properties', 'properties'],
])('%s is read as %s', (header, field) => {
  expect(builtInColumn(header)).toEqual({ kind: 'field', field })
})

it.each([
  ['AIQ_1042_2', '1042', '2'],
  ['aiq_1042_B', '1042', 'B'],
  ['AIQ_a-1_x', 'a-1', 'x'],
])('%s is the membership of audience %s, split %s', (header, audience_id, split_id) => {
  expect(builtInColumn(header)).toEqual({ kind: 'flag', audience_id, split_id })
})

it.each([
  'loyalty_tier',
  'AIQ_SEGMENT_NM',
  'AIQ_1042',
  'AIQ_1_2_3',
  'AIQ__2',
  'first name',
  'id',
  '',
  '__proto__',
  'constructor',
])('%s is an attribute', (header) => {
  expect(builtInColumn(header)).toEqual({ kind: 'other' })
})

it('gives the same answers when it keeps them', () => {
  const resolve = cachedColumnResolver({ columns: {}, matchStandardFields: true })
  expect([resolve('op'), resolve('op'), resolve('store'), resolve('store')]).toEqual([
    { kind: 'field', field: 'op' },
    { kind: 'field', field: 'op' },
    { kind: 'other' },
    { kind: 'other' },
  ])
})
