import { asciiJson } from '../../shared/ascii-json.ts'
import type { TrackArray } from '../../shared/record.ts'
import type { Piece } from './batch.ts'

/** An id that nobody has. Should somebody have it, the attributes still change nothing. */
const NOBODY = { external_id: 'actioniq-braze-bridge-probe', _update_existing_only: true }

/**
 * An object that a working Braze accepts like any other and that changes nothing: it is for existing profiles only, and
 * no profile has its id (Braze, "User attributes object", "Event object" and "Purchase object", `_update_existing_only`).
 * Each kind of object takes its own way through Braze, so each has its own probe.
 * @param now milliseconds since the epoch.
 */
export function probe(array: TrackArray, now: number): Piece {
  return { array, user: '', sources: [], json: asciiJson({ ...NOBODY, ...contentOf(array, now) }) }
}

function contentOf(array: TrackArray, now: number): object {
  const time = new Date(now).toISOString()
  switch (array) {
    case 'attributes':
      return {}
    case 'events':
      return { name: 'actioniq_braze_bridge_probe', time }
    case 'purchases':
      return { product_id: 'actioniq_braze_bridge_probe', currency: 'USD', price: 1, time }
  }
}
