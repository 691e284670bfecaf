import { createDeliveryQueue, type InFlightMessage, type SqsQueue } from '../../bin/proof/sqs-queue.ts'
import { seededRandom } from '../../bin/simulate/random.ts'
import { INVOKE_MS, SQS_MS } from '../../bin/simulate/timing.ts'
import type { Answer as ReceiverAnswer } from '../../functions/receiver/answer/answer.ts'
import { receive } from '../../functions/receiver/receive.ts'
import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { SEND_WINDOW_SECONDS, VISIBILITY_SECONDS } from '../../functions/shared/limits.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../functions/worker/invocation.ts'
import { pacer } from '../../functions/worker/send/pace.ts'
import { work } from '../../functions/worker/work.ts'
import { type PaceSettings, requestSpacingMs } from '../../lib/settings.ts'
import { createVirtualClock } from '../faults/virtual-clock.ts'
import { DEAD_LETTERS, QUEUES, receiverDeps, workerDeps } from './effects.ts'
import { toEvent } from './pipeline.ts'
import type { SenderRequest } from './requests-of.ts'
import { countSqs, type SqsCount } from './sqs-count.ts'

export type VirtualFleet = {
  lanes: number
  queues: Readonly<Record<QueueName, PaceSettings>>
}

/** The environment of the sender and of Braze. `post` resolves when the bridge has answered 200. */
export type VirtualWorld = {
  now: () => number
  sleep: (ms: number) => Promise<void>
  post: (post: SenderRequest) => Promise<void>
  /** Puts messages into the queues directly, without the receiver. */
  sendBatch: SendBatch
  /** The number of messages that are not done yet. */
  waiting: () => number
}

export type VirtualOutcome = {
  sqs: SqsCount
  deadLetters: number
  /** The number of requests to Braze, and of the objects in them. */
  requests: number
  objects: number
  /** For each function, the number of invocations and their total time in milliseconds, without CPU time. */
  invocations: Record<'receiver' | 'worker', InvocationTotals>
  /** The time from the sender's request to Braze's answer, one value for each message, in milliseconds. */
  latenciesMs: number[]
  /** The latencies of the events queue alone. */
  eventLatenciesMs: number[]
  /** The time from the start until the queues were empty, in milliseconds. */
  durationMs: number
}

export type InvocationTotals = { times: number; ms: number }

/** Observes the input of the functions and the answers of the receiver. */
export type VirtualObserver = {
  answered: (post: SenderRequest, answer: ReceiverAnswer) => void
  received: (batch: readonly ReceivedMessage[]) => void
}

const START = Date.parse('2026-11-20T10:00:00Z')

const BATCH_SIZE = 10
const VISIBILITY_MS = VISIBILITY_SECONDS * 1_000

/**
 * Runs the real `receive` and `work` with queues that behave like SQS, polled as Lambda's event source
 * mappings poll them. Virtual time passes only while everyone waits, so an hour takes only as long as the
 * work in it.
 * @param send acts as the sender. After it has ended, the run continues until both queues are empty.
 * @param track acts as Braze.
 */
export async function runVirtualBridge(options: {
  fleet: VirtualFleet
  seed: number
  send: (world: VirtualWorld) => Promise<void>
  track: (body: string, world: VirtualWorld, kind: QueueName) => Promise<BrazeAnswer>
  observer?: VirtualObserver
  /** The search window of the queues, if it should be smaller than that of SQS. */
  searchWindow?: number
}): Promise<VirtualOutcome> {
  const { fleet, send, track, observer } = options
  const { now, sleep, run } = createVirtualClock(START)
  const random = seededRandom(options.seed)
  const queueOptions = {
    now,
    ...(options.searchWindow !== undefined && { searchWindow: options.searchWindow }),
  }
  const profiles = createDeliveryQueue({ ...queueOptions, name: 'profiles' })
  const events = createDeliveryQueue({ ...queueOptions, name: 'events' })
  const queues = { profiles: profiles.queue, events: events.queue }
  const deadLetters = { profiles: profiles.deadLetters, events: events.deadLetters }
  const byUrl = new Map<string, SqsQueue>()
  for (const kind of ['profiles', 'events'] as const)
    byUrl.set(QUEUES[kind], queues[kind]).set(DEAD_LETTERS[kind], deadLetters[kind])
  const sqs = countSqs()
  const latenciesMs: number[] = []
  const eventLatenciesMs: number[] = []
  const braze = { requests: 0, objects: 0 }
  const invocations = { receiver: { times: 0, ms: 0 }, worker: { times: 0, ms: 0 } }
  let waiting = 0
  let sending = true
  let change = Promise.withResolvers<void>()
  /** Makes every poller that found no message look again. */
  const wake = () => {
    change.resolve()
    change = Promise.withResolvers()
  }

  async function sendBatch(batch: readonly OutgoingMessage[]): Promise<readonly OutgoingMessage[]> {
    await sleep(SQS_MS)
    sqs.sent(batch)
    const url = batch[0]?.queueUrl ?? ''
    const rejected = byUrl
      .get(url)
      ?.send(batch)
      .some(({ taken }) => !taken)
    if (rejected !== false) throw new Error(`SQS refuses what it was sent to ${url}`)
    if (url === QUEUES.profiles || url === QUEUES.events) waiting += batch.length
    wake()
    return []
  }

  const world: VirtualWorld = {
    now,
    sleep,
    waiting: () => waiting,
    sendBatch,
    post: async (post) => {
      const effects = { sendBatch, now, pause: sleep, count: () => undefined }
      const answer = await timed('receiver', () =>
        receive(toRequest(toEvent(post)), receiverDeps(effects, fleet)),
      )
      if (answer.status !== 200) throw new Error(`the receiver answered ${answer.status}: ${answer.body}`)
      observer?.answered(post, answer)
    },
  }

  async function timed<T>(name: keyof typeof invocations, run: () => Promise<T>): Promise<T> {
    const startedAt = now()
    const result = await run()
    invocations[name].times += 1
    invocations[name].ms += now() - startedAt
    return result
  }

  function remove(model: SqsQueue, received: readonly ReceivedMessage[]): void {
    for (const { receiptHandle } of received) if (model.delete(receiptHandle)) waiting -= 1
    sqs.deleted()
    wake()
  }

  /** Wakes the pollers later, because a hidden message that becomes visible does not wake them by itself. */
  const wakeIn = (ms: number) => void sleep(ms).then(wake)

  async function invoke(kind: QueueName, batch: readonly InFlightMessage[], ledger: WorkerDeps['ledger']) {
    const model = queues[kind]
    const received = batch.map(
      ({ id, handle, group, receives, body }): ReceivedMessage => ({
        messageId: id,
        receiptHandle: handle,
        queue: kind,
        lane: group,
        receives,
        firstReceivedAt: now(),
        body,
      }),
    )
    const deps = workerDeps({
      track: (_, body) => track(body, world, kind),
      pace: pacer(requestSpacingMs(fleet.queues[kind]), now, sleep),
      pause: sleep,
      now,
      random,
      sendBatch,
      ledger,
      remove: async (done) => remove(model, done),
      hide: async (messages, seconds) => {
        wakeIn(seconds * 1_000)
        return messages.filter(({ receiptHandle }) => !model.changeVisibility(receiptHandle, seconds))
      },
      count: (...[metric, amount]) => {
        if (metric === 'BrazeRequests') braze.requests += amount
        if (metric === 'BrazeObjects') braze.objects += amount
      },
      measure: (_, ms) => {
        latenciesMs.push(ms)
        if (kind === 'events') eventLatenciesMs.push(ms)
      },
    })
    await sleep(INVOKE_MS)
    observer?.received(received)
    const deadline = now() + SEND_WINDOW_SECONDS * 1_000
    const back = new Set(await timed('worker', () => work(received, deps, deadline)))
    if (back.size > 0) wakeIn(VISIBILITY_MS)
    const done = received.filter(({ messageId }) => !back.has(messageId))
    if (done.length > 0) remove(model, done)
  }

  /** Polls in one concurrency slot of the event source mapping, with its own execution environment. */
  async function poll(kind: QueueName): Promise<void> {
    const ledger: WorkerDeps['ledger'] = new Map()
    while (sending || waiting > 0) {
      const batch = queues[kind].receive(BATCH_SIZE)
      if (batch.length === 0) await change.promise
      else {
        sqs.received(batch)
        await invoke(kind, batch, ledger)
      }
    }
    wake()
  }

  await run(async () => {
    const slots = (['profiles', 'events'] as const).flatMap((kind) =>
      Array.from({ length: fleet.queues[kind].concurrency }, () => poll(kind)),
    )
    await send(world)
    sending = false
    wake()
    await Promise.all(slots)
  })
  return {
    sqs: sqs.total(),
    deadLetters: deadLetters.profiles.list().length + deadLetters.events.list().length,
    ...braze,
    invocations,
    latenciesMs,
    eventLatenciesMs,
    durationMs: now() - START,
  }
}
