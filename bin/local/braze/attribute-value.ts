import { isRecord } from './outcome.ts'

const MAX_NAME_CHARACTERS = 255
const MAX_STRING_CHARACTERS = 255
const MAX_ARRAY_ELEMENTS = 500
const MAX_OBJECT_BYTES = 100 * 1024

export const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

/** @returns the rule that the name of an attribute, event or property breaks, if any. */
export function nameError(what: string, name: string): string | undefined {
  if (name === '') return `${what} must not be empty`
  if (name.length > MAX_NAME_CHARACTERS)
    return `${what} must be at most ${MAX_NAME_CHARACTERS} characters long`
  if (name.startsWith('$')) return `${what} must not begin with $`
  return undefined
}

/** @returns the rule that an attribute's value breaks, if any. The text names the rule, never the value. */
export function valueError(value: unknown): string | undefined {
  if (typeof value === 'string' && value.length > MAX_STRING_CHARACTERS)
    return `A string must be at most ${MAX_STRING_CHARACTERS} characters long`
  const operation = operationOf(value)
  if (operation?.kind === 'inc' && !Number.isInteger(operation.by)) return 'inc must be a whole number'
  if (operation?.kind === 'elements')
    return valueError(operation.add ?? []) ?? valueError(operation.remove ?? [])
  if (Array.isArray(value)) {
    if (value.length > MAX_ARRAY_ELEMENTS) return `An array must have at most ${MAX_ARRAY_ELEMENTS} elements`
    return value.map(valueError).find((error) => error !== undefined)
  }
  if (isRecord(value) && !operation) return objectError(value)
  return undefined
}

function objectError(value: Record<string, unknown>): string | undefined {
  if (jsonBytes(value) > MAX_OBJECT_BYTES) return `An object must be at most ${MAX_OBJECT_BYTES} bytes long`
  if (hasKeyWith(value, /[.$]/)) return 'Keys of an object must not contain . or $'
  return undefined
}

function hasKeyWith(value: unknown, pattern: RegExp): boolean {
  if (Array.isArray(value)) return value.some((element) => hasKeyWith(element, pattern))
  if (!isRecord(value)) return false
  return Object.entries(value).some(([key, inner]) => pattern.test(key) || hasKeyWith(inner, pattern))
}

export const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value)

type Operation =
  | { kind: 'inc'; by: unknown }
  | { kind: 'elements'; add: unknown[] | undefined; remove: unknown[] | undefined }

/** Recognizes `{"inc": n}`, `{"add": […]}` and `{"remove": […]}`. Any other object is a plain value. */
function operationOf(value: unknown): Operation | undefined {
  if (!isRecord(value)) return undefined
  const keys = Object.keys(value)
  if (keys.length === 1 && keys[0] === 'inc') return { kind: 'inc', by: value.inc }
  const { add, remove } = value
  const isElements = (part: unknown) => part === undefined || Array.isArray(part)
  if (keys.length === 0 || !keys.every((key) => key === 'add' || key === 'remove')) return undefined
  if (!isElements(add) || !isElements(remove)) return undefined
  return {
    kind: 'elements',
    add: Array.isArray(add) ? add : undefined,
    remove: Array.isArray(remove) ? remove : undefined,
  }
}

/**
 * Computes an attribute's new value. It is the sent value, unless that is an operation on the value before,
 * or an object to merge into it (Braze, "Nested custom attributes", `_merge_objects`).
 */
export function valueAfter(before: unknown, sent: unknown, mergeObjects = false): unknown {
  const operation = operationOf(sent)
  if (!operation) return mergeObjects && isRecord(before) && isRecord(sent) ? mergedInto(before, sent) : sent
  if (operation.kind === 'inc') return (typeof before === 'number' ? before : 0) + Number(operation.by)
  const { add = [], remove = [] } = operation
  const elements: unknown[] = Array.isArray(before) ? before : []
  const removed = new Set([...remove, ...add])
  // An element that is added again moves to the end. Beyond the limit, the oldest elements are dropped.
  return [...elements.filter((element) => !removed.has(element)), ...add].slice(-MAX_ARRAY_ELEMENTS)
}

/** A key that is sent as `null` is removed. */
function mergedInto(before: Record<string, unknown>, sent: Record<string, unknown>): Record<string, unknown> {
  const merged = Object.entries(sent).map(([key, value]) => [key, valueAfter(before[key], value, true)])
  const all: Record<string, unknown> = { ...before, ...Object.fromEntries(merged) }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}
