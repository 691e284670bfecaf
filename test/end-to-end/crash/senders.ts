import { setTimeout as pause } from 'node:timers/promises'
import type { Activation } from './activation.ts'
import { postUntilAccepted, type WebhookTarget } from './post-until-accepted.ts'
import { randomBelow } from './random.ts'

/** What the senders have sent so far, and the answers to it. */
export type SenderTotals = {
  /** The number of accepted rows of the activation. */
  rows: number
  requests: number
  /** The number of times that requests of the activation were sent, including repetitions. */
  attempts: number
  /** The number and user of each accepted event, in the order in which they were accepted. */
  events: { n: number; user: string }[]
  eventAttempts: number
  /** The number of the event that was sent but is not answered yet. */
  openEvent: number | undefined
  /** A description of each answer with wrong counts of rows. */
  miscounted: string[]
}

export const nothingSent = (): SenderTotals => ({
  rows: 0,
  requests: 0,
  attempts: 0,
  events: [],
  eventAttempts: 0,
  openEvent: undefined,
  miscounted: [],
})

/** Sends one request after the other, so that the sender and SQS agree on which value is the last. */
export async function sendActivation(
  { requests }: Activation,
  target: WebhookTarget,
  sent: SenderTotals,
  pauseMs: number,
): Promise<void> {
  for (const [index, { rows }] of requests.entries()) {
    const { accepted, rejected, attempts } = await postUntilAccepted(target, {
      path: '/v1/activations',
      key: `fixture-activation-${index}`,
      body: JSON.stringify({ records: rows }),
    })
    sent.rows += accepted
    sent.requests += 1
    sent.attempts += attempts
    if (accepted !== rows.length || rejected > 0)
      sent.miscounted.push(`request ${index}: ${rows.length} rows, ${accepted} accepted, ${rejected} parked`)
    await pause(pauseMs, undefined, { signal: target.signal })
  }
}

const EVENT_USERS = 40
const EVENT_PAUSE_MS = 20
const FIRST_EVENT_AT = Date.UTC(2026, 10, 20)

/** Sends events one by one until `end` is aborted. Each event has its own number and time. */
export async function sendEvents(
  target: WebhookTarget,
  sent: SenderTotals,
  { random, end }: { random: () => number; end: AbortSignal },
): Promise<void> {
  for (let n = 0; !end.aborted; n++) {
    const user = `fixture-e${randomBelow(EVENT_USERS, random)}`
    sent.openEvent = n
    const row = {
      external_id: user,
      event_name: 'fixture-event',
      time: new Date(FIRST_EVENT_AT + n * 1_000).toISOString(),
      properties: { n },
    }
    const { accepted, attempts } = await postUntilAccepted(target, {
      path: '/v1/events',
      key: `fixture-event-${n}`,
      body: JSON.stringify(row),
    })
    sent.openEvent = undefined
    sent.events.push({ n, user })
    sent.eventAttempts += attempts
    if (accepted !== 1) sent.miscounted.push(`event ${n}: ${accepted} accepted`)
    await pause(EVENT_PAUSE_MS, undefined, { signal: target.signal })
  }
}
