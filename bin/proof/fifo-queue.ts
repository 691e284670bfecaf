import { RETENTION_DAYS, VISIBILITY_SECONDS } from '../../functions/shared/limits.ts'
import { createHeap } from './heap.ts'
import {
  createGroup,
  type GroupMessage,
  type GroupRules,
  type MessageGroup,
  type ReceivedGroupMessage,
} from './message-group.ts'

export type FifoOptions<Body> = {
  /** Milliseconds since any fixed moment. */
  now: () => number
  /**
   * How long a received message is hidden until `hide` changes it, in milliseconds; as in the stack unless
   * set.
   */
  visibilityMs?: number
  /**
   * How long a message is hidden after it was sent, in milliseconds; 0 unless set. SQS has one delay for all
   * messages of a FIFO queue (SQS API reference, "SendMessage"), so their order stays.
   */
  delayMs?: number
  /** Messages are deleted at this age, in milliseconds; 14 days, SQS's maximum, unless set. */
  retentionMs?: number
  /** A message that was received this number of times is dead-lettered instead of being received again. */
  maxReceiveCount?: number
  /** Receives each dead-lettered message. Without it, no message is dead-lettered. */
  onDeadLetter?: (message: GroupMessage<Body>) => void
  /**
   * Whether one call may receive several messages of a group, as on AWS (the default). The local emulator
   * gives one.
   */
  severalPerGroup?: boolean
  /**
   * Returns numbers from 0 up to 1. It chooses the groups of a call and, with `severalPerGroup`, the number
   * of messages of each; AWS specifies neither. Without it, the group with the oldest message is first and
   * gives all its messages.
   */
  random?: () => number
  /** The number of oldest messages that are searched for available groups; as on AWS unless set. */
  searchWindow?: number
}

/**
 * AWS searches this number of a queue's oldest messages for available groups, and allows this number in
 * flight (SQS developer guide, "Avoid large message backlogs with the same message group ID").
 */
export const SEARCH_WINDOW = 120_000

const DAY_MS = 86_400_000

/**
 * Implements the rules of an SQS FIFO queue in high-throughput mode (SQS developer guide, "FIFO delivery
 * logic"), in memory and on the clock of `now`. It is the only model of a queue for tests and tools.
 * `sqs-queue.ts` adds SQS's API calls.
 */
export function createFifoQueue<Body>(options: FifoOptions<Body>) {
  const { now, random, severalPerGroup = true, searchWindow = SEARCH_WINDOW } = options
  const { retentionMs = RETENTION_DAYS * DAY_MS } = options
  const rules = rulesOf(options, () => {
    gone += 1
  })
  const groups = new Map<string, MessageGroup<Body>>()
  /** Unlocked groups, ordered by their first message. Empty groups are neither here nor in `locked`. */
  let open = createHeap<MessageGroup<Body>>(isEarlier)
  /** Groups whose messages are in flight or delayed. None of them unlocks through time before `nextUnlockAt`. */
  const locked = new Set<MessageGroup<Body>>()
  let nextUnlockAt = Number.POSITIVE_INFINITY
  const expired: GroupMessage<Body>[] = []
  /** No message expires before. It may be earlier than necessary, because it ignores deleted messages. */
  let nextExpiryAt = Number.POSITIVE_INFINITY
  let sent = 0
  let gone = 0

  /**
   * All messages behind the window are still in the queue, so the window moves by one with each deleted
   * message.
   */
  const endOfWindow = () => gone + searchWindow

  /**
   * Puts a group into `open` or `locked`. Must be called after every change to a group that is not in `open`.
   */
  function classify(group: MessageGroup<Body>): void {
    if (group.lockedUntil > now()) {
      locked.add(group)
      nextUnlockAt = Math.min(nextUnlockAt, group.lockedUntil)
      return
    }
    locked.delete(group)
    if (group.first < Number.POSITIVE_INFINITY) open.push(group)
  }

  /** Applies the effects of elapsed time: expired messages and unlocked groups. */
  function refresh(): void {
    if (nextExpiryAt <= now()) dropExpired()
    if (nextUnlockAt > now()) return
    nextUnlockAt = Number.POSITIVE_INFINITY
    for (const group of [...locked]) classify(group)
  }

  function dropExpired(): void {
    const dropped = [...groups.values()].flatMap((group) => group.expire(now() - retentionMs))
    const left = [...groups.values()].flatMap((group) => group.list(1))
    nextExpiryAt = Math.min(...left.map(({ sentAt }) => sentAt + retentionMs))
    if (dropped.length === 0) return
    gone += dropped.length
    expired.push(...dropped)
    open = createHeap<MessageGroup<Body>>(isEarlier)
    for (const group of groups.values()) classify(group)
  }

  function send({ group: name, body, receives = 0 }: { group: string; body: Body; receives?: number }) {
    const sequence = ++sent
    const group = groups.get(name) ?? createGroup(rules)
    groups.set(name, group)
    const isEmpty = group.first === Number.POSITIVE_INFINITY
    group.add({ group: name, body, sentAt: now(), sequence, receives })
    nextExpiryAt = Math.min(nextExpiryAt, now() + retentionMs)
    if (isEmpty) classify(group)
    return sequence
  }

  const isOpenUntil = (end: number) => (open.top()?.first ?? Number.POSITIVE_INFINITY) <= end
  const takeOldest = (end: number) => (isOpenUntil(end) ? open.pop() : undefined)

  function takeAllShuffled(end: number, random: () => number): MessageGroup<Body>[] {
    const all: { group: MessageGroup<Body>; rank: number }[] = []
    for (let group = takeOldest(end); group; group = takeOldest(end)) all.push({ group, rank: random() })
    return all.sort((a, b) => a.rank - b.rank).map(({ group }) => group)
  }

  function receive(max: number): ReceivedGroupMessage<Body>[] {
    refresh()
    const end = endOfWindow()
    const shuffled = random && takeAllShuffled(end, random)
    const batch: ReceivedGroupMessage<Body>[] = []
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

  function remove(message: GroupMessage<Body>): boolean {
    refresh()
    const group = groups.get(message.group)
    if (!group?.remove(message)) return false
    gone += 1
    classify(group)
    return true
  }

  function hide(message: GroupMessage<Body>, seconds: number): boolean {
    refresh()
    const group = groups.get(message.group)
    if (!group?.hide(message, seconds)) return false
    classify(group)
    return true
  }

  function ofAll<T>(ask: (group: MessageGroup<Body>) => readonly T[]): T[] {
    refresh()
    return [...groups.values()].flatMap(ask)
  }

  return {
    /** @param message can bring its number of receives from another queue. @returns its sequence number. */
    send,
    /** Receives at most `max` messages. A group with a message in flight gives none. */
    receive,
    /** @returns false, without effect, if the message is gone or has become visible since that receive. */
    remove,
    /**
     * Hides a received message for this number of seconds (0 to 43,200) from now.
     * @returns false, without effect, in the same cases as `remove`, or if the message would then be hidden
     * for more than 12 hours since its receive.
     */
    hide,
    /** Whether `receive` would return a message. */
    isReady: () => {
      refresh()
      return isOpenUntil(endOfWindow())
    },
    /** The number of messages, hidden or not. */
    size: () => {
      refresh()
      return sent - gone
    },
    /** Counts as SQS does: messages behind a hidden message of their group count as visible, delayed ones do not. */
    counts: () => {
      const inFlight = ofAll((group) => group.inFlightUntil()).length
      const delayed = ofAll((group) => group.delayedUntil()).length
      return { visible: sent - gone - inFlight - delayed, inFlight }
    },
    /** When the oldest message was sent; undefined if there is none. */
    oldestSentAt: (): number | undefined => {
      const heads = ofAll((group) => group.list(1))
      return heads.length > 0 ? Math.min(...heads.map(({ sentAt }) => sentAt)) : undefined
    },
    /** All messages in the order in which they were sent, hidden or not. */
    list: () => ofAll((group) => group.list()).sort((a, b) => a.sequence - b.sequence),
    /** The messages that have expired so far. */
    expired: (): readonly GroupMessage<Body>[] => {
      refresh()
      return expired
    },
    /** When the next hidden message becomes visible; undefined if none is hidden. */
    nextChangeAt: (): number | undefined => {
      refresh()
      const ends = [...locked].flatMap((group) => [group.lockedUntil, ...group.inFlightUntil()])
      return ends.length > 0 ? Math.min(...ends) : undefined
    },
  }
}
export type FifoQueue<Body> = ReturnType<typeof createFifoQueue<Body>>

const isEarlier = (a: { first: number }, b: { first: number }) => a.first < b.first

function rulesOf<Body>(options: FifoOptions<Body>, onGone: () => void): GroupRules<Body> {
  const {
    now,
    visibilityMs = VISIBILITY_SECONDS * 1_000,
    delayMs = 0,
    maxReceiveCount,
    onDeadLetter,
  } = options
  return {
    now,
    visibilityMs,
    delayMs,
    maxReceiveCount: (onDeadLetter && maxReceiveCount) ?? Number.POSITIVE_INFINITY,
    onDeadLetter: (message) => {
      onGone()
      onDeadLetter?.(message)
    },
  }
}
