import { tidy } from '../../shared/invisible.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import {
  type Identifier,
  identifierOf,
  PushTokenImport,
  type TrackArray,
  type UserAlias,
} from '../../shared/record.ts'
import { digitsOf } from '../cells.ts'
import { isRepeat } from '../exact-json.ts'
import { isUsualId, nonIdCode } from '../non-ids.ts'
import { isRowError, type RowError, rowError } from '../row-errors.ts'
import { setValue } from './sort-columns.ts'

/** Each of these identifies a person, whatever else the object holds. An object may have only one of them. */
const PRIMARY = ['external_id', 'user_alias', 'braze_id'] as const

/**
 * Each of these identifies a person only if the object has no primary identifier. Otherwise they are ordinary
 * attributes.
 */
const SECONDARY = ['email', 'phone'] as const

/** Who an object is about, and the names of its members that say so. None of these is an attribute. */
export type Person = { identifier: Identifier; names: readonly string[] }

/** Reads who an object of Braze's own body is about. Only an attributes object may have push tokens instead. */
export const personIn = (array: TrackArray, object: JsonObject): Person | RowError =>
  identifiedIn(object) ?? (array === 'attributes' ? deviceIn(object) : rowError('IDENTIFIER_MISSING'))

/** @returns undefined if the object has no identifier. */
function identifiedIn(object: JsonObject): Person | RowError | undefined {
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
export function nonIdentifier(identifier: Identifier, allowed: ReadonlySet<string>): RowError | undefined {
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
export function idIn(value: Json): string | undefined {
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

/** Returns the members of an object that say something else than who it is about. */
export function restOf(object: JsonObject, without: readonly string[]): JsonObject | RowError {
  const rest: JsonObject = {}
  for (const name of Object.keys(object)) {
    if (isRepeat(name)) return rowError('COLUMN_TWICE', name)
    if (without.includes(name)) continue
    const error = setValue(rest, name, object[name] ?? null)
    if (error) return error
  }
  return rest
}
