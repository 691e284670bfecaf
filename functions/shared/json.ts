import type * as z from 'zod/mini'

/** A JSON value as `JSON.parse` makes it: `__proto__` may be one of its ordinary keys. */
export type Json = z.core.util.JSONType
export type JsonObject = { [name: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)

/** @returns the parsed value, or undefined if the text is not JSON. No JSON text has the value undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Sets a key as plain data, whatever its name. Assigning to `__proto__` would lose the value. */
export function setKey<Value>(target: { [name: string]: Value }, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
