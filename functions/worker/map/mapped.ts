import type { ParkReason } from '../../shared/dead-letter.ts'
import { DIRECTIVES, IDENTIFYING_FIELDS } from '../../shared/directives.ts'
import { setKey } from '../../shared/json.ts'
import type { TrackArray } from '../../shared/record.ts'

/** Its keys are set with `setKey`, so that an attribute named `__proto__` is ordinary data. */
export type BrazeObject = { [field: string]: unknown }

/** A record in the form that Braze accepts. */
export type Mapped = {
  array: TrackArray
  /** Equal only for the same person. */
  user: string
  /** Whether the record may be merged with its neighbours and sent twice. */
  safe: boolean
  object: BrazeObject
  /** ASCII JSON of the object, if it is known already. */
  json?: string
  /** The attributes of the record that are not in the object, because Braze does not accept them. */
  withheld?: Withheld
}

/**
 * Attributes that are dead-lettered alone, and why. One bad attribute must not cost a person the other values
 * of the record, least of all a membership.
 */
export type Withheld = ParkReason & { fields: readonly string[] }

/** Fields that say whom an object is for or how Braze handles it. They are nothing to deliver by themselves. */
const NOT_VALUES = new Set([...IDENTIFYING_FIELDS, ...DIRECTIVES])

/** Whether a field of an object is something to deliver. */
export const isValue = (field: string) => !NOT_VALUES.has(field)

/** Whether there is anything to deliver in an object. */
export const hasValues = (object: BrazeObject) => Object.keys(object).some(isValue)

/**
 * Takes attributes out of an object.
 * @returns undefined if nothing is left to deliver.
 */
export function withhold(mapped: Mapped, withheld: Withheld): Mapped | undefined {
  const object: BrazeObject = {}
  for (const field of Object.keys(mapped.object))
    if (!withheld.fields.includes(field)) setKey(object, field, mapped.object[field])
  if (!hasValues(object)) return undefined
  const { json: _outdated, withheld: before, ...rest } = mapped
  return { ...rest, object, withheld: before ? joined(before, withheld) : withheld }
}

/** Braze's words have no full stop. */
export const asSentence = (words: string) => (/[.!?]$/.test(words) ? words : `${words}.`)

/** Puts several reasons about one record into one dead letter, under the code of the first. */
export const joined = (first: Withheld, second: Withheld): Withheld => ({
  ...first,
  reason: `${asSentence(first.reason)} ${second.reason}`,
  fields: [...first.fields, ...second.fields],
})
