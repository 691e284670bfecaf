import { isCustom } from '../../../functions/receiver/read/rules.ts'
import { readTime } from '../../../functions/receiver/time.ts'
import type { BrazeProfile } from './look-up.ts'

/** How a profile differs from what was sent. */
export type Difference = 'missing' | 'another value' | 'another type' | 'still there'

/** @returns undefined if the profile holds what was sent. */
export function differenceIn(
  { standard, custom }: Pick<BrazeProfile, 'standard' | 'custom'>,
  name: string,
  sent: unknown,
): Difference | undefined {
  if (isStandard(name)) {
    const held = standard[name] ?? null
    if (isSameStandard(name, sent, held)) return undefined
    return kindOf(sent, held)
  }
  const held = Object.hasOwn(custom, name) ? (custom[name] ?? null) : null
  return isSame(sent, held) ? undefined : kindOf(sent, held)
}

function kindOf(sent: unknown, held: unknown): Difference {
  if (sent === null) return 'still there'
  if (held === null) return 'missing'
  return typeOf(sent) === typeOf(held) ? 'another value' : 'another type'
}

const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value)

/**
 * @returns whether Braze holds a custom attribute as it was sent, allowing for the forms in which Braze
 * returns it: the same moment in another notation, an object's fields in another order, and empty values left
 * out.
 */
export function isSame(sent: unknown, held: unknown): boolean {
  if (sent === held) return true
  if (held === null) return isEmpty(sent)
  if (typeof sent === 'string') return typeof held === 'string' && isSameMoment(sent, held)
  if (Array.isArray(sent))
    return (
      Array.isArray(held) &&
      sent.length === held.length &&
      sent.every((element, index) => isSame(element, held[index]))
    )
  if (!isPlain(sent)) return false
  const { $time: time, ...others } = sent
  // A time inside a nested attribute (Braze, "Nested custom attributes").
  if (time !== undefined && Object.keys(others).length === 0) return isSame(time, timeOf(held))
  return isPlain(held) && names(sent, held).every((name) => isSame(sent[name] ?? null, held[name] ?? null))
}

const timeOf = (held: unknown) => (isPlain(held) ? held.$time : held)

const isEmpty = (value: unknown) =>
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isPlain(value) && Object.keys(value).length === 0)

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const names = (...objects: object[]) => [...new Set(objects.flatMap((object) => Object.keys(object)))]

/** Only text that begins with a date can be a time; digits alone are ordinary text. */
const WRITTEN_TIME = /^\d{4}-\d\d-\d\d/

function isSameMoment(sent: string, held: string): boolean {
  if (!WRITTEN_TIME.test(sent) || !WRITTEN_TIME.test(held)) return false
  const [first, second] = [readTime(sent), readTime(held)]
  return first !== undefined && second !== undefined && Date.parse(first) === Date.parse(second)
}

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
function isSameStandard(name: string, sent: unknown, held: unknown): boolean {
  const form = Object.hasOwn(COMPARED, name) ? COMPARED[name] : undefined
  const [wanted, found] = [sent ?? '', held ?? '']
  if (!form || typeof wanted !== 'string' || typeof found !== 'string') return false
  return form(wanted) === form(found) || (wanted === '' && found === '')
}
