import type { Plan } from './bridge.ts'
import { goodRow, isBad, type Kind, person } from './rows.ts'
import type { Way } from './ways.ts'

export const ROWS = 10_000

/** As ActionIQ's larger batches. */
const ROWS_PER_REQUEST = 5_000

/** A row that was sent; a bad one has its way of being bad. */
export type Sent = { row: number; kind: Kind; external_id: string; way: Way | undefined }

export type Traffic = Pick<Plan, 'bodies' | 'braze'> & { sent: readonly Sent[] }

/** 10,000 rows of one kind, one in 75 of them bad in one way. `clean`: with good ones in their places. */
export const trafficOf = (way: Way, { clean = false } = {}): Traffic =>
  toTraffic(
    numbers().map((row) => ({
      row,
      kind: way.kind,
      external_id: person(row, way.rowsPerPerson ?? 1),
      way: isBad(row) && !clean ? way : undefined,
    })),
  )

/** 10,000 rows, profiles and events in turn, and their bad ones in every way in turn. */
export function mixedTraffic(ways: readonly Way[], { clean = false } = {}): Traffic {
  const culprits = clean ? [] : numbers().filter(isBad)
  const wayOf = new Map(culprits.map((row, nth) => [row, ways[nth % ways.length]]))
  return toTraffic(
    numbers().map((row) => {
      const kind = row % 2 === 0 ? 'profile' : 'event'
      return { row, kind, external_id: person(row, 1), way: wayOf.get(row) }
    }),
  )
}

const numbers = () => Array.from({ length: ROWS }, (_, row) => row)

function toTraffic(sent: readonly Sent[]): Traffic {
  const rows = sent.map(({ row, kind, external_id, way }) =>
    way ? way.row(row, sent[row + 1]?.external_id ?? '') : goodRow(kind, row, external_id),
  )
  const culprits = Map.groupBy(
    sent.filter(({ way }) => way?.fate),
    ({ way }) => way,
  )
  const braze = [...culprits].flatMap(([way, bad]) => way?.fate?.(bad.map(({ row }) => row)) ?? [])
  return { sent, bodies: toBodies(rows), braze: braze.sort(wholeRequestsFirst) }
}

/** A request takes the first step only: what refuses it as a whole comes before what rejects single objects. */
const wholeRequestsFirst = (a: { do: string }, b: { do: string }) =>
  Number(a.do === 'reject') - Number(b.do === 'reject')

function toBodies(rows: readonly object[]): string[] {
  return Array.from({ length: ROWS / ROWS_PER_REQUEST }, (_, request) =>
    JSON.stringify({
      records: rows.slice(request * ROWS_PER_REQUEST, (request + 1) * ROWS_PER_REQUEST),
    }),
  )
}
