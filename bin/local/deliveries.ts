import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { QueueName } from '../../functions/shared/record.ts'
import { OWNER_ONLY_FILE } from '../cli/owner-only.ts'
import { QUEUE_NAMES } from '../ops/queue-names.ts'
import { type InvokeWorker, startEventSource } from './event-source.ts'
import { WORKER_CONCURRENCY } from './function-env.ts'
import { LOCAL_REGION, type LocalQueues } from './queues.ts'

/**
 * How long a stop waits for running batches. Messages that are not settled by then are delivered at the next
 * start.
 */
const STOP_WAIT_MS = 5000

const QUIET_TIMEOUT_MS = 30_000

export type Deliveries = {
  /** Messages that are not delivered yet, including those in flight. */
  waiting: () => { profiles: number; events: number }
  /**
   * Resolves when both queues are empty. Rejects if that takes longer than `timeoutMs` (30 seconds unless
   * given).
   */
  waitUntilQuiet: (timeoutMs?: number) => Promise<void>
  /** Turns a queue's event source off or on. The choice also holds for later starts. */
  pause: (queue: QueueName, paused: boolean) => void
  isPaused: (queue: QueueName) => boolean
  /** @returns whether all running batches have ended in time. */
  stop: () => Promise<boolean>
}

/** Starts the event sources of both queues. */
export function startDeliveries(options: {
  sqs: SQSClient
  queues: LocalQueues
  invoke: InvokeWorker
  paused: PausedQueues
  onError: (what: string) => void
}): Deliveries {
  const { sqs, queues, invoke, paused, onError } = options
  const watchers = new Set<() => void>()
  const onSettled = () => {
    for (const check of watchers) check()
  }
  const sourceOf = (name: QueueName) =>
    startEventSource({
      sqs,
      queue: queues[name],
      region: LOCAL_REGION,
      invoke,
      concurrency: WORKER_CONCURRENCY,
      enabled: !paused.has(name),
      onSettled,
      onError,
    })
  const sources = { profiles: sourceOf('profiles'), events: sourceOf('events') }
  const waiting = () => ({
    profiles: queues.list(queues.profiles).length,
    events: queues.list(queues.events).length,
  })
  return {
    waiting,
    waitUntilQuiet: (timeoutMs = QUIET_TIMEOUT_MS) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const { profiles, events } = waiting()
          if (profiles + events === 0) end(resolve)
        }
        const timer = setTimeout(() => {
          const { profiles, events } = waiting()
          end(() => reject(new Error(`still waiting: ${profiles} in profiles, ${events} in events`)))
        }, timeoutMs)
        const end = (settle: () => void) => {
          clearTimeout(timer)
          watchers.delete(check)
          settle()
        }
        watchers.add(check)
        check()
      }),
    pause: (queue, isPaused) => {
      paused.set(queue, isPaused)
      if (isPaused) sources[queue].disable()
      else sources[queue].enable()
    },
    isPaused: paused.has,
    stop: async () => {
      const ended = Promise.all([sources.profiles.stop(), sources.events.stop()]).then(() => true)
      return Promise.race([ended, pause(STOP_WAIT_MS, false, { ref: false })])
    },
  }
}

/**
 * The queues whose event sources are off. AWS keeps that setting across deployments, so the state folder
 * keeps it across starts.
 */
type PausedQueues = {
  has: (queue: QueueName) => boolean
  set: (queue: QueueName, paused: boolean) => void
}

const PausedFile = z.array(z.enum(QUEUE_NAMES))

/**
 * @throws if the file cannot be read or holds something else. `set` throws if the folder cannot be written.
 */
export function openPausedQueues(stateDir: string): PausedQueues {
  const file = join(stateDir, 'paused.json')
  const queues = new Set(existsSync(file) ? PausedFile.parse(JSON.parse(readFileSync(file, 'utf8'))) : [])
  return {
    has: (queue) => queues.has(queue),
    set: (queue, paused) => {
      if (paused) queues.add(queue)
      else queues.delete(queue)
      if (queues.size > 0) writeFileSync(file, JSON.stringify([...queues]), { mode: OWNER_ONLY_FILE })
      else rmSync(file, { force: true })
    },
  }
}
