import type * as z from 'zod'

/** A JSON value, as `JSON.parse` makes them: `__proto__` may be a plain key of it. */
export type Json = z.core.util.JSONType
export type JsonObject = { [name: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
/** @returns the parsed value; undefined where the text is not JSON, which no JSON text means. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
/** Sets a key as plain data, whatever its name: assigning to `__proto__` would lose the value instead. */
export function setKey<Value>(target: { [name: string]: Value }, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
  else target[key] = value
}
