import { isBrazeDate, readBrazeTime } from './braze-rules/times.ts'
import { countryCodeOf, isCountryCode } from './countries.ts'
import { normalizeHeader } from './flags.ts'
import { tidy } from './invisible.ts'
import { type Json, parseJson } from './json.ts'

/**
 * How the values of a standard field are written (Braze, "Standard attributes" and "User attributes object").
 * Only a value with one meaning is converted. A value that could mean two things stays as it is and breaks its
 * field's rule.
 */
export type Format = {
  /** Converts a value that has only one meaning to the documented form. Returns any other value unchanged. */
  read: (value: Json) => Json
  /** Returns the rule that a value breaks, as a clause about `it`; undefined if Braze may accept the value. */
  rule: (value: unknown) => string | undefined
}

/** Braze's limit for a string, in characters ("User attributes object"). */
const MAX_CHARACTERS = 255
export const text = (most = MAX_CHARACTERS): Format => ({
  read: (value) => (typeof value === 'number' ? String(value) : value),
  rule: (value) => {
    if (typeof value === 'number') return undefined
    if (typeof value !== 'string') return 'it must be a text'
    return value.length > most && [...value].length > most ? `it has at most ${most} characters` : undefined
  },
})

/**
 * One of a few values. Words are compared without case, spaces, `-` and `_`.
 * @param meanings the value that each word means.
 */
const words = (meanings: Readonly<Record<string, Json>>, rule: Format['rule']): Format => {
  const byWord = new Map(Object.entries(meanings))
  return {
    read: (value) =>
      typeof value === 'string' || typeof value === 'number'
        ? (byWord.get(normalizeHeader(String(value))) ?? value)
        : value,
    rule,
  }
}

/**
 * Braze says "opted out" for `unsubscribed`. `true` could be `opted_in` or `subscribed`, and `false` could be
 * `unsubscribed` or merely "has not opted in", which is `subscribed`. Braze rejects the whole object for such a word.
 */
export const subscription = words(
  {
    optedin: 'opted_in',
    optin: 'opted_in',
    subscribed: 'subscribed',
    unsubscribed: 'unsubscribed',
    optedout: 'unsubscribed',
    optout: 'unsubscribed',
  },
  (value) =>
    value === 'opted_in' || value === 'subscribed' || value === 'unsubscribed'
      ? undefined
      : 'it must be opted_in, subscribed or unsubscribed',
)

export const gender = words(
  {
    m: 'M',
    male: 'M',
    f: 'F',
    female: 'F',
    o: 'O',
    other: 'O',
    n: 'N',
    notapplicable: 'N',
    p: 'P',
    prefernottosay: 'P',
  },
  (value) =>
    typeof value === 'string' && /^[mfonp]$/i.test(value) ? undefined : 'it must be M, F, O, N, P or null',
)

export const boolean = words(
  { true: true, '1': true, yes: true, false: false, '0': false, no: false },
  (value) => (typeof value === 'boolean' ? undefined : 'it must be true or false'),
)

const trimmed = (value: Json) => (typeof value === 'string' ? tidy(value) : value)

/**
 * This check accepts every valid address (RFC 5321). It requires something on both sides of the last `@`, and no
 * character that only a quoted local part may have.
 */
const EMAIL = /^(?:"[^\r\n]+"|[^\s@"(),:;<>[\\\]]+)@[^\s@"(),;<>\\]+$/

export const email: Format = {
  read: trimmed,
  rule: (value) => {
    if (typeof value !== 'string' || !EMAIL.test(value)) return 'it must be an e-mail address'
    return text().rule(value)
  },
}

/** A day that every month has, in the form that Braze documents. Most senders use it. */
const USUAL_DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

/** @returns the day of a date in ISO 8601, as it is written there. */
function dayOf(value: unknown): string | undefined {
  if (typeof value === 'string' && USUAL_DAY.test(value)) return value
  const date = typeof value === 'string' ? tidy(value) : ''
  return readBrazeTime(date) === undefined ? undefined : date.slice(0, 'YYYY-MM-DD'.length)
}

/** A birthday is the day that was written, whatever the time zone beside it. */
export const day: Format = {
  read: (value) => dayOf(value) ?? value,
  rule: (value) =>
    typeof value === 'string' && dayOf(value) === value
      ? undefined
      : 'it must be a date in the form YYYY-MM-DD, such as 1980-12-21',
}

export const instant: Format = {
  read: trimmed,
  rule: (value) =>
    typeof value === 'string' && isBrazeDate(value)
      ? undefined
      : 'it must be a date in ISO 8601, such as 2026-01-05T10:00:00Z',
}

/** Braze sets a country that it cannot map to NULL, which would erase the country that it had. */
export const country: Format = {
  read: (value) => (typeof value === 'string' ? (countryCodeOf(value) ?? value) : value),
  rule: (value) =>
    typeof value === 'string' && (isCountryCode(value) || countryCodeOf(value) !== undefined)
      ? undefined
      : 'it must be a two-letter country code of ISO 3166-1, such as US',
}

/** A code of two letters, or of three where a language has no other, as the first part of a locale or alone. */
const LOCALE = /^([a-z]{2,3})(?:[-_][a-z\d]{2,8})*$/i

export const language: Format = {
  read: (value) => {
    const [, code] = typeof value === 'string' ? (LOCALE.exec(tidy(value)) ?? []) : []
    return code === undefined ? value : code.toLowerCase()
  },
  rule: (value) =>
    typeof value === 'string' && LOCALE.test(value)
      ? undefined
      : 'it must be a language code of ISO 639-1, such as en',
}

/** Braze also documents `Eastern Time (US & Canada)`. Its four siblings have the same form. */
const ZONE_IN_WORDS = /^(?:Atlantic|Eastern|Central|Mountain|Pacific) Time \((?:US & )?Canada\)$/

/** Looking up a zone takes a tenth of a millisecond, and a request names few of them. */
const MAX_CACHED_ZONES = 1_000
const zones = new Map<string, string | undefined>()

/** @returns the name of the zone as the IANA database spells it; undefined if there is no such zone. */
function zoneNamed(name: string): string | undefined {
  if (zones.has(name)) return zones.get(name)
  const zone = /^[a-z]/i.test(name) ? lookUpZone(name) : undefined
  if (zones.size < MAX_CACHED_ZONES) zones.set(name, zone)
  return zone
}

/** The JavaScript engine may know a zone under another name (`Asia/Calcutta`). The sender's name is kept. */
function lookUpZone(name: string): string | undefined {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions()
    return timeZone.toLowerCase() === name.toLowerCase() ? timeZone : name
  } catch {
    return undefined
  }
}

export const timeZone: Format = {
  read: (value) => (typeof value === 'string' ? (zoneNamed(tidy(value)) ?? value) : value),
  rule: (value) =>
    typeof value === 'string' && (ZONE_IN_WORDS.test(value) || zoneNamed(value) !== undefined)
      ? undefined
      : 'it must be a time zone of the IANA database, such as America/New_York',
}

type Fields = { readonly [name: string]: unknown }
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string' && value !== ''
const isWithin = (value: unknown, most: number) => typeof value === 'number' && Math.abs(value) <= most

/** More than any sender writes into a cell. It bounds what parsing a cell can cost. */
const MAX_JSON_CHARACTERS = 20_000

/**
 * A value that CSV can only contain as JSON text. A text is read only if it holds nothing but the documented keys
 * with plain values, so that a small body can never become many objects.
 */
const json = (keys: readonly string[], rule: Format['rule']): Format => ({
  read: (value) => {
    if (typeof value !== 'string' || value.length > MAX_JSON_CHARACTERS) return value
    const parsed = parseJson(value)
    return rule(parsed) === undefined && isPlain(keys, parsed) ? parsed : value
  },
  rule,
})

const isPlain = (keys: readonly string[], value: unknown): value is Json =>
  Array.isArray(value)
    ? value.every((element) => isPlain(keys, element))
    : isFields(value) &&
      Object.entries(value).every(([key, inner]) => keys.includes(key) && !holdsObject(inner))

const holdsObject = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((element) => typeof element === 'object') : isFields(value)

const listOf = (isElement: (element: Fields) => boolean, rule: string) => (value: unknown) =>
  Array.isArray(value) && value.every((element) => isFields(element) && isElement(element)) ? undefined : rule

export const location = json(['longitude', 'latitude'], (value) =>
  isFields(value) && isWithin(value.longitude, 180) && isWithin(value.latitude, 90)
    ? undefined
    : 'it must be an object with the numbers longitude (-180 to 180) and latitude (-90 to 90)',
)

export const subscriptionGroups = json(
  ['subscription_group_id', 'subscription_state', 'use_double_opt_in_logic'],
  listOf(
    ({ subscription_group_id: id, subscription_state: state }) =>
      isText(id) && (state === 'subscribed' || state === 'unsubscribed'),
    'it must be a list of objects with a subscription_group_id and a subscription_state, which is subscribed or unsubscribed',
  ),
)

export const pushTokens = json(
  ['app_id', 'token', 'device_id'],
  listOf(
    ({ app_id, token }) => isText(app_id) && isText(token),
    'it must be a list of objects with an app_id and a token',
  ),
)

export const social = (keys: readonly string[]) =>
  json(keys, (value) => (isFields(value) ? undefined : 'it must be an object'))
