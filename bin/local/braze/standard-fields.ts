import { isRecord } from './outcome.ts'

/**
 * What Braze does with wrong values of its own fields. A field for which no outcome is documented or recorded
 * is stored as it is. `null` removes any field.
 */

/**
 * The errors with which Braze rejects the whole object. The sentences are recorded; the codes are those of
 * "User track", "Endpoint-specific errors", whose wording is not known.
 */
const ERRORS = {
  email: "The value provided for the 'email' field is not a valid email.",
  location: 'BAD_LOCATION_UPDATE',
  groupArray: 'BAD_SUBSCRIPTION_GROUP_ARRAY',
  groupObject: 'BAD_SUBSCRIPTION_GROUP_HASH',
  groupId: 'BAD_SUBSCRIPTION_GROUP_ID',
  groupState: 'BAD_SUBSCRIPTION_GROUP_STATE',
  tokens: 'BAD_PUSH_TOKEN_VALUE',
  token: 'BAD_PUSH_TOKEN_STRING',
}

/** "User attributes object", `email_subscribe` and `push_subscribe`. */
const SUBSCRIPTION_STATES: readonly unknown[] = ['subscribed', 'unsubscribed', 'opted_in']

/** Two parts with an `@` between, and a dot in the second. Braze does not document its own check. */
const EMAIL = /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i

/** @returns the error with which Braze rejects the object that has this field, if it does. */
export function standardFieldError(name: string, value: unknown): string | undefined {
  if (value === null) return undefined
  switch (name) {
    case 'email':
      return typeof value === 'string' && EMAIL.test(value) ? undefined : ERRORS.email
    case 'email_subscribe':
    case 'push_subscribe':
      return SUBSCRIPTION_STATES.includes(value)
        ? undefined
        : `'${name}' must be 'subscribed', 'unsubscribed', or 'opted_in'`
    case 'current_location':
      return isLocation(value) ? undefined : ERRORS.location
    case 'subscription_groups':
      return Array.isArray(value) ? first(value, groupError) : ERRORS.groupArray
    case 'push_tokens':
      return Array.isArray(value) ? first(value, tokenError) : ERRORS.tokens
  }
  return undefined
}

const isLocation = (value: unknown) =>
  isRecord(value) && typeof value.longitude === 'number' && typeof value.latitude === 'number'

function groupError(group: unknown): string | undefined {
  if (!isRecord(group) || !('subscription_group_id' in group) || !('subscription_state' in group))
    return ERRORS.groupObject
  const { subscription_group_id: id, subscription_state: state } = group
  if (typeof id !== 'string' || !UUID.test(id)) return ERRORS.groupId
  return state === 'subscribed' || state === 'unsubscribed' ? undefined : ERRORS.groupState
}

function tokenError(token: unknown): string | undefined {
  if (!isRecord(token)) return ERRORS.tokens
  return typeof token.token === 'string' ? undefined : ERRORS.token
}

function first(items: readonly unknown[], errorIn: (item: unknown) => string | undefined) {
  for (const item of items) {
    const error = errorIn(item)
    if (error !== undefined) return error
  }
  return undefined
}

type Stored = { value: unknown; lost?: undefined } | { value?: null; lost: string }

/**
 * Returns the value that Braze stores, and why it differs from the sent one. Without a value, the field stays
 * as it was.
 */
export function storedField(name: string, value: unknown): Stored {
  if (value === null) return { value }
  switch (name) {
    // "Our API makes a best effort to map countries", otherwise the country is set to null ("User attributes object").
    case 'country': {
      const code = typeof value === 'string' ? countryCode(value) : undefined
      return code === undefined ? { value: null, lost: 'the country is unknown' } : { value: code }
    }
    // "Only valid time zone values are set" ("User attributes object").
    case 'time_zone':
      return isTimeZone(value) ? { value } : { lost: 'the time zone is unknown' }
    default:
      return { value }
  }
}

/** The code of ISO 3166-1 alpha-2 for a code in any case, or for an English name. */
function countryCode(text: string): string | undefined {
  countries ??= countryCodes()
  return countries.get(text.trim().toLowerCase())
}

let countries: Map<string, string> | undefined

function countryCodes(): Map<string, string> {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((one) => letters.map((two) => one + two))
  const known = codes.flatMap((code) => {
    const name = names.of(code)
    return name === undefined
      ? []
      : [
          [code.toLowerCase(), code],
          [name.toLowerCase(), code],
        ]
  })
  return new Map(known.map(([key = '', code = '']) => [key, code]))
}

/** Braze's example of a name that is not in the IANA database is "Eastern Time (US & Canada)". */
const NAMED_ZONE = /^[A-Z][a-z]+ Time \(US & Canada\)$/

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false
  if (NAMED_ZONE.test(value)) return true
  if (/^[+-]/.test(value)) return false // An offset is no name of a zone, though Intl takes it for one.
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== ''
  } catch {
    return false
  }
}
