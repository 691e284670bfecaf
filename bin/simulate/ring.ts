import type { Backlog } from '../proof/message-group.ts'

/** The content of a message in the simulation. */
export type WaitingMessage = { acceptedAt: number; rows: number }

const FIRST_ROOM = 64

/**
 * Creates the backlog of a lane in a ring buffer. It needs 24 bytes a message, because there are millions.
 */
export function createRing(group: string): Backlog<WaitingMessage> {
  let acceptedAt = new Float64Array(FIRST_ROOM)
  let sentAt = new Float64Array(FIRST_ROOM)
  let sequence = new Uint32Array(FIRST_ROOM)
  let rows = new Uint32Array(FIRST_ROOM)
  let first = 0
  let size = 0

  function grow(): void {
    const room = acceptedAt.length
    const rotated = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from.subarray(first))
      to.set(from.subarray(0, first), room - first)
      return to
    }
    acceptedAt = rotated(acceptedAt, new Float64Array(2 * room))
    sentAt = rotated(sentAt, new Float64Array(2 * room))
    sequence = rotated(sequence, new Uint32Array(2 * room))
    rows = rotated(rows, new Uint32Array(2 * room))
    first = 0
  }

  return {
    add: (message) => {
      if (size === acceptedAt.length) grow()
      const index = (first + size) % acceptedAt.length
      acceptedAt[index] = message.body.acceptedAt
      sentAt[index] = message.sentAt
      sequence[index] = message.sequence
      rows[index] = message.body.rows
      size += 1
    },
    take: () => {
      first = (first + 1) % acceptedAt.length
      size -= 1
    },
    at: (place) => {
      if (place >= size) return undefined
      const here = (first + place) % acceptedAt.length
      return {
        group,
        body: { acceptedAt: acceptedAt[here] ?? 0, rows: rows[here] ?? 0 },
        sentAt: sentAt[here] ?? 0,
        sequence: sequence[here] ?? 0,
        receives: 0,
      }
    },
  }
}
