import type { VirtualClock } from './clock.ts'
import type { InFlightMessage, SqsQueue } from './sqs-queue.ts'

/**
 * Polls a queue as a Lambda event source mapping does: each of its concurrent slots receives a batch, has it
 * delivered, and receives the next. A slot that finds nothing is resumed when a message can be received.
 */
export function createEventSource<Slot>(options: {
  queue: SqsQueue
  clock: Pick<VirtualClock, 'now' | 'sleep'>
  batchSize: number
  slots: readonly Slot[]
  /** Resolves when the slot is free again. */
  deliver: (batch: readonly InFlightMessage[], slot: Slot) => Promise<void>
  /** Whether the slots should stop. Call `wake` when that changes. */
  isOver: () => boolean
}) {
  const { queue, clock, batchSize, slots, deliver, isOver } = options
  const { now, sleep } = clock
  /** Resumes the slots that found nothing, the first of them first. */
  const idle: (() => void)[] = []
  let alarmAt = Number.POSITIVE_INFINITY

  /** Resumes one slot if there is something to receive, or else when a hidden message becomes visible. */
  function wake(): void {
    if (idle.length === 0) return
    if (isOver()) for (const resume of idle.splice(0)) resume()
    else if (queue.isReady()) idle.shift()?.()
    else setAlarm(queue.nextChangeAt() ?? Number.POSITIVE_INFINITY)
  }

  function setAlarm(at: number): void {
    if (at >= alarmAt) return
    alarmAt = at
    void sleep(at - now()).then(() => {
      if (alarmAt === at) alarmAt = Number.POSITIVE_INFINITY
      wake()
    })
  }

  async function poll(slot: Slot): Promise<void> {
    while (!isOver()) {
      const batch = queue.receive(batchSize)
      if (batch.length > 0) {
        wake()
        await deliver(batch, slot)
      } else {
        await new Promise<void>((resume) => {
          idle.push(resume)
          wake()
        })
      }
    }
    wake()
  }

  return {
    /** Must be called after each change of the queue. */
    wake,
    /** Resolves when all slots have stopped. */
    start: async () => {
      await Promise.all(slots.map(poll))
    },
  }
}
