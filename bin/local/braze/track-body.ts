import { identify, userLabel } from './identify.ts'
import { isRecord } from './outcome.ts'

export const ARRAYS = ['attributes', 'events', 'purchases'] as const
export type TrackArrayName = (typeof ARRAYS)[number]

/** The arrays of a `/users/track` body. A missing array is empty. Elements can be anything. */
export type TrackArrays = Record<TrackArrayName, readonly unknown[]>

/** Reads the arrays of any parsed body. Anything that is not an array counts as an empty one. */
export function arraysOf(body: unknown): TrackArrays {
  const arrayAt = (name: TrackArrayName) => {
    const value = isRecord(body) ? body[name] : undefined
    return Array.isArray(value) ? value : []
  }
  return { attributes: arrayAt('attributes'), events: arrayAt('events'), purchases: arrayAt('purchases') }
}

/** @returns the label of the user that an object names, if any. */
export function userOf(object: unknown): string | undefined {
  const identified = isRecord(object) ? identify(object) : undefined
  return identified?.ok ? userLabel(identified.user) : undefined
}

/** @returns the users that the objects name, in order and without duplicates. */
export function usersOf(body: TrackArrays): string[] {
  const labels = ARRAYS.flatMap((name) => body[name].map(userOf))
  return [...new Set(labels)].filter((label) => label !== undefined)
}
