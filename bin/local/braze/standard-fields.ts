import { isLonger, LIMITS, RULES } from '../../../functions/shared/braze-rules/rules.ts'
import { countryCodeOf } from '../../../functions/shared/countries.ts'
import { standardFieldRule } from '../../../functions/shared/standard-fields.ts'
import { isRecord } from './outcome.ts'

/**
 * What Braze does with a wrong value of one of its own fields. Which values are wrong, the simulator and the
 * bridge must decide alike, so both ask `standardFieldRule`. A wrong value is stored as it is where no outcome
 * is documented or recorded.
 */

/**
 * The errors with which Braze rejects the whole object. The sentences are recorded or measured. The codes are
 * those of "User track", "Endpoint-specific errors"; how Braze words them in an answer is not known.
 */
const ERRORS = new Map<string, (value: unknown) => string>([
  ['email', () => "The value provided for the 'email' field is not a valid email."],
  ['email_subscribe', () => "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"],
  ['push_subscribe', () => "'push_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"],
  ['current_location', () => 'BAD_LOCATION_UPDATE'],
  ['subscription_groups', subscriptionGroupsError],
  ['push_tokens', pushTokensError],
])

/** @returns the error with which Braze rejects the object that has this field, if it does. */
export function standardFieldError(name: string, value: unknown): string | undefined {
  if (standardFieldRule(name, value) === undefined) return undefined
  const error = ERRORS.get(name)?.(value)
  if (error !== undefined) return error
  const isTooLong = typeof value === 'string' && isLonger(value, LIMITS.stringCharacters)
  return isTooLong ? RULES.stringTooLong.words : undefined
}

function subscriptionGroupsError(groups: unknown): string {
  if (!Array.isArray(groups)) return 'BAD_SUBSCRIPTION_GROUP_ARRAY'
  const isGroup = (group: unknown) =>
    isRecord(group) && 'subscription_group_id' in group && 'subscription_state' in group
  if (!groups.every(isGroup)) return 'BAD_SUBSCRIPTION_GROUP_HASH'
  const hasId = ({ subscription_group_id: id }: Record<string, unknown>) =>
    typeof id === 'string' && id !== ''
  return groups.every(hasId) ? 'BAD_SUBSCRIPTION_GROUP_STATE' : 'BAD_SUBSCRIPTION_GROUP_ID'
}

function pushTokensError(tokens: unknown): string {
  if (!Array.isArray(tokens) || !tokens.every(isRecord)) return 'BAD_PUSH_TOKEN_VALUE'
  return tokens.every(({ token }) => typeof token === 'string')
    ? 'BAD_PUSH_TOKEN_APP_ID'
    : 'BAD_PUSH_TOKEN_STRING'
}

type Stored = { value: unknown; lost?: undefined } | { value?: null; lost: string }

/**
 * Returns the value that Braze stores, and why it differs from the sent one. Without a value, the field stays
 * as it was.
 */
export function storedField(name: string, value: unknown): Stored {
  if (value === null) return { value }
  // Braze maps a country as well as it can and sets what it cannot map to null ("User attributes object").
  if (name === 'country') {
    const code = typeof value === 'string' ? countryCodeOf(value) : undefined
    return code === undefined ? { value: null, lost: 'the country is unknown' } : { value: code }
  }
  // "Only valid time zone values are set" ("User attributes object").
  if (name === 'time_zone' && standardFieldRule(name, value) !== undefined)
    return { lost: 'the time zone is unknown' }
  return { value }
}
