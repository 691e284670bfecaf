import type { Connection } from '../shared/connection.ts'
import { isObject, type Json } from './json.ts'
import { NOTHING_TO_TRACK, type Problem, TOO_MANY_ROWS, trackArrayMisshapen } from './problem.ts'
import type { ReadRequest } from './read-request.ts'
import type { ReadRow, Records, RefusedRow } from './records.ts'
import { isRefused } from './refusal.ts'
import { MAX_ROWS } from './rows.ts'
import { readTrackObject, type TrackRow } from './track-object.ts'

/** Braze's three arrays of /users/track, in the order in which it tells what it processed. */
export const TRACK_ARRAYS = ['attributes', 'events', 'purchases'] as const
export type TrackArray = (typeof TRACK_ARRAYS)[number]

/** Where an object stood, as Braze's `errors[]` name it. */
export type TrackPlace = { input_array: TrackArray; index: number }

/**
 * Reads Braze's own body: each object by itself, as a row is. The rows of `records.refused` are `{array, object}`; their
 * indexes count over all three arrays, and are those of `places`.
 */
export function readTrackBody(json: Json, connection: Connection): Required<ReadRequest> | Problem {
  if (!isObject(json)) return NOTHING_TO_TRACK
  const places: TrackPlace[] = []
  const rows: TrackRow[] = []
  for (const array of TRACK_ARRAYS) {
    const objects = json[array] ?? []
    if (!Array.isArray(objects)) return trackArrayMisshapen(array)
    for (const [index, object] of objects.entries()) {
      places.push({ input_array: array, index })
      rows.push({ array, object })
    }
  }
  if (rows.length === 0) return NOTHING_TO_TRACK
  if (rows.length > MAX_ROWS) return TOO_MANY_ROWS
  return { records: readTrackRows(rows, connection), rows, places, inherited: {}, ignoredFields: [] }
}

/** Reads each object by itself. */
export function readTrackRows(rows: readonly TrackRow[], connection: Connection): Records {
  const read: ReadRow[] = []
  const refused: RefusedRow[] = []
  for (const [index, row] of rows.entries()) {
    const result = readTrackObject(row, connection)
    if (isRefused(result)) {
      const queue = row.array === 'attributes' ? 'profiles' : 'events'
      refused.push({ index, row, queue, code: result.refused, field: result.field })
    } else read.push(result)
  }
  return { read, refused }
}
