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
}

/** The messages of one group that were never received from this queue, in first-in, first-out order. */
export type Backlog<Body> = {
  add: (message: GroupMessage<Body>) => void
  /** Removes the first message. */
  take: () => void
  /** The message at a position counted from the first, which is 0; undefined behind the last. */
  at: (place: number) => GroupMessage<Body> | undefined
}

export type GroupRules<Body> = {
  now: () => number
  /** How long a received message is hidden until `hide` changes it, in milliseconds. */
  visibilityMs: number
  /** A message that was received this number of times leaves the group instead of being received again. */
  maxReceiveCount: number
  onDeadLetter: (message: GroupMessage<Body>) => void
}

/** SQS's longest visibility timeout, counted from the receive. Hiding a message again does not restart it. */
const MAX_HIDDEN_SECONDS = 43_200

type Received<Body> = { message: GroupMessage<Body>; receivedAt: number; hiddenUntil: number }

/** Creates one message group, which keeps its messages in order and knows until when each is hidden. */
export function createGroup<Body>(backlog: Backlog<Body>, rules: GroupRules<Body>) {
  const { now, visibilityMs, maxReceiveCount, onDeadLetter } = rules
  /**
   * The messages that were received at least once and are still here. One receive bounds their number,
   * because the group is locked until they are settled or visible again.
   */
  const received: Received<Body>[] = []

  const head = () => received[0]?.message ?? backlog.at(0)

  function update(): void {
    group.first = head()?.sequence ?? Number.POSITIVE_INFINITY
    group.lockedUntil = Number.NEGATIVE_INFINITY
    for (const { hiddenUntil } of received) group.lockedUntil = Math.max(group.lockedUntil, hiddenUntil)
  }

  function receive(most: number, end: number): GroupMessage<Body>[] {
    const batch: GroupMessage<Body>[] = []
    while (batch.length < most) {
      // Received messages stay in the group, dead-lettered ones leave it.
      const place = batch.length
      const message = received[place]?.message ?? backlog.at(0)
      if (!message || message.sequence > end) break
      if (place === received.length) backlog.take()
      if (message.receives >= maxReceiveCount) {
        received.splice(place, 1)
        onDeadLetter(message)
      } else {
        const again = { ...message, receives: message.receives + 1 }
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
    /** When the last of its messages in flight becomes visible. Until then, the group gives no messages. */
    lockedUntil: Number.NEGATIVE_INFINITY,
    add: (message: GroupMessage<Body>): void => {
      backlog.add(message)
      group.first = Math.min(group.first, message.sequence)
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
        else backlog.take()
        expired.push(oldest)
      }
      if (expired.length > 0) update()
      return expired
    },
    /** When each message in flight becomes visible. */
    inFlightUntil: () => received.map(({ hiddenUntil }) => hiddenUntil).filter((until) => until > now()),
    /** The first `most` messages; all of them unless set. */
    list: (most = Number.POSITIVE_INFINITY): GroupMessage<Body>[] => {
      const all = received.slice(0, most).map(({ message }) => message)
      for (let place = 0; all.length < most; place++) {
        const next = backlog.at(place)
        if (!next) break
        all.push(next)
      }
      return all
    },
  }
  return group
}
export type MessageGroup<Body> = ReturnType<typeof createGroup<Body>>
