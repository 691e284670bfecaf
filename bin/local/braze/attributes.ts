import { nameError, typeOf, valueAfter, valueError } from './attribute-value.ts'
import type { ObjectVerdict, StateChange } from './change.ts'
import { type Resolved, resolveUser } from './resolve-user.ts'
import type { SimulatorState } from './state.ts'

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
