import { createHmac } from 'node:crypto'
import type { Identifier } from './record.ts'
import { isWithin, type LogKey, type ReadSecret } from './secrets.ts'

/** 16 hexadecimal digits are 64 bits, enough that two people of one stack do not get the same hash. */
const SHOWN_DIGITS = 16

/**
 * Returns the name of a person in the log: HMAC-SHA256 over `<identifier's name>:<identifier's value>`, in
 * hexadecimal. Whoever has the key can find a person's lines. Without it, nobody can find the person from a
 * line, not even by trying all phone numbers.
 */
export const personHash = (key: string, identifier: Identifier): string =>
  createHmac('sha256', key).update(textOf(identifier)).digest('hex').slice(0, SHOWN_DIGITS)

function textOf(identifier: Identifier): string {
  if ('external_id' in identifier) return `external_id:${identifier.external_id}`
  if ('braze_id' in identifier) return `braze_id:${identifier.braze_id}`
  if ('email' in identifier) return `email:${identifier.email}`
  if ('phone' in identifier) return `phone:${identifier.phone}`
  if ('push_tokens' in identifier) return `push_token:${identifier.push_tokens[0].token}`
  const { alias_label, alias_name } = identifier.user_alias
  return `user_alias:${JSON.stringify([alias_label, alias_name])}`
}

/**
 * @returns the function that names people in the log, or undefined if the key can't be read; then nobody is
 * named.
 */
export type NamePeople = () => Promise<((identifier: Identifier) => string) | undefined>

/** In milliseconds. The key never changes by itself. */
const CACHE_KEY_MS = 60 * 60_000

/** In milliseconds. After the key could not be read, no invocation waits for it again within this time. */
const RETRY_AFTER_MS = 60_000

export function personNamer(readKey: ReadSecret<LogKey>, now: () => number): NamePeople {
  let failedAt: number | undefined
  return async () => {
    if (failedAt !== undefined && isWithin(RETRY_AFTER_MS, failedAt, now())) return undefined
    try {
      const { key } = await readKey({ olderThanMs: CACHE_KEY_MS })
      return (identifier) => personHash(key, identifier)
    } catch {
      failedAt = now()
      return undefined
    }
  }
}
