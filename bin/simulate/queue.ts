import { BATCH_SIZE } from '../../functions/shared/limits.ts'
import { laneGroup } from '../../functions/shared/message.ts'
import { createFifoQueue } from '../proof/fifo-queue.ts'
import type { GroupMessage as Received } from '../proof/message-group.ts'
import type { Process, SimulatedClock } from './clock.ts'
import { createRing, type WaitingMessage } from './ring.ts'

/** A received message. */
export type SimulatedMessage = WaitingMessage & {
  lane: string
  receives: number
  received: Received<WaitingMessage>
}

/** Creates the model of an SQS FIFO queue, with the workers that sleep while there is nothing to receive. */
export function createQueue(lanes: number, clock: SimulatedClock, searchWindow: number) {
  const queue = createFifoQueue<WaitingMessage>({
    now: clock.now,
    // Messages that SQS would delete are kept here and reported as lost.
    retentionMs: Number.POSITIVE_INFINITY,
    searchWindow,
    createBacklog: createRing,
  })
  const groups = Array.from({ length: lanes }, (_, lane) => laneGroup(lane))
  const idle: Process[] = []
  const count = { messages: 0, rows: 0, deleted: 0, inFlight: 0, mostInFlight: 0 }

  /** Wakes one idle worker if a message is ready. */
  function wake(): void {
    if (idle.length === 0 || !queue.isReady()) return
    const course = idle.shift()
    if (course) clock.resume(course)
  }

  function* wakeIn(ms: number): Process {
    yield ms
    wake()
  }

  return {
    count,
    send: (lane: number, body: WaitingMessage): void => {
      const group = groups[lane]
      if (group === undefined) throw new RangeError(`there is no lane ${lane}`)
      queue.send({ group, body })
      count.messages += 1
      count.rows += body.rows
      wake()
    },
    /** @returns an empty batch if there is nothing to receive. */
    receive: (): SimulatedMessage[] => {
      const batch = queue.receive(BATCH_SIZE).map(toMessage)
      count.inFlight += batch.length
      count.mostInFlight = Math.max(count.mostInFlight, count.inFlight)
      if (batch.length > 0) wake()
      return batch
    },
    remove: (messages: readonly SimulatedMessage[]): void => {
      for (const message of messages) {
        queue.remove(message.received)
        count.rows -= message.rows
      }
      count.messages -= messages.length
      count.deleted += messages.length
      count.inFlight -= messages.length
      wake()
    },
    /** Hides messages for this number of seconds from now. */
    hide: (messages: readonly SimulatedMessage[], seconds: number): void => {
      for (const message of messages) queue.hide(message.received, seconds)
      count.inFlight -= messages.length
      clock.resume(wakeIn(seconds * 1_000))
    },
    /** Registers a process to be resumed when there is something to receive. */
    sleep: (process: Process): void => void idle.push(process),
    /** When the oldest message was accepted; infinity if the queue is empty. */
    oldestAt: (): number => Math.min(...queue.heads().map(({ body }) => body.acceptedAt)),
    /** Whether workers are idle although lanes wait behind the search window. */
    isBlocked: (): boolean => idle.length > 0 && queue.isBlocked(),
  }
}
export type Queue = ReturnType<typeof createQueue>

const toMessage = (received: Received<WaitingMessage>): SimulatedMessage => ({
  ...received.body,
  lane: received.group,
  receives: received.receives,
  received,
})
