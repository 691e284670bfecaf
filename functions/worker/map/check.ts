import type { ParkReason } from '../../shared/dead-letter.ts'
import { DEFAULT_FLAG_NAME, isFlagBy, isFlagValue } from '../../shared/flags.ts'
import type { EventRecord, Identifier, PurchaseRecord } from '../../shared/record.ts'
import { STANDARD_FIELDS, standardFieldRule } from '../../shared/standard-fields.ts'
import {
  attributeRefused,
  EXTERNAL_ID_TOO_LONG,
  eventRefused,
  flagNotBoolean,
  purchaseRefused,
} from '../park-reasons.ts'

/**
 * The limits beyond which Braze rejects or silently drops an object. They are checked before the call.
 * Sources: Braze's "User attributes object", "Event object" and "Nested custom attributes" pages.
 */
const MAX_EXTERNAL_ID_BYTES = 987
const MAX_NAME_CHARACTERS = 255
const MAX_STRING_CHARACTERS = 255
const MAX_ARRAY_ELEMENTS = 500
const MAX_OBJECT_BYTES = 100 * 1024
const MAX_PROPERTIES_BYTES = 102_400
const MAX_PURCHASE_PROPERTIES_BYTES = 50 * 1024

/** Each of these fields identifies a person. Braze rejects an object with a second one. */
const IDENTIFYING_FIELDS = ['external_id', 'braze_id', 'user_alias']

/**
 * Only flags with the default name are checked here. The receiver checks flags that a connection names
 * itself.
 */
const isAudienceFlag = isFlagBy(DEFAULT_FLAG_NAME)

export function checkIdentifier(identifier: Identifier): ParkReason | undefined {
  const tooLong =
    'external_id' in identifier && Buffer.byteLength(identifier.external_id) > MAX_EXTERNAL_ID_BYTES
  return tooLong ? EXTERNAL_ID_TOO_LONG : undefined
}

export function checkAttribute(name: string, value: unknown): ParkReason | undefined {
  if (!isFlagValue(value) && isAudienceFlag(name)) return flagNotBoolean(name)
  const rule = attributeRule(name, value)
  return rule === undefined ? undefined : attributeRefused(name, rule)
}

/**
 * @returns the rule that the attribute breaks, in words for a person to read; undefined if it breaks none.
 */
function attributeRule(name: string, value: unknown): string | undefined {
  if (IDENTIFYING_FIELDS.includes(name)) return 'the name is an identifier, and an object may have one only'
  if (STANDARD_FIELDS.has(name)) return standardFieldRule(name, value)
  const rule = nameRule(name) ?? stringRule(value)
  if (rule) return rule
  if (Array.isArray(value) && value.length > MAX_ARRAY_ELEMENTS)
    return `an array holds at most ${MAX_ARRAY_ELEMENTS} elements`
  return typeof value === 'object' && value !== null ? nestedRule(value) : undefined
}

function nameRule(name: string): string | undefined {
  if (name === '') return 'the name is empty'
  if (name.startsWith('$')) return 'a name may not begin with $'
  if (isLonger(name, MAX_NAME_CHARACTERS)) return `a name has at most ${MAX_NAME_CHARACTERS} characters`
  return undefined
}

const stringRule = (value: unknown) =>
  typeof value === 'string' && isLonger(value, MAX_STRING_CHARACTERS)
    ? `a string has at most ${MAX_STRING_CHARACTERS} characters`
    : undefined

/** Counts characters as a person does: an emoji is one, though it takes two code units. */
const isLonger = (text: string, characters: number) =>
  text.length > characters && [...text].length > characters

function nestedRule(value: object): string | undefined {
  if (Buffer.byteLength(JSON.stringify(value)) > MAX_OBJECT_BYTES)
    return `an object has at most ${MAX_OBJECT_BYTES} bytes`
  return nestedKeyRule(value) ? 'the keys of an object may not hold . or $' : undefined
}

/** Braze's own keys inside a value: the operations on an array of objects, and a nested date. */
const OPERATOR_KEY = /^\$(add|remove|update|identifier_key|identifier_value|new_object|time)$/

function nestedKeyRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(
    ([key, inner]) => (/[.$]/.test(key) && !OPERATOR_KEY.test(key)) || nestedKeyRule(inner),
  )
}

/** @param time ISO 8601. */
export function checkEvent(name: string, time: string, properties: unknown): ParkReason | undefined {
  if (isLonger(name, MAX_NAME_CHARACTERS))
    return eventRefused(`its name has more than ${MAX_NAME_CHARACTERS} characters`)
  const rule = timeRule(time) ?? propertiesRule(properties)
  return rule === undefined ? undefined : eventRefused(rule)
}

/** @param time ISO 8601. */
export function checkPurchase(productId: string, time: string, properties: unknown): ParkReason | undefined {
  if (isLonger(productId, MAX_NAME_CHARACTERS))
    return purchaseRefused(`its product_id has more than ${MAX_NAME_CHARACTERS} characters`)
  const rule = timeRule(time) ?? propertiesRule(properties)
  return rule === undefined ? undefined : purchaseRefused(rule)
}

const timeRule = (time: string) => (Number.isNaN(Date.parse(time)) ? 'its time is not ISO 8601' : undefined)

function propertiesRule(properties: unknown): string | undefined {
  if (typeof properties !== 'object' || properties === null) return undefined
  for (const property of Object.keys(properties)) {
    const rule = nameRule(property)
    if (rule) return `of a property's name, ${rule}`
  }
  return undefined
}

const MAX_BYTES = { event: MAX_PROPERTIES_BYTES, purchase: MAX_PURCHASE_PROPERTIES_BYTES }
const TOO_LARGE = { event: eventRefused, purchase: purchaseRefused }

/** @param json ASCII JSON of the whole object. If it is small enough, its properties are too. */
export function checkSize(
  { type, properties }: Pick<EventRecord | PurchaseRecord, 'type' | 'properties'>,
  json: string,
): ParkReason | undefined {
  const most = MAX_BYTES[type]
  if (json.length <= most || Buffer.byteLength(JSON.stringify(properties ?? {})) <= most) return undefined
  return TOO_LARGE[type](`its properties are larger than ${most} bytes`)
}
