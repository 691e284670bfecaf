import { BATCH_SIZE } from '../../functions/shared/limits.ts'
import { laneGroup } from '../../functions/shared/message.ts'
import type { Clock, Course } from './clock.ts'
import { createHeap } from './heap.ts'
import { createRing, type Waiting } from './ring.ts'

/**
 * A FIFO queue looks through so many of its oldest messages for lanes to hand out, and so many may be handed out at a
 * time (SQS developer guide, "Avoid large message backlogs with the same message group ID").
 */
export const WINDOW = 120_000

/** A message that was handed out at least once. */
export type Message = Waiting & { readonly lane: string; receives: number }

/**
 * An SQS FIFO queue in high-throughput mode and the workers' places at it. It hands out as many of one lane as there
 * are, the oldest lane first, and of a lane of which something is hidden nothing (SQS developer guide, "FIFO delivery
 * logic").
 */
export function createQueue(lanes: number, clock: Clock, window: number) {
  const all = Array.from({ length: lanes }, (_, number) => ({
    name: laneGroup(number),
    fresh: createRing(),
    /** Were handed out and came back, in their order. */
    back: [] as Message[],
    /** Handed out and neither deleted nor put back. */
    flying: [] as readonly Message[],
    /** Until then its messages are hidden. */
    hiddenUntil: 0,
    isOpen: false,
  }))
  type Lane = (typeof all)[number]
  const byName = new Map(all.map((lane) => [lane.name, lane]))
  /** Lanes that could be handed out. */
  const open = createHeap<Lane>((a, b) => headOf(a) < headOf(b))
  const idle: Course[] = []
  const count = { messages: 0, rows: 0, sent: 0, deleted: 0, inFlight: 0, mostInFlight: 0 }

  const headOf = ({ back, fresh }: Lane): number => back[0]?.sequence ?? fresh.sequence()
  /** All beyond the window are still there, so its end moves by one with each deletion. */
  const isSeen = (sequence: number) => sequence < count.deleted + window

  function oldest(): Lane | undefined {
    const lane = open.top()
    return lane && isSeen(headOf(lane)) ? lane : undefined
  }

  /** Somebody who found nothing looks again. */
  function wake(): void {
    if (idle.length === 0 || !oldest()) return
    const course = idle.shift()
    if (course) clock.resume(course)
  }

  function reopen(lane: Lane): void {
    const isEmpty = lane.back.length === 0 && lane.fresh.size() === 0
    if (lane.isOpen || lane.flying.length > 0 || isEmpty || lane.hiddenUntil > clock.now()) return
    lane.isOpen = true
    open.push(lane)
    wake()
  }

  function* reopenIn(lane: Lane, ms: number): Course {
    yield ms
    reopen(lane)
  }

  const laneOf = (message: Message) => byName.get(message.lane)

  function land(messages: readonly Message[]): Set<Lane> {
    const landed = new Set(messages)
    const touched = new Set(messages.flatMap((message) => laneOf(message) ?? []))
    for (const lane of touched) lane.flying = lane.flying.filter((message) => !landed.has(message))
    count.inFlight -= messages.length
    return touched
  }

  return {
    count,
    send: (lane: number, message: Omit<Waiting, 'sequence'>): void => {
      const to = all[lane]
      if (!to) throw new RangeError(`there is no lane ${lane}`)
      to.fresh.add({ ...message, sequence: count.sent++ })
      count.messages += 1
      count.rows += message.rows
      reopen(to)
    },
    /** @returns none where there is nothing to hand out. */
    receive: (): Message[] => {
      const batch: Message[] = []
      for (let lane = oldest(); lane && batch.length < BATCH_SIZE; lane = oldest()) {
        const taken: Message[] = []
        while (batch.length + taken.length < BATCH_SIZE && isSeen(headOf(lane))) {
          const message = lane.back.shift() ?? { ...lane.fresh.take(), lane: lane.name, receives: 0 }
          message.receives += 1
          taken.push(message)
        }
        open.pop()
        lane.isOpen = false
        lane.flying = taken
        batch.push(...taken)
      }
      count.inFlight += batch.length
      count.mostInFlight = Math.max(count.mostInFlight, count.inFlight)
      if (batch.length > 0) wake()
      return batch
    },
    remove: (messages: readonly Message[]): void => {
      for (const { rows } of messages) count.rows -= rows
      count.messages -= messages.length
      count.deleted += messages.length
      for (const lane of land(messages)) reopen(lane)
      wake()
    },
    /** Hides messages of one lane, in their order, for so many seconds from now. */
    hide: (messages: readonly Message[], seconds: number): void => {
      for (const lane of land(messages)) {
        lane.back = [...lane.back, ...messages].sort((a, b) => a.sequence - b.sequence)
        lane.hiddenUntil = clock.now() + seconds * 1_000
        clock.resume(reopenIn(lane, seconds * 1_000))
      }
    },
    /** The course sleeps until there is something to hand out. */
    sleep: (course: Course): void => void idle.push(course),
    /** When the oldest message was accepted; infinity without any. */
    oldestAt: (): number =>
      Math.min(
        ...all.map(({ flying, back, fresh }) =>
          Math.min(
            flying[0]?.acceptedAt ?? Number.POSITIVE_INFINITY,
            back[0]?.acceptedAt ?? Number.POSITIVE_INFINITY,
            fresh.acceptedAt(),
          ),
        ),
      ),
    /** Places without work, though lanes wait which stand beyond the window. */
    isBlocked: (): boolean => idle.length > 0 && open.size() > 0 && !oldest(),
  }
}
export type Queue = ReturnType<typeof createQueue>
