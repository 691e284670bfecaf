import * as z from 'zod/mini'
import { asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { tidy } from '../../shared/invisible.ts'
import { isObject, type Json, type JsonObject, setKey } from '../../shared/json.ts'
import { MAX_RECORD_BYTES } from '../../shared/message.ts'
import {
  type BridgeRecord,
  type Identifier,
  identifierOf,
  PushTokenImport,
  TRACK_ARRAYS,
  type TrackArray,
  type UserAlias,
} from '../../shared/record.ts'
import { digitsOf } from '../cells.ts'
import type { RowReader } from '../columns.ts'
import { damagedColumn } from '../damage.ts'
import { isRepeat, repeated } from '../exact-json.ts'
import { MAX_ROWS } from '../limits.ts'
import { isUsualId, nonIdCode } from '../non-ids.ts'
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
import { nonBooleanFlag } from './rules.ts'
import { setValue } from './sort-columns.ts'

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
  const allowed = new Set(reader.connection.allowValues)
  const accepted: AcceptedRow[] = []
  const rejected: RejectedRow[] = []
  for (const [index, row] of rows.entries()) {
    const damaged = mayHoldDamage ? damagedColumn(row.object, () => false) : undefined
    const result =
      damaged === undefined ? readTrackObject(row, reader, allowed) : rowError('TEXT_DAMAGED', damaged)
    if (isRowError(result)) {
      const queue = row.array === 'attributes' ? 'profiles' : 'events'
      rejected.push({ index, row, queue, code: result.code, field: result.field, other: result.other })
    } else accepted.push(result)
  }
  return { accepted, rejected }
}

/** An object of Braze's own body, and the array that it was in. */
export type TrackRow = { array: TrackArray; object: Json }

/** Each of these identifies a person, whatever else the object holds. An object may have only one of them. */
const PRIMARY = ['external_id', 'user_alias', 'braze_id'] as const

/**
 * Each of these identifies a person only if the object has no primary identifier. Otherwise they are ordinary
 * attributes.
 */
const SECONDARY = ['email', 'phone'] as const

/** Braze's directive to create no new profiles. */
const EXISTING_ONLY = '_update_existing_only'

/** Reads one object and keeps its meaning: nothing is renamed, dropped or guessed. */
export function readTrackObject(
  { array, object }: TrackRow,
  { connection, isNamedFlag }: RowReader,
  allowed: ReadonlySet<string> = new Set(connection.allowValues),
): AcceptedRow | RowError {
  if (!isObject(object)) return rowError('ROW_NOT_OBJECT')
  const person =
    personIn(object) ?? (array === 'attributes' ? deviceIn(object) : rowError('IDENTIFIER_MISSING'))
  if (isRowError(person)) return person
  const nonId = nonIdentifier(person.identifier, allowed)
  if (nonId) return nonId
  const content = restOf(object, person.names)
  if (isRowError(content)) return content
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

type Person = { identifier: Identifier; names: readonly string[] }

/** @returns undefined if the object has no identifier. */
function personIn(object: JsonObject): Person | RowError | undefined {
  const isThere = (name: string) => (object[name] ?? null) !== null
  const primary = PRIMARY.filter(isThere)
  if (primary.length > 1) return rowError('IDENTIFIER_SEVERAL', primary[0], primary[1])
  const name = primary[0] ?? SECONDARY.find(isThere)
  if (name === undefined) return undefined
  const given = object[name] ?? null
  if (isObject(given) && Object.keys(given).some(isRepeat)) return rowError('COLUMN_TWICE', name)
  const identifier = identifierOf(
    name === 'user_alias' ? { user_alias: aliasIn(given) } : { [name]: idIn(given) },
  )
  // A primary identifier that is null counts as absent, and must not reach Braze.
  return identifier ? { identifier, names: [name, ...PRIMARY] } : rowError('IDENTIFIER_UNREADABLE', name)
}

/** The error of an identifier that is a word for a missing value, a placeholder or a rewritten number. */
function nonIdentifier(identifier: Identifier, allowed: ReadonlySet<string>): RowError | undefined {
  const text = nameIn(identifier)
  if (text === undefined || isUsualId(text)) return undefined
  const code = nonIdCode(text, 'person')
  // A phone number may be written with separators.
  if ('phone' in identifier && code === 'NUMBER_REWRITTEN') return undefined
  return code === undefined || allowed.has(text) ? undefined : rowError(code, Object.keys(identifier)[0])
}

/** @returns undefined for push tokens, which are not words. */
function nameIn(identifier: Identifier): string | undefined {
  if ('external_id' in identifier) return identifier.external_id
  if ('braze_id' in identifier) return identifier.braze_id
  if ('user_alias' in identifier) return identifier.user_alias.alias_name
  if ('phone' in identifier) return identifier.phone
  return 'email' in identifier ? identifier.email : undefined
}

/**
 * Clients of typed languages send numbers as ids. Braze accepts a whole number and uses its digits. Invisible
 * characters around an id would turn it into another person's.
 */
function idIn(value: Json): string | undefined {
  const text = typeof value === 'string' ? tidy(value) : digitsOf(value)
  return text === '' ? undefined : text
}

function aliasIn(value: Json): UserAlias | undefined {
  if (!isObject(value)) return undefined
  const alias_name = idIn(value.alias_name ?? null)
  const alias_label = idIn(value.alias_label ?? null)
  return alias_name === undefined || alias_label === undefined ? undefined : { alias_name, alias_label }
}

/** Push tokens of an anonymous user, which Braze accepts without an identifier. */
function deviceIn(object: JsonObject): Person | RowError {
  const names = ['push_token_import', 'push_tokens']
  const tokens = restOf({ push_tokens: object.push_tokens ?? null }, [])
  if (isRowError(tokens)) return tokens
  const identifier = PushTokenImport.safeParse({
    push_token_import: object.push_token_import,
    ...tokens,
  }).data
  return identifier ? { identifier, names: [...names, ...PRIMARY] } : rowError('IDENTIFIER_MISSING')
}

function restOf(object: JsonObject, without: readonly string[]): JsonObject | RowError {
  const rest: JsonObject = {}
  for (const name of Object.keys(object)) {
    if (isRepeat(name)) return rowError('COLUMN_TWICE', name)
    if (without.includes(name)) continue
    const error = setValue(rest, name, object[name] ?? null)
    if (error) return error
  }
  return rest
}

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
