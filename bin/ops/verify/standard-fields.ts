import { isCustom } from '../../../functions/receiver/read/rules.ts'

/**
 * Braze's own fields that a profile's export shows, and how each is compared (Braze, "Export user profile by
 * identifier", fields to export). According to the same page, a missing field is null, false or empty.
 */

/**
 * Converts a value to the form in which Braze stores the field; undefined if that form cannot be derived from
 * what was sent.
 */
type Form = (value: string) => string | undefined

const asSent: Form = (value) => value
const withoutCase: Form = (value) => value.trim().toLowerCase()
const digits: Form = (value) => value.replace(/\D/g, '').replace(/^00/, '')
const day: Form = (value) => value.slice(0, 'YYYY-MM-DD'.length)

/** Braze converts the names of countries and languages to codes, so only codes can be compared. */
const code: Form = (value) => (/^[a-z]{2}$/i.test(value.trim()) ? value.trim().toLowerCase() : undefined)
const firstLetter: Form = (value) => value.trim().charAt(0).toLowerCase()

const COMPARED: Readonly<Record<string, Form>> = {
  first_name: asSent,
  last_name: asSent,
  home_city: asSent,
  email: withoutCase,
  time_zone: asSent,
  phone: digits,
  dob: day,
  country: code,
  language: code,
  gender: firstLetter,
  email_subscribe: withoutCase,
  push_subscribe: withoutCase,
}

/** An alias is not a custom attribute either, and no export shows it under these names. */
const ALIAS = new Set(['alias_label', 'alias_name'])

export const isStandard = (name: string) => !isCustom(name) || ALIAS.has(name)

/** @returns whether a profile's export can show that Braze holds the value. */
export const isComparable = (name: string, value: unknown): boolean =>
  Object.hasOwn(COMPARED, name) &&
  (value === null || (typeof value === 'string' && COMPARED[name]?.(value) !== undefined))

/** @returns whether Braze treats two values of one of its own fields as the same. */
export function isSameStandard(name: string, sent: unknown, held: unknown): boolean {
  const form = Object.hasOwn(COMPARED, name) ? COMPARED[name] : undefined
  const [wanted, found] = [sent ?? '', held ?? '']
  if (!form || typeof wanted !== 'string' || typeof found !== 'string') return false
  return form(wanted) === form(found) || (wanted === '' && found === '')
}
