import {
  type Happening,
  propertiesBreach,
  propertiesSizeBreach,
  purchaseBreach,
} from '../../../functions/shared/braze-rules/events.ts'
import { LIMITS, nameBreach, RULES } from '../../../functions/shared/braze-rules/rules.ts'
import { readBrazeTime } from '../../../functions/shared/braze-rules/times.ts'
import { errorText } from './attributes.ts'
import type { ObjectVerdict, StateChange } from './change.ts'
import { isRecord } from './outcome.ts'
import { digitsOf, type Resolved, resolveUser, type SimulatorState } from './state.ts'

type Sent = Record<string, unknown>

/** Judges one object of `events[]`. Repeated events are not detected. */
export function judgeEvent(state: SimulatorState, event: Sent, now: number): ObjectVerdict {
  const { name } = event
  if (typeof name !== 'string') return { ok: false, error: 'name must be a string' }
  const broken = nameBreach(name)
  if (broken) return { ok: false, error: errorText(broken) }
  return judgeHappening(state, 'event', event, now, (stored) => ({
    kind: 'event',
    event: { ...stored, name },
  }))
}

/** Judges one object of `purchases[]`. */
export function judgePurchase(state: SimulatorState, purchase: Sent, now: number): ObjectVerdict {
  const { currency, price, quantity } = purchase
  const product_id = digitsOf(purchase.product_id)
  if (typeof product_id !== 'string') return { ok: false, error: 'product_id must be a string' }
  if (typeof currency !== 'string') return { ok: false, error: 'currency must be a string' }
  if (typeof price !== 'number') return { ok: false, error: 'price must be a number' }
  const broken = purchaseBreach({ product_id, currency, ...(quantity !== undefined && { quantity }) })
  if (broken) return { ok: false, error: errorText(broken) }
  return judgeHappening(state, 'purchase', purchase, now, (stored) => ({
    kind: 'purchase',
    purchase: { ...stored, product_id, currency, price },
  }))
}

type Stored = Extract<StateChange, { kind: 'event' }>['event']

function judgeHappening(
  state: SimulatorState,
  type: Happening,
  sent: Sent,
  now: number,
  toChange: (stored: Omit<Stored, 'name'>) => StateChange,
): ObjectVerdict {
  const { time } = sent
  const epoch = typeof time === 'string' ? readBrazeTime(time) : undefined
  if (typeof time !== 'string' || epoch === undefined) return { ok: false, error: RULES.timeInvalid.words }
  const read = readProperties(type, sent.properties)
  if (read.error !== undefined) return { ok: false, error: read.error }
  // With an alias, an event or a purchase only updates ("Event object" and "Purchase object", "Object body").
  const user = resolveUser(state, sent, now, false)
  if (!user.ok || user.vanished) return user
  const { properties, lost } = read
  const stored = {
    ...idsOf(user),
    time: epoch > now ? new Date(now).toISOString() : time,
    at: now,
    properties,
  }
  const vanished = { user: user.label, at: now, why: 'broken rule', rule: lost } as const
  const cut: StateChange[] = lost === undefined ? [] : [{ kind: 'vanished', vanished }]
  return { ok: true, changes: [...user.changes, toChange(stored), ...cut] }
}

function idsOf({ profile: { braze_id, external_id } }: Resolved) {
  return external_id === undefined ? { braze_id } : { braze_id, external_id }
}

/** The properties that Braze keeps, and the rule for which it leaves some out. */
type Read = { error: string } | { error?: undefined; properties: Sent; lost?: string }

function readProperties(type: Happening, properties: unknown): Read {
  if (properties === undefined || properties === null) return { properties: {} }
  if (!isRecord(properties)) return { error: 'properties must be an object' }
  const broken = propertiesSizeBreach(type, properties) ?? propertiesBreach(type, properties)
  if (!broken) return { properties }
  if (broken.effect === 'rejects') return { error: errorText(broken) }
  const kept = Object.entries(properties).slice(0, LIMITS.properties)
  return { properties: Object.fromEntries(kept), lost: broken.words }
}
