import * as z from 'zod/mini'
import { asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { areDirectives } from '../../shared/directives.ts'
import { tidy } from '../../shared/invisible.ts'
import { isObject, type Json, type JsonObject, setKey } from '../../shared/json.ts'
import { MAX_RECORD_BYTES } from '../../shared/message.ts'
import { type BridgeRecord, type Identifier, TRACK_ARRAYS, type TrackArray } from '../../shared/record.ts'
import type { RowReader } from '../columns.ts'
import { damagedColumn } from '../damage.ts'
import { repeated, withoutMark } from '../exact-json.ts'
import { MAX_ROWS } from '../limits.ts'
import { nonIdCode } from '../non-ids.ts'
import {
  NOTHING_TO_TRACK,
  type Problem,
  severalLists,
  TOO_MANY_ROWS,
  trackArrayMisshapen,
} from '../problems.ts'
import { isRowError, type RowError, rowError } from '../row-errors.ts'
import { isDay, readTime } from '../time.ts'
import type { AcceptedRow, Records, RejectedRow } from './records.ts'
import { nonBooleanFlag, type Omissions, omissionsOf } from './rules.ts'
import { idIn, nonIdentifier, personIn, restOf } from './track-person.ts'

/** Where an object was in the request, in the format of Braze's `errors[]`. */
export type TrackPlace = { input_array: TrackArray; index: number }

export type TrackBody = { records: Records; rows: readonly TrackRow[]; places: readonly TrackPlace[] }

/**
 * Reads Braze's own body, each object by itself, like a row. The rows of `records.rejected` are `{array,
 * object}`; their indexes count over all three arrays and match those of `places`.
 */
export function readTrackBody(json: Json, reader: RowReader, mayHoldDamage = true): TrackBody | Problem {
  if (!isObject(json)) return NOTHING_TO_TRACK
  const places: TrackPlace[] = []
  const rows: TrackRow[] = []
  for (const array of TRACK_ARRAYS) {
    if (Object.hasOwn(json, repeated(array))) return severalLists([array, array])
    const objects = json[array] ?? []
    if (!Array.isArray(objects)) return trackArrayMisshapen(array)
    for (const [index, object] of objects.entries()) {
      places.push({ input_array: array, index })
      rows.push({ array, object })
    }
  }
  if (rows.length === 0) return NOTHING_TO_TRACK
  if (rows.length > MAX_ROWS) return TOO_MANY_ROWS
  return { records: readTrackRows(rows, reader, mayHoldDamage), rows, places }
}

/**
 * Reads each object by itself, so that an error in one never affects another.
 * @param mayHoldDamage false if no object is known to have damaged text.
 */
export function readTrackRows(rows: readonly TrackRow[], reader: RowReader, mayHoldDamage = true): Records {
  const rules = trackRulesOf(reader, mayHoldDamage)
  const accepted: AcceptedRow[] = []
  const rejected: RejectedRow[] = []
  for (const [index, row] of rows.entries()) {
    const result = readTrackObject(row, reader, rules)
    if (isRowError(result)) {
      const queue = row.array === 'attributes' ? 'profiles' : 'events'
      rejected.push({ index, row, queue, code: result.code, field: result.field, other: result.other })
    } else accepted.push(result)
  }
  return { accepted, rejected, leftOut: rules.leftOut }
}

/** A connection's rules for Braze's own body, prepared once for all objects of a request. */
type TrackRules = Omissions & { allowed: ReadonlySet<string>; mayHoldDamage: boolean }

const trackRulesOf = (reader: RowReader, mayHoldDamage = true): TrackRules => ({
  ...omissionsOf(reader),
  allowed: new Set(reader.connection.allowValues),
  mayHoldDamage,
})

/** An object of Braze's own body, and the array that it was in. */
export type TrackRow = { array: TrackArray; object: Json }

/** Braze's directive to create no new profiles. */
const EXISTING_ONLY = '_update_existing_only'

/**
 * Reads one object and keeps its meaning: nothing is renamed, converted or guessed. Only what the connection leaves
 * out is missing.
 */
export function readTrackObject(
  row: TrackRow,
  reader: RowReader,
  { allowed, isDropped, isWritten, mayHoldDamage } = trackRulesOf(reader),
): AcceptedRow | RowError {
  const { array, object: sent } = row
  const { connection, isNamedFlag } = reader
  if (!isObject(sent)) return rowError('ROW_NOT_OBJECT')
  const object = isDropped ? withoutDropped(array, sent, isDropped) : sent
  const damaged = mayHoldDamage ? damagedColumn(object) : undefined
  if (damaged !== undefined) return rowError('TEXT_DAMAGED', damaged)
  const person = personIn(array, object)
  if (isRowError(person)) return person
  const nonId = nonIdentifier(person.identifier, allowed)
  if (nonId) return nonId
  const rest = restOf(object, person.names)
  if (isRowError(rest)) return rest
  const content = array === 'attributes' && isWritten ? only(rest, isWritten) : rest
  const isCut = object !== sent || content !== rest
  if (isCut && array === 'attributes' && writesNothing(person.identifier, content))
    return rowError('ROW_EMPTY')
  const spoilt = array === 'attributes' && isNamedFlag && nonBooleanFlag(content, isNamedFlag)
  if (spoilt) return spoilt
  if (connection.updateExistingOnly) setKey(content, EXISTING_ONLY, true)
  const record = READERS[array](person.identifier, content)
  if (isRowError(record)) return record
  if (record.type === 'event') {
    const code = nonIdCode(record.name, 'event')
    if (code !== undefined && !allowed.has(record.name)) return rowError(code, 'name')
  }
  const json = asciiJsonUpTo(MAX_RECORD_BYTES, record)
  if (typeof json === 'number') return rowError('ROW_TOO_LARGE')
  // Several events that look alike may share a day and still be different events. If they also share the time
  // of day, one of them is enough.
  const recognisable = array !== 'attributes' && !isDay(content.time ?? null)
  return { record, user: person.identifier, json, deduplicable: recognisable }
}

/**
 * The members that Braze defines for an object, besides its identifier. They have Braze's names and not the sender's,
 * so no rule for a column applies to them.
 */
export const OBJECT_FIELDS: Readonly<Record<TrackArray, readonly string[]>> = {
  attributes: [],
  events: ['name', 'time', 'properties'],
  purchases: ['product_id', 'currency', 'price', 'quantity', 'time', 'properties'],
}

/** @returns the object itself if it has no member that the connection drops. */
export function withoutDropped(
  array: TrackArray,
  object: JsonObject,
  isDropped: NonNullable<Omissions['isDropped']>,
): JsonObject {
  return only(object, (name) => OBJECT_FIELDS[array].includes(withoutMark(name)) || !isDropped(name))
}

/** @returns the object itself if all of its members are kept. */
function only(object: JsonObject, isKept: (name: string) => boolean): JsonObject {
  const names = Object.keys(object)
  const kept = names.filter(isKept)
  if (kept.length === names.length) return object
  const copy: JsonObject = {}
  for (const name of kept) setKey(copy, name, object[name] ?? null)
  return copy
}

/** Whether an object would only create its user. Push tokens are written, although they also identify the user. */
const writesNothing = (person: Identifier, content: JsonObject) =>
  areDirectives(Object.keys(content)) && !('push_tokens' in person)

type Reader = (person: Identifier, content: JsonObject) => BridgeRecord | RowError

const READERS: Record<TrackArray, Reader> = {
  // Braze also accepts an object that has only an identifier: it creates the profile.
  attributes: (person, attributes) => ({
    type: 'profile',
    ...person,
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }),
  events: (person, { name: sent, time, properties, ...fields }) => {
    const happening = readHappening(time ?? null, properties ?? null)
    if (isRowError(happening)) return happening
    const name = typeof sent === 'string' ? tidy(sent) : ''
    if (name === '') return rowError('EVENT_NAME_MISSING', 'name')
    return { type: 'event', ...person, name, ...happening, ...fieldsIn(fields) }
  },
  purchases: (person, { product_id, currency, price, quantity, time, properties, ...fields }) => {
    const happening = readHappening(time ?? null, properties ?? null)
    if (isRowError(happening)) return happening
    const purchase = Purchase.safeParse({ product_id: idIn(product_id ?? null), currency, price, quantity })
    if (!purchase.success) return rowError('PURCHASE_UNREADABLE', purchase.error.issues[0]?.path.join('.'))
    return {
      type: 'purchase',
      ...person,
      ...purchase.data,
      ...happening,
      ...fieldsIn(fields),
    }
  },
}

/** What Braze requires of a purchase (Braze, "Purchase object"). */
const Purchase = z.object({
  product_id: z.string().check(z.minLength(1)),
  currency: z.string().check(z.length('EUR'.length)),
  price: z.number(),
  quantity: z.optional(z.int().check(z.positive())),
})

/** Braze accepts no event or purchase without a time. */
function readHappening(time: Json, properties: Json): { time: string; properties?: JsonObject } | RowError {
  const read = typeof time === 'string' ? readTime(time) : undefined
  if (read === undefined) return rowError('TIME_UNREADABLE', 'time')
  if (properties === null) return { time: read }
  return isObject(properties) ? { time: read, properties } : rowError('PROPERTIES_NOT_OBJECT', 'properties')
}

const fieldsIn = (fields: JsonObject) => (Object.keys(fields).length > 0 ? { fields } : {})
