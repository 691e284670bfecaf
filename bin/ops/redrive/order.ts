import type { DeadLetter } from './dead-letter.ts'
import type { DeadLetterPart } from './parts.ts'

/**
 * The time at which a part was accepted, as exactly as the dead letters show it. Compare from left to right.
 */
export type AcceptanceOrder = readonly [
  /** Milliseconds since the epoch. */
  acceptedAt: number,
  /**
   * Milliseconds since the epoch. Of parts accepted at the same moment, the one that was parked first is
   * assumed to be older.
   */
  parkedAt: number,
  /** The message or the request that the part came in. Keeps its parts together. */
  origin: string,
  index: number,
]

export type Ordered<T> = T & { order: AcceptanceOrder }

/** @returns a negative number if `a` was accepted before `b`, zero if both are the same. */
export function compareOrder(a: AcceptanceOrder, b: AcceptanceOrder): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0) || a[3] - b[3]
}

/** Gives each part of all dead letters its position in the order of acceptance. */
export function withOrder<T extends { deadLetter: DeadLetter; part: DeadLetterPart }>(
  parts: readonly T[],
): Ordered<T>[] {
  const firstParked = new Map<string, number>()
  for (const { deadLetter } of parts) {
    const origin = originOf(deadLetter)
    firstParked.set(origin, Math.min(deadLetter.sentAt, firstParked.get(origin) ?? deadLetter.sentAt))
  }
  return parts.map((item) => {
    const origin = originOf(item.deadLetter)
    const parkedAt = firstParked.get(origin) ?? item.deadLetter.sentAt
    return { ...item, order: [acceptedAt(item.deadLetter), parkedAt, origin, item.part.index] }
  })
}

/**
 * Row indexes count through all dead letters of a request, record indexes through all dead letters of a
 * message.
 */
function originOf({ content, messageId }: DeadLetter): string {
  if (content.kind === 'rows') return `request ${content.envelope.requestId}`
  return `message ${content.kind === 'message' ? content.message.id : messageId}`
}

/**
 * @returns milliseconds since the epoch; 0, the oldest possible time, if the dead letter does not hold the
 * time.
 */
export function acceptedAt({ content }: DeadLetter): number {
  if (content.kind === 'message') return Date.parse(content.message.receivedAt) || 0
  return content.kind === 'rows' ? Date.parse(content.envelope.receivedAt) || 0 : 0
}
