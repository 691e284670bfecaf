import { jsonBytes, nameError } from './attributes.ts'
import type { ObjectVerdict, StateChange } from './change.ts'
import { isRecord } from './outcome.ts'
import { type Resolved, resolveUser, type SimulatorState } from './state.ts'

const MAX_EVENT_PROPERTIES_BYTES = 102_400
const MAX_PURCHASE_PROPERTIES_BYTES = 50 * 1024

/** Reserved names. An event with a property of this name fails. */
const RESERVED = ['time', 'event_name']

const ISO_8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

type Sent = Record<string, unknown>

/** Judges one object of `events[]`. Repeated events are not detected. */
export function judgeEvent(state: SimulatorState, event: Sent, now: number): ObjectVerdict {
  const { name } = event
  if (typeof name !== 'string') return { ok: false, error: 'name must be a string' }
  const error =
    nameError('The name of an event', name) ??
    propertiesError(event.properties, MAX_EVENT_PROPERTIES_BYTES, RESERVED)
  if (error !== undefined) return { ok: false, error }
  return judgeEventOrPurchase(state, event, now, (stored) => ({ kind: 'event', event: { ...stored, name } }))
}

/** Judges one object of `purchases[]`. */
export function judgePurchase(state: SimulatorState, purchase: Sent, now: number): ObjectVerdict {
  const { product_id, currency, price } = purchase
  if (typeof product_id !== 'string' || product_id === '')
    return { ok: false, error: 'product_id must be a string that is not empty' }
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    return { ok: false, error: 'currency must be an ISO 4217 code' }
  if (typeof price !== 'number') return { ok: false, error: 'price must be a number' }
  const error = propertiesError(purchase.properties, MAX_PURCHASE_PROPERTIES_BYTES, [])
  if (error !== undefined) return { ok: false, error }
  return judgeEventOrPurchase(state, purchase, now, (stored) => ({
    kind: 'purchase',
    purchase: { ...stored, product_id, currency, price },
  }))
}

type Stored = Extract<StateChange, { kind: 'event' }>['event']

function judgeEventOrPurchase(
  state: SimulatorState,
  sent: Sent,
  now: number,
  toChange: (stored: Omit<Stored, 'name'>) => StateChange,
): ObjectVerdict {
  const { time, properties } = sent
  if (typeof time !== 'string' || !ISO_8601.test(time) || Number.isNaN(Date.parse(time)))
    return { ok: false, error: 'time must be a date of ISO 8601' }
  const user = resolveUser(state, sent, now)
  if (!user.ok || user.vanished) return user
  const stored = {
    ...idsOf(user),
    time: Date.parse(time) > now ? new Date(now).toISOString() : time,
    at: now,
    properties: isRecord(properties) ? properties : {},
  }
  return { ok: true, changes: [...user.changes, toChange(stored)] }
}

function idsOf({ profile: { braze_id, external_id } }: Resolved) {
  return external_id === undefined ? { braze_id } : { braze_id, external_id }
}

function propertiesError(properties: unknown, maxBytes: number, reserved: string[]): string | undefined {
  if (properties === undefined || properties === null) return undefined
  if (!isRecord(properties)) return 'properties must be an object'
  if (jsonBytes(properties) > maxBytes) return `properties must be at most ${maxBytes} bytes long`
  for (const key of Object.keys(properties)) {
    if (reserved.includes(key)) return `${key} is reserved and can't be a property`
    const error = nameError('The key of a property', key)
    if (error !== undefined) return error
  }
  return undefined
}
