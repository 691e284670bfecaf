import type { Letter } from './letter.ts'
import type { Part } from './parts.ts'

/** When a part was accepted, as exactly as letters tell: compared from left to right. */
export type Place = readonly [
  /** Milliseconds since the epoch. */
  acceptedAt: number,
  /** Of one moment, what was parked first is taken to have come first. Milliseconds since the epoch. */
  parkedAt: number,
  /** The message or the request it came in, whose parts stand together. */
  origin: string,
  index: number,
]

export type Placed<T> = T & { place: Place }

/** Below zero where `a` was accepted before `b`, zero where both are one and the same. */
export function compare(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0) || a[3] - b[3]
}

/** Gives each part of all letters its place in the order of acceptance. */
export function placed<T extends { letter: Letter; part: Part }>(parts: readonly T[]): Placed<T>[] {
  const firstParked = new Map<string, number>()
  for (const { letter } of parts) {
    const origin = originOf(letter)
    firstParked.set(origin, Math.min(letter.sentAt, firstParked.get(origin) ?? letter.sentAt))
  }
  return parts.map((item) => {
    const origin = originOf(item.letter)
    const parkedAt = firstParked.get(origin) ?? item.letter.sentAt
    return { ...item, place: [acceptedAt(item.letter), parkedAt, origin, item.part.index] }
  })
}

/** Rows of one request are counted through all its letters, records through all letters of one message. */
function originOf({ content, messageId }: Letter): string {
  if (content.kind === 'rows') return `request ${content.letter.requestId}`
  return `message ${content.kind === 'message' ? content.message.id : messageId}`
}

/** @returns milliseconds since the epoch; 0, the oldest there is, where the letter doesn't tell. */
export function acceptedAt({ content }: Letter): number {
  if (content.kind === 'message') return Date.parse(content.message.receivedAt) || 0
  return content.kind === 'rows' ? Date.parse(content.letter.receivedAt) || 0 : 0
}
