import { areDirectives } from '../../shared/directives.ts'
import { flagAttribute, isAmbiguousId, normalizeHeader } from '../../shared/flags.ts'
import type { JsonObject } from '../../shared/json.ts'
import type { Membership, ProfileRecord } from '../../shared/record.ts'
import type { Field } from '../aliases.ts'
import { saysNothing } from '../cells.ts'
import { isRowError, type RowError, rowError } from '../row-errors.ts'
import { headerOf, nonIdIn } from './check-ids.ts'
import type { Inherited } from './rows.ts'
import type { Rules } from './rules.ts'
import { type ColumnUse, type SortedRow, sortColumns } from './sort-columns.ts'

export const PROFILE_COLUMNS: ColumnUse = {
  reads: new Set<Field>(['external id', 'braze id', 'audience', 'split', 'run', 'op', 'exported', 'time']),
  deferred: new Set(),
  isProfile: true,
}

export type ReadProfile = {
  record: ProfileRecord
  /** The person enters an audience only because the row is there: it has an audience and no operation. */
  byPresence: boolean
}

/**
 * Reads a row that changes a profile: its memberships, and every column without another meaning as an
 * attribute.
 */
export function readProfileRow(row: JsonObject, inherited: Inherited, rules: Rules): ReadProfile | RowError {
  const { columnOf, connection, nameFlags, attributes: write } = rules
  const sorted = sortColumns(row, PROFILE_COLUMNS, columnOf)
  if (isRowError(sorted)) return sorted
  const { fields, rest } = sorted
  if (fields['external id'] === undefined && fields['braze id'] === undefined)
    return rowError('IDENTIFIER_MISSING')
  const nonId = nonIdIn(fields, row, rules)
  if (nonId) return nonId
  if (fields.exported !== undefined && fields.time !== undefined && fields.exported !== fields.time)
    return rowError('COLUMNS_CONFLICT', headerOf('time', row, columnOf), headerOf('exported', row, columnOf))
  const audience = fields.audience ?? inherited.audience
  const byPresence = audience !== undefined && fields.op === undefined && inherited.op === undefined
  const unclear = audience === undefined ? undefined : unclearOperation(sorted, row, inherited.op, rules)
  if (unclear) return unclear
  const memberships = membershipsOf(sorted, inherited, connection.defaultSplitId)
  if (isRowError(memberships)) return memberships
  const result = write(rest, audience)
  if (isRowError(result)) return result
  const { written: attributes } = result
  const hasAttributes = Object.keys(attributes).length > 0
  if (memberships.length === 0 && writesNothing(row, sorted, attributes, rules)) return rowError('ROW_EMPTY')
  const run = fields.run ?? inherited.run
  const time = fields.exported ?? fields.time ?? inherited.exported ?? inherited.time
  const record: ProfileRecord = { type: 'profile' }
  if (fields['external id'] !== undefined) record.external_id = fields['external id']
  if (fields['braze id'] !== undefined) record.braze_id = fields['braze id']
  if (memberships.length > 0) record.memberships = nameFlags(memberships)
  if (connection.updateExistingOnly) record.attributes = { ...attributes, _update_existing_only: true }
  else if (hasAttributes) record.attributes = attributes
  if (run !== undefined) record.run_id = run
  if (time !== undefined) record.source_time = time
  return { record, byPresence }
}

/** Directives that were sent alone are passed on. Those that remain when all else was left out are not. */
function writesNothing(
  row: JsonObject,
  { rest }: SortedRow,
  attributes: JsonObject,
  { isDropped = () => false }: Rules,
): boolean {
  const names = Object.keys(attributes)
  if (!areDirectives(names)) return false
  return names.length === 0 || names.length < Object.keys(rest).length || Object.keys(row).some(isDropped)
}

/**
 * The error of a row that would enter, although another column seems to say otherwise. A column that holds an
 * operation in one row of a request holds one in all of them, whatever its words are.
 */
function unclearOperation(
  { fields, opLike }: SortedRow,
  row: JsonObject,
  inheritedOp: string | undefined,
  { connection, operationColumns }: Rules,
): RowError | undefined {
  if (connection.presenceEnters || fields.op !== undefined) return undefined
  if (inheritedOp !== undefined && inheritedOp !== 'enter') return undefined
  if (opLike && (inheritedOp === undefined || opLike.leaves)) {
    if (opLike.likeness === 'operation') operationColumns.add(normalizeHeader(opLike.header))
    return rowError(opLike.likeness === 'inverted' ? 'OP_INVERTED' : 'OP_UNCLEAR', opLike.header)
  }
  if (operationColumns.size === 0) return undefined
  const header = Object.keys(row).find(
    (name) => operationColumns.has(normalizeHeader(name)) && !saysNothing(row[name]),
  )
  return header === undefined ? undefined : rowError('OP_UNCLEAR', header)
}

/**
 * The memberships that a row states: one by its audience, split and operation (its own or inherited), and one
 * by each `AIQ_<audience>_<split>` column. An audience without an operation means enter, and absence never
 * means leave. An id with a `_` is rejected, because audience `a_b` with split `2` and audience `a` with
 * split `b_2` would be the same flag in Braze.
 */
export function membershipsOf(
  { fields, flags }: Pick<SortedRow, 'fields' | 'flags'>,
  inherited: Inherited,
  defaultSplitId: string,
): Membership[] | RowError {
  const op = fields.op ?? inherited.op ?? 'enter'
  const audience_id = fields.audience ?? inherited.audience
  if (audience_id === undefined) {
    if (fields.split !== undefined) return rowError('SPLIT_WITHOUT_AUDIENCE')
    if (op !== 'none' && (fields.op ?? inherited.op) !== undefined) return rowError('OP_WITHOUT_AUDIENCE')
    return withoutDoubles(flags)
  }
  if (op === 'none') return withoutDoubles(flags)
  const split_id = fields.split ?? inherited.split ?? defaultSplitId
  if (isAmbiguousId(audience_id) || isAmbiguousId(split_id)) return rowError('AUDIENCE_ID_INVALID')
  return withoutDoubles([{ audience_id, split_id, member: op === 'enter' }, ...flags])
}

function withoutDoubles(stated: Membership[]): Membership[] | RowError {
  if (stated.length < 2) return stated
  const kept = new Map<string, Membership>()
  for (const membership of stated) {
    const flag = `${membership.audience_id}_${membership.split_id}`
    const same = kept.get(flag)
    if (same && same.member !== membership.member) return rowError('MEMBERSHIP_CONFLICT', flagAttribute(same))
    if (!same) kept.set(flag, membership)
  }
  return [...kept.values()]
}
