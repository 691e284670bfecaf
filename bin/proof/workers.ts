import { SEND_WINDOW_SECONDS, WORKER_TIMEOUT_SECONDS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../functions/worker/invocation.ts'
import { pacer } from '../../functions/worker/send/pace.ts'
import { work } from '../../functions/worker/work.ts'
import { SIMULATOR_KEY } from '../local/braze/settings.ts'
import type { Braze } from './braze.ts'
import type { VirtualClock } from './clock.ts'
import { type InFlightMessage, SQS_MS, type SqsQueue } from './sqs-queue.ts'

/** The memory of an execution environment. It is lost when the environment dies. */
export type Environment = Pick<WorkerDeps, 'ledger' | 'recentUsers'>

/** A place for one execution environment at a time. */
export type Slot = { environment: Environment }

export type WorkerInvocation = {
  /** Counted from 0, over all invocations. */
  number: number
  kind: QueueName
  received: readonly ReceivedMessage[]
  /** What the worker has received itself so far. */
  added: ReceivedMessage[]
  environment: Environment
  /** When the worker began, in milliseconds since the epoch. */
  startedAt: number
  /** Ends the execution environment. Its promise never resolves. */
  die: () => Promise<never>
}

/** How an invocation ended. `back` holds the ids of the messages that go back to their queue. */
export type InvocationEnd =
  | { died: true }
  | { died: false; back: ReadonlySet<string>; undeleted: readonly ReceivedMessage[] }

/**
 * How Lambda treats a batch: it may lose it before an invocation, or fail to delete its messages at the end.
 */
export type Delivery = 'normal' | 'never starts' | 'is not deleted'

export type WorkerHooks = {
  /** Before each batch is delivered. */
  delivering?: () => Promise<Delivery>
  /** Replaces the effects of one invocation. */
  worker?: (deps: WorkerDeps, invocation: WorkerInvocation) => WorkerDeps
  ended?: (invocation: WorkerInvocation, end: InvocationEnd) => void
  deleted?: (messages: readonly ReceivedMessage[]) => void
}

export type Workers = ReturnType<typeof createWorkers>

/** The messages that a worker itself deleted, or failed to delete, by id. */
type Removals = { gone: Set<string>; failed: Map<string, ReceivedMessage> }

/** The time from a receive to the first line of the function, in milliseconds. */
const INVOKE_MS = 10

/** Calls the real `work` as Lambda does, in execution environments that can die. */
export function createWorkers(options: {
  clock: Pick<VirtualClock, 'now' | 'sleep'>
  queues: Readonly<Record<QueueName, SqsQueue>>
  spacingMs: Readonly<Record<QueueName, number>>
  braze: Braze
  random: () => number
  sendBatch: WorkerDeps['sendBatch']
  settings: WorkerDeps['settings']
  telemetry: Pick<WorkerDeps, 'log' | 'count' | 'measure' | 'namePeople'>
  hooks: WorkerHooks
  /** Called after each change of a queue. */
  wake: () => void
}) {
  const { clock, queues, spacingMs, braze, random, sendBatch, settings, telemetry, hooks, wake } = options
  const { now, sleep } = clock
  const markers = createMarkers()
  let invocations = 0

  /** @returns the messages that were still there. */
  function remove(kind: QueueName, messages: readonly ReceivedMessage[]): ReceivedMessage[] {
    const gone = messages.filter(({ receiptHandle }) => queues[kind].delete(receiptHandle))
    hooks.deleted?.(gone)
    wake()
    return gone
  }

  const depsOf = (
    { number, kind, environment, added }: WorkerInvocation,
    { gone, failed }: Removals,
    isDeleted: boolean,
  ): WorkerDeps => ({
    credentials: async () => ({ apiKey: SIMULATOR_KEY, restEndpoint: 'https://rest.iad-01.braze.com' }),
    track: ({ apiKey }, body) => braze({ kind, apiKey, body, invocation: number }),
    pace: pacer(spacingMs[kind], now, sleep),
    pause: sleep,
    now,
    random,
    sendBatch,
    receive: async (_, atMost) => {
      await sleep(SQS_MS)
      const messages = queues[kind].receive(atMost).map((message) => toReceived(kind, message))
      added.push(...messages)
      return messages
    },
    remove: async (messages) => {
      const [lost, deletable] = isDeleted ? [[], messages] : partition(messages, (one) => added.includes(one))
      for (const message of lost) failed.set(message.messageId, message)
      for (const { messageId } of remove(kind, deletable)) gone.add(messageId)
      return lost
    },
    hide: async (entries) => {
      const late = entries.filter(
        ({ message, seconds }) => !queues[kind].changeVisibility(message.receiptHandle, seconds),
      )
      wake()
      return late.map(({ message }) => message)
    },
    markers,
    ...environment,
    settings,
    ...telemetry,
  })

  async function invoke(kind: QueueName, batch: readonly InFlightMessage[], slot: Slot, isDeleted: boolean) {
    const death = Promise.withResolvers<'died'>()
    const invocation: WorkerInvocation = {
      number: invocations++,
      kind,
      received: batch.map((message) => toReceived(kind, message)),
      added: [],
      environment: slot.environment,
      startedAt: now(),
      die: () => {
        death.resolve('died')
        return new Promise(() => undefined)
      },
    }
    const removals: Removals = { gone: new Set(), failed: new Map() }
    const deps = depsOf(invocation, removals, isDeleted)
    const back = await Promise.race([
      work(
        invocation.received,
        hooks.worker?.(deps, invocation) ?? deps,
        now() + SEND_WINDOW_SECONDS * 1_000,
      ),
      death.promise,
      sleep(WORKER_TIMEOUT_SECONDS * 1_000).then(() => 'died' as const),
    ])
    if (back === 'died') slot.environment = newEnvironment()
    const end: InvocationEnd = back === 'died' ? { died: true } : endOf(invocation, back, removals, isDeleted)
    hooks.ended?.(invocation, end)
  }

  /**
   * Deletes what is done of the batch, as Lambda does at the end of an invocation. What the worker received
   * itself goes back unless it deleted it.
   */
  function endOf(
    { kind, received, added }: WorkerInvocation,
    ids: readonly string[],
    { gone, failed }: Removals,
    isDeleted: boolean,
  ): InvocationEnd {
    const ofBatch = new Set(ids)
    const done = received.filter(({ messageId }) => !ofBatch.has(messageId))
    const deleted = isDeleted && done.length > 0 ? remove(kind, done) : []
    const kept = done.filter((message) => !deleted.includes(message) && !gone.has(message.messageId))
    const undeleted = [...kept, ...failed.values()].filter(({ messageId }) =>
      queues[kind].list().some(({ id }) => id === messageId),
    )
    const ofAdded = added.filter(({ messageId }) => !gone.has(messageId) && !failed.has(messageId))
    return {
      died: false,
      back: new Set([...ofBatch, ...ofAdded.map(({ messageId }) => messageId)]),
      undeleted,
    }
  }

  return {
    openSlot: (): Slot => ({ environment: newEnvironment() }),
    /** Delivers a batch to the worker. */
    deliver: async (kind: QueueName, batch: readonly InFlightMessage[], slot: Slot): Promise<void> => {
      const delivery = (await hooks.delivering?.()) ?? 'normal'
      if (delivery === 'never starts') return
      await sleep(INVOKE_MS)
      await invoke(kind, batch, slot, delivery === 'normal')
    },
  }
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))]
}

const newEnvironment = (): Environment => ({ ledger: new Map(), recentUsers: new Map() })

const toReceived = (
  queue: QueueName,
  { id, handle, group, receives, firstReceivedAt, sentAt, body }: InFlightMessage,
): ReceivedMessage => ({
  messageId: id,
  receiptHandle: handle,
  queue,
  lane: group,
  receives,
  firstReceivedAt,
  sentAt,
  body,
})

/** Marks that survive the deaths of environments. All environments share them. */
function createMarkers(): WorkerDeps['markers'] {
  const marks = new Map<string, number>()
  return {
    set: async (id) => {
      const before = marks.get(id) ?? 0
      marks.set(id, before + 1)
      return before
    },
    clear: async (id) => void marks.delete(id),
  }
}
