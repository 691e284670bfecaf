import type { Row, Workload } from './workload.ts'

export type Post = { path: string; body: Buffer }

/** Cuts a workload into requests of so many rows, as a sender posts them: profiles first, then events. */
export function requestsOf({ profiles, events }: Workload, rowsPerRequest: number): Post[] {
  return [
    ...posts('/v1/activations', profiles, rowsPerRequest),
    ...posts('/v1/events', events, rowsPerRequest),
  ]
}

function posts(path: string, rows: readonly Row[], rowsPerRequest: number): Post[] {
  const made: Post[] = []
  for (let from = 0; from < rows.length; from += rowsPerRequest)
    made.push({ path, body: Buffer.from(JSON.stringify(rows.slice(from, from + rowsPerRequest))) })
  return made
}
