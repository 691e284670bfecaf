import { isRecord } from './outcome.ts'

/** Braze's limit for an external id, in UTF-8 bytes. */
const MAX_EXTERNAL_ID_BYTES = 987

const PRIMARY = ['external_id', 'user_alias', 'braze_id'] as const
const SECONDARY = ['email', 'phone'] as const

/** The user that an object names. */
export type User =
  | { by: 'external_id' | 'braze_id' | 'email' | 'phone'; value: string }
  | { by: 'user_alias'; value: string; alias: { alias_name: string; alias_label: string } }

type Identified = { ok: true; user: User } | { ok: false; error: string }

/**
 * Finds the one identifier that an object must have. `email` and `phone` count only without a primary
 * identifier.
 */
export function identify(object: Record<string, unknown>): Identified {
  const present = PRIMARY.filter((name) => (object[name] ?? null) !== null)
  const [by] = present
  if (present.length > 1) return notIdentified(`Only one of ${PRIMARY.join(', ')} may be given`)
  if (by === 'user_alias') return identifyAlias(object.user_alias)
  const name = by ?? SECONDARY.find((field) => (object[field] ?? null) !== null)
  if (name === undefined) return notIdentified(`One of ${[...PRIMARY, ...SECONDARY].join(', ')} is required`)
  const value = object[name]
  if (typeof value !== 'string' || value === '')
    return notIdentified(`${name} must be a string that is not empty`)
  if (name === 'external_id' && Buffer.byteLength(value) > MAX_EXTERNAL_ID_BYTES)
    return notIdentified(`external_id must be at most ${MAX_EXTERNAL_ID_BYTES} bytes long`)
  return { ok: true, user: { by: name, value } }
}

function identifyAlias(alias: unknown): Identified {
  if (!isRecord(alias)) return notIdentified('user_alias must be an object')
  const { alias_name, alias_label } = alias
  if (typeof alias_name !== 'string' || typeof alias_label !== 'string' || !alias_name || !alias_label)
    return notIdentified('user_alias must have an alias_name and an alias_label')
  const value = `${alias_label}:${alias_name}`
  return { ok: true, user: { by: 'user_alias', value, alias: { alias_name, alias_label } } }
}

const notIdentified = (error: string): Identified => ({ ok: false, error })

/** Formats a user for the request log and for scripts: `external_id:u-1`. */
export const userLabel = ({ by, value }: User) => `${by}:${value}`
