import { createSqsQueue, type SqsQueue } from '../../bin/proof/sqs-queue.ts'
import { LONG_VISIBILITY_SECONDS, type OpenQueues, type QueueUnderTest } from './queue-under-test.ts'

/** Opens the queue model for the contract tests. Only `receiveNext` advances its time. */
export function modelUnderTest(severalPerGroup: boolean): OpenQueues {
  return async ({ maxReceiveCount = 1000, delaySeconds = 0 } = {}) => {
    let time = Date.parse('2026-11-20T12:00:00Z')
    const options = { now: () => time, visibilityMs: LONG_VISIBILITY_SECONDS * 1000, severalPerGroup }
    const deadLetters = createSqsQueue({ ...options, name: 'letter' })
    const queue = createSqsQueue({ ...options, maxReceiveCount, delayMs: delaySeconds * 1000, deadLetters })
    const advanceTo = (at: number) => {
      time = at
    }
    return {
      queue: toQueueUnderTest(queue, advanceTo),
      deadLetters: toQueueUnderTest(deadLetters, advanceTo),
    }
  }
}

function toQueueUnderTest(queue: SqsQueue, advanceTo: (at: number) => void): QueueUnderTest {
  return {
    send: async (entries) => queue.send(entries).map(({ taken }) => taken),
    receive: async (max) => queue.receive(max),
    receiveNext: async (max) => {
      const atOnce = queue.receive(max)
      const nextAt = queue.nextChangeAt()
      if (atOnce.length > 0 || nextAt === undefined) return atOnce
      advanceTo(nextAt)
      return queue.receive(max)
    },
    delete: async ({ handle }) => void queue.delete(handle),
    hide: async ({ handle }, seconds) => void queue.changeVisibility(handle, seconds),
  }
}
