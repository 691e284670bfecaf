import type { QueueName } from '../../../functions/shared/record.ts'
import { seededRandom } from '../random.ts'

/**
 * The workload of the comparison: half memberships, a quarter attribute updates of eight keys, and the rest
 * events. A fifth of the records are for users who were seen before. It is generated from a seed, so that
 * everybody measures the same bytes.
 */

export type WorkloadRow = Readonly<Record<string, unknown>>
export type Workload = { profiles: WorkloadRow[]; events: WorkloadRow[] }

const SHARE_OF_MEMBERSHIPS = 0.5
const SHARE_OF_UPDATES = 0.25
const KEYS = 8

/** The time of the first event, in milliseconds since the epoch. */
const FIRST_EVENT = Date.parse('2026-11-20T10:00:00Z')

/**
 * @param records the total number of records.
 * @param repeats the share of records that are for a user seen before.
 */
export function workload(records: number, { seed, repeats }: { seed: number; repeats: number }): Workload {
  const next = seededRandom(seed)
  const made: Workload = { profiles: [], events: [] }
  let users = 0
  const nextUser = () => {
    if (users === 0 || next() >= repeats) users += 1
    else return `user-${Math.floor(next() * users)}`
    return `user-${users - 1}`
  }
  for (let number = 0; number < records; number++) {
    const external_id = nextUser()
    const share = next()
    if (share < SHARE_OF_MEMBERSHIPS)
      made.profiles.push({
        external_id,
        audience_id: String(1000 + Math.floor(next() * 8)),
        split_id: String(Math.floor(next() * 2)),
        op: next() < 0.8 ? 'enter' : 'leave',
      })
    else if (share < SHARE_OF_MEMBERSHIPS + SHARE_OF_UPDATES)
      made.profiles.push({ external_id, ...attributes(next) })
    else made.events.push(event(external_id, number, next))
  }
  return made
}

function attributes(next: () => number): WorkloadRow {
  const row: Record<string, unknown> = {}
  for (let key = 0; key < KEYS; key++) row[`attribute_${key}`] = randomValue(key, next)
  return row
}

const randomValue = (key: number, next: () => number) => {
  if (key % 4 === 0) return Math.floor(next() * 10_000)
  if (key % 4 === 1) return next() < 0.5
  if (key % 4 === 2) return `value-${Math.floor(next() * 100_000)}`
  return Math.round(next() * 100_000) / 100
}

const event = (external_id: string, number: number, next: () => number): WorkloadRow => ({
  external_id,
  event_name: 'order_placed',
  time: new Date(FIRST_EVENT + number * 1_000).toISOString(),
  properties: {
    order_id: `order-${number}`,
    total: Math.round(next() * 20_000) / 100,
    items: 3,
    channel: 'web',
  },
})

export type SenderRequest = { path: string; body: Buffer }

const PATHS: Readonly<Record<QueueName, string>> = { profiles: '/v1/activations', events: '/v1/events' }

/**
 * Divides a workload into requests of `rowsPerRequest` rows, as a sender posts them: profiles first, then
 * events.
 */
export function requestsOf({ profiles, events }: Workload, rowsPerRequest: number): SenderRequest[] {
  return [...posts('profiles', profiles, rowsPerRequest), ...posts('events', events, rowsPerRequest)]
}

function posts(kind: QueueName, rows: readonly WorkloadRow[], rowsPerRequest: number): SenderRequest[] {
  const made: SenderRequest[] = []
  for (let from = 0; from < rows.length; from += rowsPerRequest)
    made.push(postOf(kind, rows.slice(from, from + rowsPerRequest)))
  return made
}

export const postOf = (kind: QueueName, rows: readonly WorkloadRow[]): SenderRequest => ({
  path: PATHS[kind],
  body: Buffer.from(JSON.stringify(rows)),
})
