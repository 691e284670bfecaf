import type { QueueName } from '../../functions/shared/record.ts'
import type { Workload, WorkloadRow } from './workload.ts'

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
