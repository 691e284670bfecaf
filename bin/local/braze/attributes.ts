import type { ObjectVerdict, StateChange } from './change.ts'
import { isRecord } from './outcome.ts'
import { type Resolved, resolveUser, type SimulatorState, typeOf } from './state.ts'

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
function valueError(value: unknown): string | undefined {
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
function valueAfter(before: unknown, sent: unknown, mergeObjects = false): unknown {
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

/** Fields of an attributes object that identify the user or control the update. They are not attributes. */
const DIRECTIVES = new Set([
  'external_id',
  'user_alias',
  'braze_id',
  '_update_existing_only',
  '_merge_objects',
])

/** The names of Braze's own fields. */
const STANDARD = new Set(
  `first_name last_name email phone country language dob gender home_city time_zone current_location
  date_of_first_session date_of_last_session email_subscribe push_subscribe push_tokens subscription_groups
  email_open_tracking_disabled email_click_tracking_disabled marked_email_as_spam_at facebook twitter
  alias_name alias_label`.split(/\s+/),
)

/** Judges one object of `attributes[]`. One bad attribute fails the whole object. */
export function judgeAttributes(
  state: SimulatorState,
  object: Record<string, unknown>,
  now: number,
): ObjectVerdict {
  const values = Object.entries(object)
    .filter(([name]) => !DIRECTIVES.has(name))
    .map(([name, value]) => ({ name: name.trim(), value }))
  for (const { name, value } of values) {
    const error = nameError('The name of an attribute', name) ?? valueError(value)
    if (error !== undefined) return { ok: false, error }
  }
  const user = resolveUser(state, object, now)
  if (!user.ok || user.vanished) return user
  return {
    ok: true,
    changes: [...user.changes, ...setValues(state, user, values, now, object._merge_objects === true)],
  }
}

type Value = { name: string; value: unknown }

function setValues(
  state: SimulatorState,
  user: Resolved,
  values: Value[],
  now: number,
  mergeObjects: boolean,
): StateChange[] {
  const { label, profile } = user
  const custom: [name: string, value: unknown][] = []
  const standard: [name: string, value: unknown][] = []
  const vanished: StateChange[] = []
  for (const { name, value: sent } of values) {
    const value = valueAfter(profile.custom_attributes[name], sent, mergeObjects)
    const fixedType = value === null ? undefined : state.types.get(name)
    if (STANDARD.has(name)) standard.push([name, value])
    else if (fixedType === undefined || fixedType === typeOf(value)) custom.push([name, value])
    else {
      const why = 'type mismatch'
      const lost = { user: label, at: now, why, attribute: name, value: sent, fixedType } as const
      vanished.push({ kind: 'vanished', vanished: lost })
    }
  }
  const set = { custom: Object.fromEntries(custom), standard: Object.fromEntries(standard) }
  return [{ kind: 'set', braze_id: profile.braze_id, ...set }, ...vanished]
}
