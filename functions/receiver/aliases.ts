/**
 * Every name that the bridge recognises in senders' requests. The texts of answers, the OpenAPI
 * document and the table in docs/webhook.md are made from these lists or tested against them.
 */

/**
 * The meanings that a column can have for the bridge. Every other column is an attribute or a property under
 * its own header.
 */
export type Field =
  | 'external id'
  | 'braze id'
  | 'audience'
  | 'split'
  | 'run'
  | 'op'
  | 'exported'
  | 'time'
  | 'event name'
  | 'name'
  | 'event id'
  | 'properties'

/**
 * The headers of each field. Texts name the first one. `exported` is when a file was made, and `time` is when
 * something happened. For a profile row, either says when the row was true; for an event, `time` wins.
 */
export const HEADERS: Readonly<Record<Field, readonly [string, ...string[]]>> = {
  'external id': ['external_id', 'user_id', 'customer_id', 'consumer_id'],
  'braze id': ['braze_id'],
  audience: ['audience_id', 'aiq_audienceid', 'aiq_segmentid', 'segment_id'],
  split: ['split_id', 'aiq_splitid'],
  run: ['aiq_exportid', 'export_id', 'run_id'],
  op: ['op'],
  exported: ['export_ts', 'exported_at'],
  time: ['timestamp', 'time', 'event_time'],
  'event name': ['event_name', 'event'],
  name: ['name'],
  'event id': ['event_id', 'message_id'],
  properties: ['properties', 'event_properties'],
}

/** The headers of a field after the first one, as texts list them. */
export const otherHeaders = (field: Field) => HEADERS[field].slice(1).join(', ')

/** The words for each change of a membership. `none` means that the row only carries attributes. */
export const OPERATIONS = {
  enter: ['add', 'join', 'enter', 'entered', 'true', '1'],
  leave: ['remove', 'delete', 'leave', 'exit', 'exited', 'false', '0'],
  none: ['update', 'upsert'],
} as const satisfies Record<string, readonly string[]>

/** The names under which a body may hold its list of rows. */
export const LISTS = [
  'records',
  'rows',
  'data',
  'users',
  'profiles',
  'contacts',
  'members',
  'items',
  'events',
  'batch',
] as const
