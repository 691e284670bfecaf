import { type Breach, LIMITS, RULES } from '../../../functions/shared/braze-rules/rules.ts'
import { attributeBreach, isTooLarge } from '../../../functions/shared/braze-rules/values.ts'
import { STANDARD_FIELDS } from '../../../functions/shared/standard-fields.ts'
import type { ObjectVerdict, StateChange, Vanished } from './change.ts'
import { newTokenUsers } from './push-tokens.ts'
import { standardFieldError, storedField } from './standard-fields.ts'
import { type Resolved, resolveUser, type SimulatorState, typeOf } from './state.ts'
import { valueAfter } from './value-after.ts'

/** Fields of an attributes object that identify the user or control the update. They are not attributes. */
const DIRECTIVES = new Set([
  'external_id',
  'user_alias',
  'braze_id',
  '_update_existing_only',
  '_merge_objects',
  'push_token_import',
])

/** An attribute as it was sent. */
type Sent = {
  name: string
  value: unknown
  isStandard: boolean
  /** The rule for custom attributes that it breaks. */
  broken: Breach | undefined
}

/** Judges one object of `attributes[]`. One rejected attribute fails the whole object. */
export function judgeAttributes(
  state: SimulatorState,
  object: Record<string, unknown>,
  now: number,
): ObjectVerdict {
  const attributes = Object.entries(object)
    .filter(([name]) => !DIRECTIVES.has(name))
    .map(([written, value]) => toSent(written.trim(), value))
  for (const attribute of attributes) {
    const error = rejection(attribute)
    if (error !== undefined) return { ok: false, error }
  }
  if (object.push_token_import === true) return importTokens(state, object, attributes, now)
  // With an alias, Braze only updates unless this is false ("User attributes object", "Object body").
  const aliasCreates = object._update_existing_only === false
  const user = resolveUser(state, object, now, aliasCreates)
  if (!user.ok || user.vanished) return user
  const merge = object._merge_objects === true
  return { ok: true, changes: [...user.changes, ...setValues(state, user, attributes, now, merge)] }
}

function importTokens(
  state: SimulatorState,
  object: Record<string, unknown>,
  attributes: readonly Sent[],
  now: number,
): ObjectVerdict {
  const found = newTokenUsers(state, object)
  if (!found.ok) return found
  const others = attributes.filter(({ name }) => name !== 'push_tokens')
  const changes = found.users.flatMap((user) => [
    ...user.changes,
    ...setValues(state, user, others, now, false),
  ])
  return { ok: true, changes }
}

function toSent(name: string, value: unknown): Sent {
  const isStandard = STANDARD_FIELDS.has(name)
  return { name, value, isStandard, broken: isStandard ? undefined : attributeBreach(name, value) }
}

function rejection({ name, value, isStandard, broken }: Sent): string | undefined {
  if (isStandard) return standardFieldError(name, value)
  return broken?.effect === 'rejects' ? errorText(broken) : undefined
}

/** The error of a rejected object: Braze's own words where they are known. The text never contains a value. */
export const errorText = ({ answer, words }: Breach) => answer ?? words

function setValues(
  state: SimulatorState,
  { label, profile }: Resolved,
  attributes: readonly Sent[],
  now: number,
  mergeObjects: boolean,
): StateChange[] {
  const custom: [name: string, value: unknown][] = []
  const standard: [name: string, value: unknown][] = []
  const vanished: StateChange[] = []
  for (const sent of attributes) {
    const { value, lost } = sent.isStandard
      ? standardOutcome(sent)
      : customOutcome(state, profile.custom_attributes[sent.name], sent, mergeObjects)
    if (value !== undefined) (sent.isStandard ? standard : custom).push([sent.name, value])
    if (lost) {
      const of = { user: label, at: now, attribute: sent.name, value: sent.value }
      vanished.push({ kind: 'vanished', vanished: { ...of, ...lost } })
    }
  }
  const set = { custom: Object.fromEntries(custom), standard: Object.fromEntries(standard) }
  return [{ kind: 'set', braze_id: profile.braze_id, ...set }, ...vanished]
}

type Lost = Pick<Vanished, 'why' | 'rule' | 'fixedType'>

/** What becomes of an attribute. Without a value it stays as it was. */
type Outcome = { value?: unknown; lost?: Lost }

const brokenRule = (rule: string): Lost => ({ why: 'broken rule', rule })

function standardOutcome({ name, value: sent }: Sent): Outcome {
  const { value, lost } = storedField(name, sent)
  return lost === undefined ? { value } : { value, lost: brokenRule(lost) }
}

function customOutcome(state: SimulatorState, before: unknown, sent: Sent, mergeObjects: boolean): Outcome {
  const { name, broken } = sent
  const lost = broken && { lost: brokenRule(ruleText(broken)) }
  if (broken?.effect === 'drops') return { ...lost }
  const after = valueAfter(before, sent.value, mergeObjects)
  if (isGrown(after, sent.value)) return { lost: brokenRule(RULES.valueTooLarge.words) }
  const fixedType = after === null ? undefined : state.types.get(name)
  const value = fixedType === undefined ? after : coerced(after, fixedType)
  if (value === undefined && fixedType !== undefined) return { lost: { why: 'type mismatch', fixedType } }
  return { value: broken?.effect === 'cuts' ? cut(value) : value, ...lost }
}

const ruleText = ({ words, path }: Breach) => (path === '' ? words : `${words} (at ${path})`)

/** Whether an update made the stored value too large. A value that was sent itself has been checked already. */
const isGrown = (after: unknown, sent: unknown) =>
  after !== sent && typeof after === 'object' && after !== null && isTooLarge(after)

const cut = (value: unknown) => (Array.isArray(value) ? value.slice(-LIMITS.arrayElements) : value)

/**
 * Braze documents this for a type that an operator forced in Data Settings ("Manage custom data", "Data type
 * coercion"). The simulator has no such settings and treats the type of the first value the same way.
 * @returns undefined if the value cannot be coerced.
 */
function coerced(value: unknown, type: string): unknown {
  if (typeOf(value) === type) return value
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value).toLowerCase()
  if (type === 'boolean') return BOOLEANS.get(text)
  return type === 'number' && /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}

const BOOLEANS = new Map([
  ['1', true],
  ['true', true],
  ['t', true],
  ['0', false],
  ['false', false],
  ['f', false],
])
