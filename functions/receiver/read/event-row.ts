import { isObject, type JsonObject } from '../../shared/json.ts'
import type { EventRecord } from '../../shared/record.ts'
import type { Field } from '../aliases.ts'
import { cellOf, readField } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
import { isRepeat } from '../exact-json.ts'
import type { Endpoint } from '../request-context.ts'
import { isRowError, type RowError, rowError } from '../row-errors.ts'
import { isDay } from '../time.ts'
import { nonIdIn } from './check-ids.ts'
import type { Inherited } from './rows.ts'
import type { Rules } from './rules.ts'
import {
  type ColumnUse,
  type RowFields,
  type SortedRow,
  setField,
  setValue,
  setValueOnce,
  sortColumns,
} from './sort-columns.ts'

const READS: readonly Field[] = ['external id', 'braze id', 'run', 'time', 'event name', 'event id']
const DEFERRED: readonly Field[] = ['exported', 'properties']

/** `name` is the name of an event only where every row is an event. Elsewhere it is a person's name. */
const COLUMN_USES: Record<'events' | 'others', ColumnUse> = {
  events: { reads: new Set(READS), deferred: new Set<Field>([...DEFERRED, 'name']), isProfile: false },
  others: { reads: new Set(READS), deferred: new Set(DEFERRED), isProfile: false },
}

/** Braze's directive to create no new profiles. */
const EXISTING_ONLY = { _update_existing_only: true }

/** How the columns of an event row are read at this endpoint. */
export const eventColumns = (endpoint: Endpoint) => COLUMN_USES[endpoint === 'events' ? 'events' : 'others']

export type ReadEvent = {
  record: EventRecord
  /**
   * The row has an event id or an exact time of its own, so the same row again is a repetition and not a
   * second event.
   */
  deduplicable: boolean
}

/**
 * Reads a row that is an event. Its properties are those in its properties column, and every column without
 * another meaning.
 */
export function readEventRow(
  row: JsonObject,
  inherited: Inherited,
  rules: Rules,
  endpoint: Endpoint,
): ReadEvent | RowError {
  const { columnOf, connection, properties: renamed } = rules
  const sorted = sortColumns(row, eventColumns(endpoint), columnOf)
  if (isRowError(sorted)) return sorted
  const { fields } = sorted
  if (fields['external id'] === undefined && fields['braze id'] === undefined)
    return rowError('IDENTIFIER_MISSING')
  const error =
    fallBack(sorted, 'event name', 'name', inherited) ??
    fallBack(sorted, 'time', 'exported', {}) ??
    joinProperties(sorted)
  if (error) return error
  const nonId = nonIdIn(fields, row, rules)
  if (nonId) return nonId
  const name = fields['event name'] ?? fields.name ?? inherited['event name'] ?? inherited.name
  if (name === undefined) return rowError('EVENT_NAME_MISSING')
  const properties = renamed(sorted.rest)
  if (isRowError(properties)) return properties
  const record = eventRecord(name, fields, inherited, properties.written)
  return {
    record: connection.updateExistingOnly ? { ...record, fields: EXISTING_ONLY } : record,
    deduplicable: fields['event id'] !== undefined || hasInstant(row, columnOf),
  }
}

/**
 * Whether the row has an exact time. Several events that look alike may share a day and still be different
 * events. If they also share the time of day, one of them is enough.
 */
function hasInstant(row: JsonObject, columnOf: ColumnResolver): boolean {
  let hasTime = false
  for (const header of Object.keys(row)) {
    const column = columnOf(header)
    if (column.kind !== 'field' || column.field !== 'time') continue
    const cell = cellOf(column, row[header] ?? null)
    if (isRowError(cell) || readField('time', cell.value) === undefined) continue
    if (isDay(cell.value)) return false
    hasTime = true
  }
  return hasTime
}

function eventRecord(
  name: string,
  fields: RowFields,
  inherited: Inherited,
  properties: JsonObject,
): EventRecord {
  const run = fields.run ?? inherited.run
  const time = fields.time ?? fields.exported ?? inherited.time ?? inherited.exported
  return {
    type: 'event',
    ...(fields['external id'] !== undefined && { external_id: fields['external id'] }),
    ...(fields['braze id'] !== undefined && { braze_id: fields['braze id'] }),
    name,
    ...(time !== undefined && { time }),
    ...(fields['event id'] !== undefined && { event_id: fields['event id'] }),
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(run !== undefined && { run_id: run }),
  }
}

/** Reads the second-best columns of a field if the best one has no value. Otherwise they are properties. */
function fallBack(
  { fields, deferred, rest }: SortedRow,
  best: Field,
  second: Field,
  inherited: Inherited,
): RowError | undefined {
  const given = fields[best] ?? inherited[best]
  return firstRefusal(deferred[second] ?? [], (cell) =>
    given === undefined ? setField(fields, second, cell.header, cell.value) : setValueOnce(rest, cell),
  )
}

/**
 * A property that is in the properties column and in a column of its own must have the same value in both.
 */
function joinProperties({ deferred, rest }: SortedRow): RowError | undefined {
  return firstRefusal(deferred.properties ?? [], ({ header, value }) => {
    if (value === null || value === '') return undefined
    if (!isObject(value)) return rowError('PROPERTIES_NOT_OBJECT', header)
    return firstRefusal(Object.keys(value), (name) => {
      if (isRepeat(name)) return rowError('COLUMN_TWICE', name)
      const property = value[name] ?? null
      const before = Object.hasOwn(rest, name) ? rest[name] : undefined
      const error = setValue(rest, name, property)
      if (error || before === undefined) return error
      return JSON.stringify(before) === JSON.stringify(property)
        ? undefined
        : rowError('COLUMNS_CONFLICT', name, header)
    })
  })
}

function firstRefusal<T>(
  items: readonly T[],
  judge: (item: T) => RowError | undefined,
): RowError | undefined {
  for (const item of items) {
    const error = judge(item)
    if (error) return error
  }
  return undefined
}
