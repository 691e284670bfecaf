import type { ProfileRecord } from '../shared/record.ts'
import type { Field } from './columns.ts'
import type { JsonObject } from './json.ts'
import { membershipsOf } from './membership.ts'
import { isRefused, type Refused, refuse } from './refusal.ts'
import type { Inherited } from './rows.ts'
import type { Rules } from './rules.ts'
import { type Reading, sortColumns } from './sort-columns.ts'

export const PROFILE_READING: Reading = {
  reads: new Set<Field>(['external id', 'braze id', 'audience', 'split', 'run', 'op', 'exported', 'time']),
  aside: new Set(),
  flags: true,
}

/** A row that changes a profile: memberships, and every column without another meaning as an attribute. */
export function readProfileRow(
  row: JsonObject,
  inherited: Inherited,
  { columnOf, connection, named, attributes: write }: Rules,
): ProfileRecord | Refused {
  const sorted = sortColumns(row, PROFILE_READING, columnOf)
  if (isRefused(sorted)) return sorted
  const { fields, rest } = sorted
  if (fields['external id'] === undefined && fields['braze id'] === undefined)
    return refuse('IDENTIFIER_MISSING')
  if (fields.exported !== undefined && fields.time !== undefined && fields.exported !== fields.time)
    return refuse('COLUMNS_CONFLICT')
  const memberships = membershipsOf(sorted, inherited, connection.defaultSplitId)
  if (isRefused(memberships)) return memberships
  const result = write(rest, fields.audience ?? inherited.audience)
  if (isRefused(result)) return result
  const { written: attributes } = result
  const hasAttributes = Object.keys(attributes).length > 0
  if (memberships.length === 0 && !hasAttributes) return refuse('ROW_EMPTY')
  const run = fields.run ?? inherited.run
  const time = fields.exported ?? fields.time ?? inherited.exported ?? inherited.time
  const record: ProfileRecord = { type: 'profile' }
  if (fields['external id'] !== undefined) record.external_id = fields['external id']
  if (fields['braze id'] !== undefined) record.braze_id = fields['braze id']
  if (memberships.length > 0) record.memberships = named(memberships)
  if (connection.updateExistingOnly) record.attributes = { ...attributes, _update_existing_only: true }
  else if (hasAttributes) record.attributes = attributes
  if (run !== undefined) record.run_id = run
  if (time !== undefined) record.source_time = time
  return record
}
