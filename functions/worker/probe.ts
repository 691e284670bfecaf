import { asciiJson } from '../shared/ascii-json.ts'
import type { ArrayName } from './map.ts'
import type { Piece } from './piece.ts'

/** An id that nobody has. Should somebody have it, the attributes still change nothing. */
const NOBODY = { external_id: 'actioniq-braze-bridge-probe', _update_existing_only: true }

/**
 * An object that a Braze that is up takes like any other, and that changes nothing: it is for existing profiles only,
 * and there is none (Braze, "User attributes object" and "Event object", `_update_existing_only`). Events have a way of
 * their own through Braze, so they have a probe of their own.
 * @param now milliseconds since the epoch.
 */
export function probe(array: ArrayName, now: number): Piece {
  const event = { ...NOBODY, name: 'actioniq_braze_bridge_probe', time: new Date(now).toISOString() }
  return array === 'attributes'
    ? { array, user: '', sources: [], json: asciiJson(NOBODY) }
    : { array: 'events', user: '', sources: [], json: asciiJson(event) }
}
