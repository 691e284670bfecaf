import { asciiJson } from '../../shared/ascii-json.ts'
import type { TrackArray } from '../../shared/record.ts'
import type { BatchItem } from './batch.ts'

/** An id that nobody has. If somebody did have it, the attributes would still change nothing. */
const NOBODY = { external_id: 'actioniq-braze-bridge-probe', _update_existing_only: true }

/**
 * Makes an object that a working Braze accepts like any other and that changes nothing. It applies only to
 * existing profiles, and no profile has its id (Braze, "User attributes object", "Event object" and "Purchase
 * object", `_update_existing_only`). Braze handles each kind of object in its own way, so each has its own
 * probe.
 * @param now milliseconds since the epoch.
 */
export function probe(array: TrackArray, now: number): BatchItem {
  return { array, user: '', records: [], json: asciiJson({ ...NOBODY, ...contentOf(array, now) }) }
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
