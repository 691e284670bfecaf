import type { FairnessPlan } from './bridge.ts'
import type { Defect } from './defects.ts'
import { goodRow, isBad, type Kind, person } from './rows.ts'

export const ROWS = 10_000

/** The size of ActionIQ's larger batches. */
const ROWS_PER_REQUEST = 5_000

/** A row that was sent. `defect` is set if the row is bad. */
export type SentRow = { row: number; kind: Kind; external_id: string; defect: Defect | undefined }

export type Traffic = Pick<FairnessPlan, 'bodies' | 'braze'> & { sent: readonly SentRow[] }

/**
 * Creates 10,000 rows of one kind, one in 75 of them with the defect. `clean` puts good rows in their places.
 */
export const trafficOf = (defect: Defect, { clean = false } = {}): Traffic =>
  toTraffic(
    numbers().map((row) => ({
      row,
      kind: defect.kind,
      external_id: person(row, defect.rowsPerPerson ?? 1),
      defect: isBad(row) && !clean ? defect : undefined,
    })),
  )

/** Creates 10,000 rows, alternately profiles and events, whose bad rows have each of the defects in turn. */
export function mixedTraffic(defects: readonly Defect[], { clean = false } = {}): Traffic {
  const culprits = clean ? [] : numbers().filter(isBad)
  const defectOf = new Map(culprits.map((row, nth) => [row, defects[nth % defects.length]]))
  return toTraffic(
    numbers().map((row) => {
      const kind = row % 2 === 0 ? 'profile' : 'event'
      return { row, kind, external_id: person(row, 1), defect: defectOf.get(row) }
    }),
  )
}

const numbers = () => Array.from({ length: ROWS }, (_, row) => row)

function toTraffic(sent: readonly SentRow[]): Traffic {
  const rows = sent.map(({ row, kind, external_id, defect }) =>
    defect ? defect.row(row, sent[row + 1]?.external_id ?? '') : goodRow(kind, row, external_id),
  )
  const culprits = Map.groupBy(
    sent.filter(({ defect }) => defect?.brazeStep),
    ({ defect }) => defect,
  )
  const braze = [...culprits].flatMap(([defect, bad]) => defect?.brazeStep?.(bad.map(({ row }) => row)) ?? [])
  return { sent, bodies: toBodies(rows), braze: braze.sort(wholeRequestsFirst) }
}

/** Only the first matching step applies to a request, so steps that reject whole requests must come first. */
const wholeRequestsFirst = (a: { do: string }, b: { do: string }) =>
  Number(a.do === 'reject') - Number(b.do === 'reject')

function toBodies(rows: readonly object[]): string[] {
  return Array.from({ length: ROWS / ROWS_PER_REQUEST }, (_, request) =>
    JSON.stringify({
      records: rows.slice(request * ROWS_PER_REQUEST, (request + 1) * ROWS_PER_REQUEST),
    }),
  )
}
