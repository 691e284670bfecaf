/** A message in a queue. Each receive makes a new one, which stands for that receive. */
export type Message<Body> = {
  /** SQS message group id. */
  readonly group: string
  readonly body: Body
  /** When this queue took it, in the milliseconds of the queue's clock. */
  readonly sentAt: number
  /** Its place among all messages of this queue, counted from 1. */
  readonly sequence: number
  /** The number of times it was received. */
  readonly receives: number
}

/** The messages of one group that were never received from this queue, first in, first out. */
export type Backlog<Body> = {
  add: (message: Message<Body>) => void
  /** Takes the first message out. */
  take: () => void
  /** Counted from the first; undefined behind the last. */
  at: (place: number) => Message<Body> | undefined
}

export type GroupRules<Body> = {
  now: () => number
  /** How long a received message is hidden unless that is changed, in milliseconds. */
  visibilityMs: number
  /** A message that was received this many times leaves the group instead of being received again. */
  maxReceiveCount: number
  onDeadLetter: (message: Message<Body>) => void
}

/** SQS's longest visibility time-out. Hiding a message again does not start it again. */
const MAX_HIDDEN_SECONDS = 43_200

type Received<Body> = { message: Message<Body>; receivedAt: number; hiddenUntil: number }

/** One message group: its messages in their order, and which of them are hidden until when. */
export function createGroup<Body>(backlog: Backlog<Body>, rules: GroupRules<Body>) {
  const { now, visibilityMs, maxReceiveCount, onDeadLetter } = rules
  /** At least once, and still here: never more than one call receives, as the group is locked meanwhile. */
  const received: Received<Body>[] = []

  const head = () => received[0]?.message ?? backlog.at(0)

  function update(): void {
    group.first = head()?.sequence ?? Number.POSITIVE_INFINITY
    group.lockedUntil = Number.NEGATIVE_INFINITY
    for (const { hiddenUntil } of received) group.lockedUntil = Math.max(group.lockedUntil, hiddenUntil)
  }

  function receive(most: number, end: number): Message<Body>[] {
    const batch: Message<Body>[] = []
    while (batch.length < most) {
      // What is received stays in the group, what is dead-lettered leaves it.
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

  /** @returns the place of a message that has been hidden since this receive, or -1. */
  const find = (message: Message<Body>) =>
    received.findIndex((other) => other.message === message && other.hiddenUntil > now())

  const group = {
    /** The sequence of its first message; infinity without any. */
    first: Number.POSITIVE_INFINITY,
    /** When the last of its messages in flight becomes visible. Until then it hands out nothing. */
    lockedUntil: Number.NEGATIVE_INFINITY,
    add: (message: Message<Body>): void => {
      backlog.add(message)
      group.first = Math.min(group.first, message.sequence)
    },
    /** At most `most` messages, from the first on, none of them behind the sequence `end`. */
    receive,
    /** @returns false when the message has become visible since that receive, or is gone. */
    remove: (message: Message<Body>): boolean => {
      const place = find(message)
      if (place < 0) return false
      received.splice(place, 1)
      update()
      return true
    },
    /** @returns false, as `remove` does, or when it would be hidden for over 12 hours since its receive. */
    hide: (message: Message<Body>, seconds: number): boolean => {
      if (!(seconds >= 0 && seconds <= MAX_HIDDEN_SECONDS))
        throw new RangeError(`a message cannot be hidden for ${seconds} s`)
      const found = received[find(message)]
      const hiddenUntil = now() + seconds * 1_000
      if (!found || hiddenUntil > found.receivedAt + MAX_HIDDEN_SECONDS * 1_000) return false
      found.hiddenUntil = hiddenUntil
      update()
      return true
    },
    /** Takes out what was sent until then: the first messages are the oldest. */
    expire: (sentUntil: number): Message<Body>[] => {
      const expired: Message<Body>[] = []
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
    /** The first `most` messages, all unless set. */
    list: (most = Number.POSITIVE_INFINITY): Message<Body>[] => {
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
export type Group<Body> = ReturnType<typeof createGroup<Body>>
