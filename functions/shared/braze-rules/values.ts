import { type Breach, breach, firstBreach, isLonger, LIMITS, nameBreach, RULES } from './rules.ts'
import { isNestedTime } from './times.ts'

type JsonRecord = Record<string, unknown>

/** The objects of an array to which `$remove` or `$update` applies: those whose `key` has this value. */
export type ObjectMatch = { key: string; value: unknown }

/** A value that is computed from the value before, instead of replacing it. */
export type Operation =
  /** `{"inc": 5}` ("User attributes object", "Integers"). */
  | { kind: 'inc'; by: unknown }
  /** `{"add": […], "remove": […]}`, on an array without objects ("User attributes object", "Arrays"). */
  | { kind: 'elements'; add: readonly unknown[]; remove: readonly unknown[] }
  /** `{"$add": […], "$remove": […], "$update": […]}`, on an array of objects ("Array of objects"). */
  | {
      kind: 'objects'
      add: readonly JsonRecord[]
      remove: readonly ObjectMatch[]
      update: readonly (ObjectMatch & { object: JsonRecord })[]
    }

/** @returns the operation that a value describes; undefined for a plain value or an incomplete operation. */
export function operationOf(value: unknown): Operation | undefined {
  if (!isRecord(value)) return undefined
  const keys = Object.keys(value)
  if (keys.length === 1 && keys[0] === 'inc') return { kind: 'inc', by: value.inc }
  if (hasOnly(keys, ELEMENT_OPERATORS)) return elementOperation(value)
  return hasOnly(keys, OBJECT_OPERATORS) ? objectOperation(value) : undefined
}

const ELEMENT_OPERATORS = ['add', 'remove']
const OBJECT_OPERATORS = ['$add', '$remove', '$update']

const hasOnly = (keys: readonly string[], allowed: readonly string[]) =>
  keys.length > 0 && keys.every((key) => allowed.includes(key))

function elementOperation({ add = [], remove = [] }: JsonRecord): Operation | undefined {
  return Array.isArray(add) && Array.isArray(remove) ? { kind: 'elements', add, remove } : undefined
}

function objectOperation({ $add = [], $remove = [], $update = [] }: JsonRecord): Operation | undefined {
  const add = eachOf($add, (item) => (isRecord(item) ? item : undefined))
  const remove = eachOf($remove, matchIn)
  const update = eachOf($update, (item) => {
    const match = matchIn(item)
    const object = isRecord(item) ? item.$new_object : undefined
    return match && isRecord(object) ? { ...match, object } : undefined
  })
  return add && remove && update && { kind: 'objects', add, remove, update }
}

/** @returns every item as it was read, or undefined if this is not an array or an item cannot be read. */
function eachOf<Item>(list: unknown, read: (item: unknown) => Item | undefined): Item[] | undefined {
  if (!Array.isArray(list)) return undefined
  const items = list.map(read).filter((item) => item !== undefined)
  return items.length === list.length ? items : undefined
}

function matchIn(item: unknown): ObjectMatch | undefined {
  if (!isRecord(item)) return undefined
  const { $identifier_key: key, $identifier_value: value } = item
  return typeof key === 'string' && value !== undefined ? { key, value } : undefined
}

/**
 * Checks a custom attribute. Standard fields have formats of their own (`standard-fields.ts`).
 * @param name without outer spaces, which Braze strips.
 */
export function attributeBreach(name: string, value: unknown): Breach | undefined {
  return nameBreach(name) ?? valueBreach(value)
}

const stringBreach = (value: unknown) =>
  typeof value === 'string' && isLonger(value, LIMITS.stringCharacters)
    ? breach(RULES.stringTooLong)
    : undefined

function valueBreach(value: unknown): Breach | undefined {
  if (typeof value !== 'object' || value === null) return stringBreach(value)
  const operation = operationOf(value)
  switch (operation?.kind) {
    case 'inc':
      return Number.isInteger(operation.by) ? undefined : breach(RULES.incrementNotWhole)
    case 'elements':
      return arrayBreach(operation.add) ?? arrayBreach(operation.remove)
    case 'objects':
      return sizeBreach(value) ?? operandBreach(operation)
    default:
      return Array.isArray(value) ? arrayBreach(value) : (sizeBreach(value) ?? nestedBreach(value, ''))
  }
}

/** Braze limits the number of elements only where none of them is an object ("Array of objects"). */
function arrayBreach(elements: readonly unknown[]): Breach | undefined {
  if (elements.some((element) => typeof element === 'object' && element !== null))
    return sizeBreach(elements) ?? nestedBreach(elements, '')
  if (elements.length > LIMITS.arrayElements) return breach(RULES.arrayTooLong)
  return sizeBreach(elements) ?? firstBreach(elements, stringBreach)
}

const sizeBreach = (value: object) => (isTooLarge(value) ? breach(RULES.valueTooLarge) : undefined)

/** Whether an object or an array has more bytes than Braze stores for one attribute. */
export const isTooLarge = (value: object) => Buffer.byteLength(JSON.stringify(value)) > LIMITS.attributeBytes

type ObjectOperation = Extract<Operation, { kind: 'objects' }>

function operandBreach({ add, remove, update }: ObjectOperation): Breach | undefined {
  return (
    nestedBreach(add, '$add') ??
    firstBreach(remove.entries(), ([index, match]) => matchBreach(match, `$remove[${index}]`)) ??
    firstBreach(
      update.entries(),
      ([index, { object, ...match }]) =>
        matchBreach(match, `$update[${index}]`) ?? nestedBreach(object, `$update[${index}].$new_object`),
    )
  )
}

const matchBreach = ({ value }: ObjectMatch, path: string) => nestedBreach(value, `${path}.$identifier_value`)

function nestedBreach(value: unknown, path: string): Breach | undefined {
  if (value === null) return breach(RULES.nestedNull, path)
  if (typeof value === 'string')
    return isLonger(value, LIMITS.stringCharacters) ? breach(RULES.nestedStringTooLong, path) : undefined
  if (Array.isArray(value))
    return firstBreach(value.entries(), ([index, element]) => nestedBreach(element, `${path}[${index}]`))
  if (!isRecord(value)) return undefined
  return firstBreach(Object.entries(value), ([key, inner]) => {
    const innerPath = path === '' ? key : `${path}.${key}`
    if (key === '$time') return isNestedTime(inner) ? undefined : breach(RULES.nestedTimeInvalid, innerPath)
    return keyBreach(key, innerPath) ?? nestedBreach(inner, innerPath)
  })
}

function keyBreach(key: string, path: string): Breach | undefined {
  if (key.includes(' ')) return breach(RULES.nestedKeyWithSpace, path)
  if (/[.$]/.test(key)) return breach(RULES.nestedKeyWithSign, path)
  return isLonger(key, LIMITS.nameCharacters) ? breach(RULES.nestedKeyTooLong, path) : undefined
}

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
