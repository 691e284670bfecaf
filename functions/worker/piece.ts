import { asciiJson } from '../shared/ascii-json.ts'
import { setKey } from '../shared/set-key.ts'
import type { ArrayName, BrazeObject, Mapped } from './map.ts'

/** A record of a message, as it goes to Braze. */
export type Source = { messageId: string; index: number; mapped: Mapped }

/** One object of a Braze request, and the records it was made of, in queue order. */
export type Piece = {
  array: ArrayName
  user: string
  sources: readonly Source[]
  /** ASCII JSON of the object, so that its length is its size in bytes. */
  json: string
}

/** Makes one piece of one user's records: the last value of each attribute wins, in queue order. */
export function toPiece(sources: readonly [Source, ...Source[]]): Piece {
  const [first] = sources
  const { array, user } = first.mapped
  if (sources.length === 1)
    return { array, user, sources, json: first.mapped.json ?? asciiJson(first.mapped.object) }
  return { array, user, sources, json: asciiJson(merged(sources)) }
}

function merged([first, ...others]: readonly [Source, ...Source[]]): BrazeObject {
  // A spread per record would copy again all that the records before it brought.
  const object = { ...first.mapped.object }
  for (const { mapped } of others)
    for (const field of Object.keys(mapped.object)) setKey(object, field, mapped.object[field])
  return object
}

/** Merges plain records per user, in the order in which users first appear. */
export function merge(sources: readonly Source[]): Piece[] {
  const byUser = new Map<string, [Source, ...Source[]]>()
  for (const source of sources) {
    const sameUser = byUser.get(source.mapped.user)
    if (sameUser) sameUser.push(source)
    else byUser.set(source.mapped.user, [source])
  }
  return [...byUser.values()].map(toPiece)
}
