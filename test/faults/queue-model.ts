import { createDeduplication } from './deduplication.ts'
import type { FifoQueue, ReceivedMessage, Sent } from './fifo-queue.ts'
import { createFlights } from './flights.ts'
import { createLanes, type QueuedMessage } from './queue-lanes.ts'
import { checkCall, type Entry, MAX_MESSAGES_PER_CALL, refusalOf } from './queue-limits.ts'

export type QueueOptions = {
  /** Milliseconds since the epoch. */
  now: () => number
  /** How long a message that was handed out is hidden unless told otherwise, in milliseconds. */
  visibilityMs: number
  /** Messages vanish when they are so old; 14 days, SQS's maximum, unless set. In milliseconds. */
  retentionMs?: number
  /** A message that was handed out so often goes to `deadLetters` instead of being handed out again. */
  maxReceiveCount?: number
  deadLetters?: FifoQueue
  /** Hand out several messages of a group in one call, as AWS does, or one of each, as the local emulator does. */
  severalPerGroup: boolean
  /**
   * From 0 up to 1. Chooses the groups of a call, and with `severalPerGroup` how many of each, both of which AWS leaves
   * open. Without it: the group with the oldest message first, and as many as there are.
   */
  random?: () => number
  /**
   * How many of the oldest messages are looked through for groups to hand out: 120,000 on AWS (SQS developer guide,
   * "Avoid large message backlogs with the same message group ID"). Without it: all.
   */
  looksThrough?: number
  /** Message ids begin with it, so that those of two queues differ; `queue` unless set. */
  name?: string
}

const FOURTEEN_DAYS_MS = 14 * 24 * 60 * 60 * 1000

/**
 * An SQS FIFO queue in high-throughput mode, in memory and in whatever time `now` tells. Calls fail only where SQS
 * itself refuses them: troubles are the caller's to add.
 */
export function createQueueModel(options: QueueOptions): FifoQueue {
  const { now, visibilityMs, severalPerGroup, random, deadLetters, looksThrough } = options
  const {
    retentionMs = FOURTEEN_DAYS_MS,
    maxReceiveCount = Number.POSITIVE_INFINITY,
    name = 'queue',
  } = options
  const lanes = createLanes()
  const flights = createFlights(now)
  const deduplication = createDeduplication(now)
  const expired: QueuedMessage[] = []
  let sequence = 0

  const append = (message: Omit<QueuedMessage, 'sentAt' | 'sequence'>) =>
    lanes.append({ ...message, sentAt: now(), sequence: ++sequence })

  function remove(message: QueuedMessage) {
    lanes.remove(message)
    flights.end(message)
  }

  /** Within a group the first is the oldest. */
  function dropExpired() {
    for (const lane of lanes.byGroup()) {
      for (let [first] = lane; first && first.sentAt + retentionMs <= now(); [first] = lane) {
        remove(first)
        expired.push(first)
      }
    }
  }

  function send(entry: Entry): Sent {
    const code = refusalOf(entry)
    if (code) return { taken: false, code }
    const { group, dedupId, body, attributes = {} } = entry
    const original = deduplication.originalOf(group, dedupId)
    if (original) return { taken: true, id: original, duplicate: true }
    const id = `${name}-${sequence + 1}`
    append({ id, group, dedupId, body, attributes, receives: 0 })
    deduplication.remember(group, dedupId, id)
    return { taken: true, id, duplicate: false }
  }

  function receive(max: number): ReceivedMessage[] {
    if (!(max >= 1 && max <= MAX_MESSAGES_PER_CALL))
      throw new RangeError(`nobody can receive ${max} messages`)
    const hidden = flights.groups()
    const end = endOfLook()
    const open = lanes
      .byGroup()
      .filter(([first]) => first && first.sequence < end && !hidden.has(first.group))
    const handedOut: ReceivedMessage[] = []
    for (const lane of random ? shuffled(open, random) : open) {
      if (handedOut.length === max) break
      const room = severalPerGroup ? max - handedOut.length : 1
      handedOut.push(...handOut(lane, random ? 1 + Math.floor(random() * room) : room, end))
    }
    return handedOut
  }

  /** The place of the first message that is not looked at. */
  function endOfLook(): number {
    const message = looksThrough === undefined ? undefined : lanes.all()[looksThrough]
    return message?.sequence ?? Number.POSITIVE_INFINITY
  }

  function handOut(lane: readonly QueuedMessage[], most: number, end: number): ReceivedMessage[] {
    const handedOut: ReceivedMessage[] = []
    while (handedOut.length < most) {
      // What was handed out stays in the lane, what is given up leaves it.
      const message = lane[handedOut.length]
      if (!message || message.sequence >= end) break
      if (deadLetters && message.receives >= maxReceiveCount) {
        remove(message)
        deadLetters.admit(message)
      } else {
        const received = { ...message, receives: message.receives + 1 }
        lanes.replace(received)
        handedOut.push({ ...received, handle: flights.start(received, visibilityMs) })
      }
    }
    return handedOut
  }

  const upToDate =
    <Args extends readonly unknown[], Result>(act: (...args: Args) => Result) =>
    (...args: Args): Result => {
      dropExpired()
      return act(...args)
    }

  return {
    send: (entries) => {
      checkCall(entries)
      return entries.map(send)
    },
    receive: upToDate(receive),
    delete: upToDate((handle) => {
      const message = flights.messageOf(handle)
      if (message) remove(message)
      return message !== undefined
    }),
    changeVisibility: upToDate(flights.hide),
    counts: upToDate(() => {
      const inFlight = flights.count()
      return { visible: lanes.all().length - inFlight, inFlight }
    }),
    list: upToDate(lanes.all),
    expired: upToDate(() => expired),
    nextChangeAt: upToDate(flights.nextEnd),
    admit: (message) => append({ ...message, dedupId: message.id }),
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
