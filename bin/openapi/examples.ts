import type { Route } from '../../functions/receiver/request-context.ts'

/** An example body in the document, with the status of its answer. The tests send every example. */
export type Example = {
  path: Route['endpoint']
  name: string
  type: string
  body: string
  status: 200 | 201 | 400 | 422
}

export const EXAMPLES: readonly Example[] = [
  {
    path: 'activations',
    name: 'envelope',
    type: 'application/json',
    body: '{"audience_id":"1042","split_id":"2","run_id":"889","records":[{"external_id":"u-1","loyalty_tier":"gold"},{"external_id":"u-2","op":"leave"}]}',
    status: 200,
  },
  {
    path: 'activations',
    name: 'table',
    type: 'text/csv',
    body: 'AIQ_EXPORTID,AIQ_SEGMENTID,EXTERNAL_ID,LOYALTY_TIER,EXPIRY\n889,1042,u-1,gold,1767571200000\n',
    status: 200,
  },
  {
    path: 'activations',
    name: 'form',
    type: 'application/x-www-form-urlencoded',
    body: 'external_id=u-1&audience_id=1042&op=enter',
    status: 200,
  },
  { path: 'activations', name: 'connection test', type: 'application/json', body: '{}', status: 200 },
  {
    path: 'activations',
    name: 'nobody',
    type: 'application/json',
    body: '[{"audience_id":"1042","op":"enter"}]',
    status: 422,
  },
  {
    path: 'activations',
    name: 'broken JSON',
    type: 'application/json',
    body: '[{"external_id":',
    status: 400,
  },
  {
    path: 'activations',
    name: 'no header line',
    type: 'text/csv',
    body: 'u-1,gold\nu-2,silver\n',
    status: 400,
  },
  {
    path: 'events',
    name: 'event',
    type: 'application/json',
    body: '{"external_id":"u-1","event_name":"cart_abandoned","time":"2026-01-05T10:00:00Z","properties":{"sku":"A1"}}',
    status: 200,
  },
  {
    path: 'events',
    name: 'lines',
    type: 'application/x-ndjson',
    body: '{"external_id":"u-1","event_name":"store_visit","time":1767607200}\n{"external_id":"u-2","event_name":"store_visit","time":1767607201}\n',
    status: 200,
  },
  {
    path: 'records',
    name: 'both kinds',
    type: 'application/json',
    body: '[{"external_id":"u-1","AIQ_1042_2":true},{"external_id":"u-1","event":"signed_up"}]',
    status: 200,
  },
  {
    path: 'users/track',
    name: 'objects',
    type: 'application/json',
    body: '{"attributes":[{"external_id":"u-1","AIQ_1042_2":true}],"events":[{"external_id":"u-1","name":"cart_abandoned","time":"2026-01-05T10:00:00Z"}]}',
    status: 201,
  },
  {
    path: 'users/track',
    name: 'nobody',
    type: 'application/json',
    body: '{"attributes":[{"AIQ_1042_2":true}]}',
    status: 400,
  },
]
