import { asciiJson } from '../shared/ascii-json.ts'
import type { ArrayName } from './map.ts'
import type { Piece } from './piece.ts'

/** An id that nobody has. Should somebody have it, the attributes still change nothing. */
const NOBODY = { external_id: 'actioniq-braze-bridge-probe', _update_existing_only: true }

/**
 * An object that a Braze that is up takes like any other, and that changes nothing: it is for existing profiles only,
 * and there is none (Braze, "User attributes object", "Event object" and "Purchase object", `_update_existing_only`). Each kind has a way
 * of its own through Braze, so each has a probe of its own.
 * @param now milliseconds since the epoch.
 */
export function probe(array: ArrayName, now: number): Piece {
  return { array, user: '', sources: [], json: asciiJson({ ...NOBODY, ...contentOf(array, now) }) }
}

function contentOf(array: ArrayName, now: number): object {
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
