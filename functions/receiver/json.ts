import type * as z from 'zod'

/** A JSON value, as `JSON.parse` makes them: `__proto__` may be a plain key of it. */
export type Json = z.core.util.JSONType
export type JsonObject = { [name: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
