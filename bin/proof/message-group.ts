/** A message in a queue. Each receive creates a new object, which identifies that receive. */
export type GroupMessage<Body> = {
  /** SQS message group id. */
  readonly group: string
  readonly body: Body
  /** When this queue accepted it, in milliseconds of the queue's clock. */
  readonly sentAt: number
  /** Its position among all messages of this queue, counted from 1. */
  readonly sequence: number
  /** The number of times it was received. */
  readonly receives: number
  /** When this queue handed it out for the first time, if it did. */
  readonly firstReceivedAt?: number
}
export type ReceivedGroupMessage<Body> = GroupMessage<Body> & { readonly firstReceivedAt: number }

export type GroupRules<Body> = {
  now: () => number
  /** How long a received message is hidden until `hide` changes it, in milliseconds. */
  visibilityMs: number
  /** How long a message is hidden after it was sent, in milliseconds: the queue's DelaySeconds. */
  delayMs: number
  /** A message that was received this number of times leaves the group instead of being received again. */
  maxReceiveCount: number
  onDeadLetter: (message: GroupMessage<Body>) => void
}

/** SQS's longest visibility timeout, counted from the receive. Hiding a message again does not restart it. */
const MAX_HIDDEN_SECONDS = 43_200

type Received<Body> = { message: GroupMessage<Body>; receivedAt: number; hiddenUntil: number }

/** Creates one message group, which keeps its messages in order and knows until when each is hidden. */
export function createGroup<Body>(rules: GroupRules<Body>) {
  const { now, visibilityMs, delayMs, maxReceiveCount, onDeadLetter } = rules
  /**
   * The messages that were received at least once and are still here. One receive bounds their number,
   * because the group is locked until they are settled or visible again.
   */
  const received: Received<Body>[] = []
  /** The messages that were never received from this queue, first in, first out. */
  const backlog: GroupMessage<Body>[] = []

  const head = () => received[0]?.message ?? backlog[0]

  function update(): void {
    group.first = head()?.sequence ?? Number.POSITIVE_INFINITY
    group.lockedUntil = Number.NEGATIVE_INFINITY
    for (const { hiddenUntil } of received) group.lockedUntil = Math.max(group.lockedUntil, hiddenUntil)
    if (received.length === 0 && backlog[0]) group.lockedUntil = dueAt(backlog[0])
  }

  const dueAt = ({ sentAt }: GroupMessage<Body>) => sentAt + delayMs

  function receive(most: number, end: number): ReceivedGroupMessage<Body>[] {
    const batch: ReceivedGroupMessage<Body>[] = []
    while (batch.length < most) {
      // Received messages stay in the group, dead-lettered ones leave it.
      const place = batch.length
      const message = received[place]?.message ?? backlog[0]
      if (!message || message.sequence > end) break
      if (place === received.length) {
        if (dueAt(message) > now()) break
        backlog.shift()
      }
      if (message.receives >= maxReceiveCount) {
        received.splice(place, 1)
        onDeadLetter(message)
      } else {
        const { receives, firstReceivedAt = now() } = message
        const again = { ...message, receives: receives + 1, firstReceivedAt }
        received[place] = { message: again, receivedAt: now(), hiddenUntil: now() + visibilityMs }
        batch.push(again)
      }
    }
    update()
    return batch
  }

  /** @returns the index of a message that has stayed hidden since this receive, or -1. */
  const find = (message: GroupMessage<Body>) =>
    received.findIndex((other) => other.message === message && other.hiddenUntil > now())

  const group = {
    /** The sequence number of its first message; infinity if it is empty. */
    first: Number.POSITIVE_INFINITY,
    /**
     * When the last of its messages in flight becomes visible, or without any, when its first message is no
     * longer delayed. Until then, the group gives no messages.
     */
    lockedUntil: Number.NEGATIVE_INFINITY,
    add: (message: GroupMessage<Body>): void => {
      backlog.push(message)
      if (group.first === Number.POSITIVE_INFINITY) update()
    },
    /** Receives at most `most` messages, from the first on and none after the sequence number `end`. */
    receive,
    /** @returns false, without effect, if the message is gone or has become visible since that receive. */
    remove: (message: GroupMessage<Body>): boolean => {
      const place = find(message)
      if (place < 0) return false
      received.splice(place, 1)
      update()
      return true
    },
    /**
     * @returns false, without effect, in the same cases as `remove`, or if the message would then be hidden
     * for more than 12 hours since its receive.
     */
    hide: (message: GroupMessage<Body>, seconds: number): boolean => {
      if (!(seconds >= 0 && seconds <= MAX_HIDDEN_SECONDS))
        throw new RangeError(`a message cannot be hidden for ${seconds} s`)
      const found = received[find(message)]
      const hiddenUntil = now() + seconds * 1_000
      if (!found || hiddenUntil > found.receivedAt + MAX_HIDDEN_SECONDS * 1_000) return false
      found.hiddenUntil = hiddenUntil
      update()
      return true
    },
    /**
     * Removes and returns the messages that were sent at or before this time. The first messages are the
     * oldest.
     */
    expire: (sentUntil: number): GroupMessage<Body>[] => {
      const expired: GroupMessage<Body>[] = []
      for (let oldest = head(); oldest && oldest.sentAt <= sentUntil; oldest = head()) {
        if (received.length > 0) received.shift()
        else backlog.shift()
        expired.push(oldest)
      }
      if (expired.length > 0) update()
      return expired
    },
    /** When each message in flight becomes visible. */
    inFlightUntil: () => received.map(({ hiddenUntil }) => hiddenUntil).filter((until) => until > now()),
    /** When each message that was never received ceases to be delayed. */
    delayedUntil: () => backlog.map(dueAt).filter((until) => until > now()),
    /** The first `most` messages; all of them unless set. */
    list: (most = Number.POSITIVE_INFINITY): GroupMessage<Body>[] => [
      ...received.slice(0, most).map(({ message }) => message),
      ...backlog.slice(0, Math.max(0, most - received.length)),
    ],
  }
  return group
}
export type MessageGroup<Body> = ReturnType<typeof createGroup<Body>>
