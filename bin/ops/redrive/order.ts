import type { DeadLetter } from './dead-letter.ts'
import type { DeadLetterPart } from './parts.ts'

/** When a part was accepted, as exactly as letters tell: compared from left to right. */
export type AcceptanceOrder = readonly [
  /** Milliseconds since the epoch. */
  acceptedAt: number,
  /** Of one moment, what was parked first is taken to have come first. Milliseconds since the epoch. */
  parkedAt: number,
  /** The message or the request it came in, whose parts stand together. */
  origin: string,
  index: number,
]

export type Ordered<T> = T & { order: AcceptanceOrder }

/** Below zero where `a` was accepted before `b`, zero where both are one and the same. */
export function compareOrder(a: AcceptanceOrder, b: AcceptanceOrder): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0) || a[3] - b[3]
}

/** Gives each part of all letters its place in the order of acceptance. */
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

/** Rows of one request are counted through all its letters, records through all letters of one message. */
function originOf({ content, messageId }: DeadLetter): string {
  if (content.kind === 'rows') return `request ${content.envelope.requestId}`
  return `message ${content.kind === 'message' ? content.message.id : messageId}`
}

/** @returns milliseconds since the epoch; 0, the oldest there is, where the letter doesn't tell. */
export function acceptedAt({ content }: DeadLetter): number {
  if (content.kind === 'message') return Date.parse(content.message.receivedAt) || 0
  return content.kind === 'rows' ? Date.parse(content.envelope.receivedAt) || 0 : 0
}
