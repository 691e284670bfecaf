import { isCustom } from '../../../functions/receiver/read/rules.ts'

/**
 * Braze's own fields, of those that a profile's export shows (Braze, "Export user profile by identifier", fields to
 * export): how each is compared. A missing one is null, false or empty, by the same page.
 */

/** In what form Braze keeps the field; undefined where that can't be told from what was sent. */
type Form = (value: string) => string | undefined

const asSent: Form = (value) => value
const withoutCase: Form = (value) => value.trim().toLowerCase()
const digits: Form = (value) => value.replace(/\D/g, '').replace(/^00/, '')
const day: Form = (value) => value.slice(0, 'YYYY-MM-DD'.length)

/** Braze makes codes of the names of countries and languages. */
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

/** An alias is no custom attribute either, and no export shows it under these names. */
const ALIAS = new Set(['alias_label', 'alias_name'])

export const isStandard = (name: string) => !isCustom(name) || ALIAS.has(name)

/** Whether a profile's export can show that the value is held. */
export const isComparable = (name: string, value: unknown): boolean =>
  Object.hasOwn(COMPARED, name) &&
  (value === null || (typeof value === 'string' && COMPARED[name]?.(value) !== undefined))

/** Whether two values of a field of Braze's own are the same to Braze. */
export function isSameStandard(name: string, sent: unknown, held: unknown): boolean {
  const form = Object.hasOwn(COMPARED, name) ? COMPARED[name] : undefined
  const [wanted, found] = [sent ?? '', held ?? '']
  if (!form || typeof wanted !== 'string' || typeof found !== 'string') return false
  return form(wanted) === form(found) || (wanted === '' && found === '')
}
