import {
  boolean,
  country,
  day,
  email,
  type Format,
  gender,
  instant,
  language,
  location,
  pushTokens,
  social,
  subscription,
  subscriptionGroups,
  text,
  timeZone,
} from './field-formats.ts'
import { normalizeHeader } from './flags.ts'
import type { Json } from './json.ts'

/** Braze's limit for the URL of a picture, in characters ("Standard attributes"). */
const MAX_URL_CHARACTERS = 1_024

/**
 * Braze's own profile fields with the form of their values (Braze, "Standard attributes" and "User attributes
 * object"). They belong to the person and to no audience. Braze compares their names with case: it stores any
 * other spelling as a custom attribute.
 */
const FORMATS: ReadonlyMap<string, Format> = new Map(
  Object.entries({
    first_name: text(),
    last_name: text(),
    email,
    phone: text(),
    country,
    language,
    dob: day,
    gender,
    home_city: text(),
    time_zone: timeZone,
    current_location: location,
    image_url: text(MAX_URL_CHARACTERS),
    date_of_first_session: instant,
    date_of_last_session: instant,
    email_subscribe: subscription,
    push_subscribe: subscription,
    push_tokens: pushTokens,
    subscription_groups: subscriptionGroups,
    email_open_tracking_disabled: boolean,
    email_click_tracking_disabled: boolean,
    marked_email_as_spam_at: instant,
    facebook: social(['id', 'likes', 'num_friends']),
    twitter: social(['id', 'screen_name', 'followers_count', 'friends_count', 'statuses_count']),
  } satisfies Record<string, Format>),
)

/** The names of Braze's standard profile fields, exactly as Braze spells them. */
export const STANDARD_FIELDS: ReadonlySet<string> = new Set(FORMATS.keys())

const NAMES_BY_HEADER = new Map([...STANDARD_FIELDS].map((name) => [normalizeHeader(name), name]))

/** @returns the standard field that a header names if case, spaces, `-` and `_` are ignored. */
export const standardFieldNamed = (header: string): string | undefined =>
  NAMES_BY_HEADER.get(normalizeHeader(header))

/**
 * Converts a value of a standard field to the form that Braze documents, if it has only one meaning. Any other
 * value, and `null`, which removes the field, is returned unchanged. A number that was kept as it was written
 * becomes a text.
 * @param name the field's exact name.
 */
export function readStandardField(name: string, value: Json): Json {
  const format = FORMATS.get(name)
  if (format === undefined || value === null) return value
  return format.read(JSON.isRawJSON(value) ? value.rawJSON : value)
}

/**
 * Returns the rule that a value of a standard field breaks, as a clause that says what it must be.
 * @param name the field's exact name.
 * @returns undefined if Braze accepts the value, if that is unknown and does no harm, or if the name is
 * not that of a standard field. `null` is always accepted, because it removes the field.
 */
export function standardFieldRule(name: string, value: unknown): string | undefined {
  return value === null || value === undefined ? undefined : FORMATS.get(name)?.rule(value)
}
