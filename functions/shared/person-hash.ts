import { createHmac } from 'node:crypto'
import type { Identifier } from './record.ts'
import type { LogKey, ReadSecret } from './secrets.ts'

/** 64 bits: two of the people of one stack are not taken for each other. */
const SHOWN_DIGITS = 16

/**
 * What the log calls a person: HMAC-SHA256 over the identifier as `<its name>:<its value>`, in hexadecimal. Who has the
 * key can find a person's lines; nobody can find the person by a line, not even by trying all phone numbers.
 */
export const personHash = (key: string, identifier: Identifier): string =>
  createHmac('sha256', key).update(textOf(identifier)).digest('hex').slice(0, SHOWN_DIGITS)

function textOf(identifier: Identifier): string {
  if ('external_id' in identifier) return `external_id:${identifier.external_id}`
  if ('braze_id' in identifier) return `braze_id:${identifier.braze_id}`
  if ('email' in identifier) return `email:${identifier.email}`
  if ('phone' in identifier) return `phone:${identifier.phone}`
  const { alias_label, alias_name } = identifier.user_alias
  return `user_alias:${JSON.stringify([alias_label, alias_name])}`
}

/** @returns how people are called; undefined where the key can't be read, and then nobody is named. */
export type NamePeople = () => Promise<((identifier: Identifier) => string) | undefined>

/** The key never changes by itself. */
const KEPT_MS = 60 * 60_000

/** Nobody waits for a key again that could not be read a moment ago. */
const RETRY_AFTER_MS = 60_000

export function personNamer(readKey: ReadSecret<LogKey>, now: () => number): NamePeople {
  let failedAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (now() - failedAt < RETRY_AFTER_MS) return undefined
    try {
      const { key } = await readKey({ olderThanMs: KEPT_MS })
      return (identifier) => personHash(key, identifier)
    } catch {
      failedAt = now()
      return undefined
    }
  }
}
