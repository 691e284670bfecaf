/** What is known of a message that waits. */
export type Waiting = { acceptedAt: number; sequence: number; rows: number }

const FIRST_ROOM = 64

/** The messages of a lane that were never handed out, first in first out, in 16 bytes each: there are millions. */
export function createRing() {
  let acceptedAt = new Float64Array(FIRST_ROOM)
  let sequence = new Uint32Array(FIRST_ROOM)
  let rows = new Uint32Array(FIRST_ROOM)
  let first = 0
  let size = 0

  function grow(): void {
    const room = acceptedAt.length
    const turned = <T extends Float64Array | Uint32Array>(from: T, to: T): T => {
      to.set(from.subarray(first))
      to.set(from.subarray(0, first), room - first)
      return to
    }
    acceptedAt = turned(acceptedAt, new Float64Array(2 * room))
    sequence = turned(sequence, new Uint32Array(2 * room))
    rows = turned(rows, new Uint32Array(2 * room))
    first = 0
  }

  return {
    size: () => size,
    add: (message: Waiting): void => {
      if (size === acceptedAt.length) grow()
      const place = (first + size) % acceptedAt.length
      acceptedAt[place] = message.acceptedAt
      sequence[place] = message.sequence
      rows[place] = message.rows
      size += 1
    },
    /** Of the first, or infinity. */
    sequence: (): number => (size > 0 ? (sequence[first] ?? 0) : Number.POSITIVE_INFINITY),
    /** Of the first, or infinity. */
    acceptedAt: (): number => (size > 0 ? (acceptedAt[first] ?? 0) : Number.POSITIVE_INFINITY),
    take: (): Waiting => {
      const message = {
        acceptedAt: acceptedAt[first] ?? 0,
        sequence: sequence[first] ?? 0,
        rows: rows[first] ?? 0,
      }
      first = (first + 1) % acceptedAt.length
      size -= 1
      return message
    },
  }
}
export type Ring = ReturnType<typeof createRing>
