import { isObject, type JsonObject } from '../../shared/json.ts'
import type { EventRecord } from '../../shared/record.ts'
import type { Field } from '../aliases.ts'
import { cellOf, readField } from '../cells.ts'
import type { ColumnOf } from '../columns.ts'
import { isRepeat } from '../exact-json.ts'
import type { Endpoint } from '../request-context.ts'
import { isRefused, type Refused, refuse } from '../row-errors.ts'
import { isDay } from '../time.ts'
import type { Inherited } from './rows.ts'
import type { Rules } from './rules.ts'
import {
  type Fields,
  keepField,
  keepOnce,
  keepValue,
  type Reading,
  type Sorted,
  sortColumns,
} from './sort-columns.ts'

const READS: readonly Field[] = ['external id', 'braze id', 'run', 'time', 'event name', 'event id']
const ASIDE: readonly Field[] = ['exported', 'properties']

/** `name` is the name of an event only where every row is an event. Elsewhere it is a person's name. */
const READINGS: Record<'events' | 'others', Reading> = {
  events: { reads: new Set(READS), aside: new Set<Field>([...ASIDE, 'name']), flags: false },
  others: { reads: new Set(READS), aside: new Set(ASIDE), flags: false },
}

/** Braze's directive to create no new profiles. */
const EXISTING_ONLY = { _update_existing_only: true }

/** How the columns of an event row are read at this endpoint. */
export const eventReading = (endpoint: Endpoint) => READINGS[endpoint === 'events' ? 'events' : 'others']

export type ReadEvent = {
  record: EventRecord
  /**
   * The row has an event id or an exact time of its own, so the same row again is a repetition and not a
   * second event.
   */
  recognisable: boolean
}

/**
 * Reads a row that is an event. Its properties are those in its properties column, and every column without
 * another meaning.
 */
export function readEventRow(
  row: JsonObject,
  inherited: Inherited,
  { columnOf, connection, properties: renamed }: Rules,
  endpoint: Endpoint,
): ReadEvent | Refused {
  const sorted = sortColumns(row, eventReading(endpoint), columnOf)
  if (isRefused(sorted)) return sorted
  const { fields } = sorted
  if (fields['external id'] === undefined && fields['braze id'] === undefined)
    return refuse('IDENTIFIER_MISSING')
  const refused =
    fallBack(sorted, 'event name', 'name', inherited) ??
    fallBack(sorted, 'time', 'exported', {}) ??
    joinProperties(sorted)
  if (refused) return refused
  const name = fields['event name'] ?? fields.name ?? inherited['event name'] ?? inherited.name
  if (name === undefined) return refuse('EVENT_NAME_MISSING')
  const properties = renamed(sorted.rest)
  if (isRefused(properties)) return properties
  const record = eventRecord(name, fields, inherited, properties.written)
  return {
    record: connection.updateExistingOnly ? { ...record, fields: EXISTING_ONLY } : record,
    recognisable: fields['event id'] !== undefined || hasInstant(row, columnOf),
  }
}

/**
 * Whether the row has an exact time. Several events that look alike may share a day and still be different
 * events. If they also share the time of day, one of them is enough.
 */
function hasInstant(row: JsonObject, columnOf: ColumnOf): boolean {
  let isTold = false
  for (const header of Object.keys(row)) {
    const column = columnOf(header)
    if (column.kind !== 'field' || column.field !== 'time') continue
    const cell = cellOf(column, row[header] ?? null)
    if (isRefused(cell) || readField('time', cell.value) === undefined) continue
    if (isDay(cell.value)) return false
    isTold = true
  }
  return isTold
}

function eventRecord(
  name: string,
  fields: Fields,
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
  { fields, aside, rest }: Sorted,
  best: Field,
  second: Field,
  inherited: Inherited,
): Refused | undefined {
  const given = fields[best] ?? inherited[best]
  return firstRefusal(aside[second] ?? [], (cell) =>
    given === undefined ? keepField(fields, second, cell.header, cell.value) : keepOnce(rest, cell),
  )
}

/**
 * A property that is in the properties column and in a column of its own must have the same value in both.
 */
function joinProperties({ aside, rest }: Sorted): Refused | undefined {
  return firstRefusal(aside.properties ?? [], ({ header, value }) => {
    if (value === null || value === '') return undefined
    if (!isObject(value)) return refuse('PROPERTIES_NOT_OBJECT', header)
    return firstRefusal(Object.keys(value), (name) => {
      if (isRepeat(name)) return refuse('COLUMN_TWICE', name)
      const property = value[name] ?? null
      const before = Object.hasOwn(rest, name) ? rest[name] : undefined
      const refused = keepValue(rest, name, property)
      if (refused || before === undefined) return refused
      return JSON.stringify(before) === JSON.stringify(property)
        ? undefined
        : refuse('COLUMNS_CONFLICT', name)
    })
  })
}

function firstRefusal<T>(items: readonly T[], judge: (item: T) => Refused | undefined): Refused | undefined {
  for (const item of items) {
    const refused = judge(item)
    if (refused) return refused
  }
  return undefined
}
