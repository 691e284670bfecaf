import type { SimulatorOutcome, SimulatorRequest } from '../../../../bin/local/braze/outcome.ts'
import {
  type BrazeSimulator,
  type BrazeSimulatorOptions,
  createBrazeSimulator,
} from '../../../../bin/local/braze/simulator.ts'

/** 2026-11-20T12:00:00Z, which is the time in each test unless the test changes it. */
export const NOON = Date.UTC(2026, 10, 20, 12)

export const KEY = 'fixture-key-4410'

/** A simulator with one key, which has every permission. */
export function openBraze({ settings, ...options }: Partial<BrazeSimulatorOptions> = {}): BrazeSimulator {
  return createBrazeSimulator({
    now: () => NOON,
    settings: { keys: { [KEY]: ['users.track', 'users.export.ids'] }, ...settings },
    ...options,
  })
}

/** Sends a request as a well-behaved client does, with the changes of the test. */
export function sendToBraze(
  braze: BrazeSimulator,
  body: unknown,
  changed: Partial<SimulatorRequest> = {},
): SimulatorOutcome {
  return braze.handle({
    method: 'POST',
    path: '/users/track',
    headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...changed,
  })
}

/** Sends a request to `/users/track`, and returns the status and the parsed body of the answer. */
export function sendTrack(braze: BrazeSimulator, body: unknown, changed: Partial<SimulatorRequest> = {}) {
  const outcome = sendToBraze(braze, body, changed)
  if (outcome.kind === 'reset') throw new Error('the connection was reset')
  return { status: outcome.status, body: JSON.parse(outcome.body) }
}

export const sendExport = (braze: BrazeSimulator, body: unknown) =>
  sendTrack(braze, body, { path: '/users/export/ids' })

/** Sends one attributes object of a user, and returns the custom attributes stored for that user. */
export function attributesAfter(braze: BrazeSimulator, attributes: Record<string, unknown>) {
  sendTrack(braze, { attributes: [{ external_id: 'u-7731', ...attributes }] })
  return braze.profile({ external_id: 'u-7731' })?.custom_attributes
}

/** Sends one object alone, and returns the type of the error that rejects it. */
export function errorOf(array: 'attributes' | 'events' | 'purchases', object: unknown): string {
  const { status, body } = sendTrack(openBraze(), { [array]: [object] })
  return status === 400 ? body.errors[0].type : `not refused: ${status}`
}
