import { RETENTION_DAYS, VISIBILITY_SECONDS } from '../../functions/shared/limits.ts'
import { createHeap } from './heap.ts'
import { type Backlog, createGroup, type Group, type GroupRules, type Message } from './message-group.ts'

export type FifoOptions<Body> = {
  /** Milliseconds since whatever moment the caller counts from. */
  now: () => number
  /** How long a received message is hidden unless that is changed; as in the stack unless set. In milliseconds. */
  visibilityMs?: number
  /** Messages vanish at this age; after 14 days, SQS's maximum, unless set. In milliseconds. */
  retentionMs?: number
  /** A message that was received this many times is dead-lettered instead of being received again. */
  maxReceiveCount?: number
  /** Gets each dead-lettered message. Without it, none is dead-lettered. */
  onDeadLetter?: (message: Message<Body>) => void
  /** One call receives several messages of a group, as on AWS (the default), or one of each, as in the local emulator. */
  severalPerGroup?: boolean
  /**
   * From 0 up to 1. Chooses the groups of a call, and with `severalPerGroup` how many of each, both of which AWS leaves
   * open. Without it: the group with the oldest message first, and as many as there are.
   */
  random?: () => number
  /** How many of the oldest messages are searched for groups to hand out; as on AWS unless set. */
  searchWindow?: number
  /** For callers with millions of messages, which a list of objects has no room for. */
  createBacklog?: (group: string) => Backlog<Body>
}

/**
 * AWS searches this many of a queue's oldest messages for groups to hand out, and this many may be in flight (SQS
 * developer guide, "Avoid large message backlogs with the same message group ID").
 */
export const SEARCH_WINDOW = 120_000

const DAY_MS = 86_400_000

/**
 * The rules of an SQS FIFO queue in high-throughput mode (SQS developer guide, "FIFO delivery logic"), in memory and in
 * whatever time `now` tells. Tests and tools have no other model of a queue; `sqs-queue.ts` adds the calls of SQS.
 */
export function createFifoQueue<Body>(options: FifoOptions<Body>) {
  const { now, random, severalPerGroup = true, searchWindow = SEARCH_WINDOW } = options
  const { retentionMs = RETENTION_DAYS * DAY_MS, createBacklog = createList } = options
  const rules = rulesOf(options, () => {
    gone += 1
  })
  const groups = new Map<string, Group<Body>>()
  /** Unlocked groups, by their first message. Empty groups are neither here nor in `locked`. */
  let open = createHeap<Group<Body>>(isEarlier)
  /** Groups with messages in flight. None of them is unlocked by time before `nextUnlockAt`. */
  const locked = new Set<Group<Body>>()
  let nextUnlockAt = Number.POSITIVE_INFINITY
  const expired: Message<Body>[] = []
  let sent = 0
  let gone = 0

  /** Every message behind the window is still there, so the window moves by one with each message that is gone. */
  const endOfWindow = () => gone + searchWindow

  /** Puts a group where it belongs. To be called after every change to one that is not in `open`. */
  function classify(group: Group<Body>): void {
    if (group.lockedUntil > now()) {
      locked.add(group)
      nextUnlockAt = Math.min(nextUnlockAt, group.lockedUntil)
      return
    }
    locked.delete(group)
    if (group.first < Number.POSITIVE_INFINITY) open.push(group)
  }

  /** Lets time take its effect. */
  function refresh(): void {
    if (retentionMs < Number.POSITIVE_INFINITY) dropExpired()
    if (nextUnlockAt > now()) return
    nextUnlockAt = Number.POSITIVE_INFINITY
    for (const group of [...locked]) classify(group)
  }

  function dropExpired(): void {
    const dropped = [...groups.values()].flatMap((group) => group.expire(now() - retentionMs))
    if (dropped.length === 0) return
    gone += dropped.length
    expired.push(...dropped)
    open = createHeap<Group<Body>>(isEarlier)
    for (const group of groups.values()) classify(group)
  }

  function send({ group: name, body, receives = 0 }: { group: string; body: Body; receives?: number }) {
    const sequence = ++sent
    const group = groups.get(name) ?? createGroup(createBacklog(name), rules)
    groups.set(name, group)
    const isEmpty = group.first === Number.POSITIVE_INFINITY
    group.add({ group: name, body, sentAt: now(), sequence, receives })
    if (isEmpty) classify(group)
    return sequence
  }

  const isOpenUntil = (end: number) => (open.top()?.first ?? Number.POSITIVE_INFINITY) <= end
  const takeOldest = (end: number) => (isOpenUntil(end) ? open.pop() : undefined)

  function takeAllShuffled(end: number, random: () => number): Group<Body>[] {
    const all: { group: Group<Body>; rank: number }[] = []
    for (let group = takeOldest(end); group; group = takeOldest(end)) all.push({ group, rank: random() })
    return all.sort((a, b) => a.rank - b.rank).map(({ group }) => group)
  }

  function receive(max: number): Message<Body>[] {
    refresh()
    const end = endOfWindow()
    const shuffled = random && takeAllShuffled(end, random)
    const batch: Message<Body>[] = []
    while (batch.length < max) {
      const group = shuffled ? shuffled.shift() : takeOldest(end)
      if (!group) break
      const room = severalPerGroup ? max - batch.length : 1
      batch.push(...group.receive(random ? 1 + Math.floor(random() * room) : room, end))
      classify(group)
    }
    for (const group of shuffled ?? []) open.push(group)
    return batch
  }

  function remove(message: Message<Body>): boolean {
    refresh()
    const group = groups.get(message.group)
    if (!group?.remove(message)) return false
    gone += 1
    classify(group)
    return true
  }

  function hide(message: Message<Body>, seconds: number): boolean {
    refresh()
    const group = groups.get(message.group)
    if (!group?.hide(message, seconds)) return false
    classify(group)
    return true
  }

  /** What each group answers, of all of them. */
  function ofAll<T>(ask: (group: Group<Body>) => readonly T[]): T[] {
    refresh()
    return [...groups.values()].flatMap(ask)
  }

  return {
    /** @param message with the number of receives that it brings from another queue. @returns its sequence. */
    send,
    /** At most `max` messages. A group with a message in flight hands out nothing. */
    receive,
    /** @returns false, and does nothing, when the message has become visible since that receive, or is gone. */
    remove,
    /**
     * Hides a received message for this many seconds (0 to 43,200) from now.
     * @returns false, and does nothing, as `remove` does, or when it would be hidden for over 12 hours since its receive.
     */
    hide,
    /** Whether a receive would get a message. */
    isReady: () => {
      refresh()
      return isOpenUntil(endOfWindow())
    },
    /** Whether there are unlocked groups, but none within the search window. */
    isBlocked: () => {
      refresh()
      return open.size() > 0 && !isOpenUntil(endOfWindow())
    },
    /** As SQS counts: what waits behind a hidden message of its group is visible too. */
    counts: () => {
      const inFlight = ofAll((group) => group.inFlightUntil()).length
      return { visible: sent - gone - inFlight, inFlight }
    },
    /** The first message of each group, hidden or not. */
    heads: () => ofAll((group) => group.list(1)),
    /** All messages in the order they came, hidden or not. */
    list: () => ofAll((group) => group.list()).sort((a, b) => a.sequence - b.sequence),
    /** What vanished by age so far. */
    expired: (): readonly Message<Body>[] => {
      refresh()
      return expired
    },
    /** When the next hidden message becomes visible. */
    nextChangeAt: (): number | undefined => {
      const ends = ofAll((group) => group.inFlightUntil())
      return ends.length > 0 ? Math.min(...ends) : undefined
    },
  }
}
export type FifoQueue<Body> = ReturnType<typeof createFifoQueue<Body>>

const isEarlier = (a: { first: number }, b: { first: number }) => a.first < b.first

function rulesOf<Body>(options: FifoOptions<Body>, onGone: () => void): GroupRules<Body> {
  const { now, visibilityMs = VISIBILITY_SECONDS * 1_000, maxReceiveCount, onDeadLetter } = options
  return {
    now,
    visibilityMs,
    maxReceiveCount: (onDeadLetter && maxReceiveCount) ?? Number.POSITIVE_INFINITY,
    onDeadLetter: (message) => {
      onGone()
      onDeadLetter?.(message)
    },
  }
}

function createList<Body>(): Backlog<Body> {
  const messages: Message<Body>[] = []
  return {
    add: (message) => void messages.push(message),
    take: () => void messages.shift(),
    at: (place) => messages[place],
  }
}
