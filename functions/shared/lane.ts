/**
 * A lane is an SQS message group that many users share: wide enough that its messages are full, and since one user
 * is always in one lane, that user's changes stay in order.
 *
 * The hash is 32-bit FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/): spread matters here,
 * not secrecy. It must never change while messages wait, or a user would stand in two lanes.
 */
const FNV_OFFSET_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** @returns a lane number from 0 to `lanes` - 1. */
export function laneOf(userKey: string, lanes: number): number {
  let hash = FNV_OFFSET_BASIS
  for (let i = 0; i < userKey.length; i++) hash = Math.imul(hash ^ userKey.charCodeAt(i), FNV_PRIME)
  return (hash >>> 0) % lanes
}

/** The SQS message group id of a lane. */
export const laneGroup = (lane: number) => `lane-${lane}`
