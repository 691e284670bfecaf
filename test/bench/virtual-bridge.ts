import { createDeliveryQueue, type ReceivedMessage, type SqsQueue } from '../../bin/proof/sqs-queue.ts'
import { seededRandom } from '../../bin/simulate/random.ts'
import { INVOKE_MS, SQS_MS } from '../../bin/simulate/timing.ts'
import type { Answer as ReceiverAnswer } from '../../functions/receiver/answer/answer.ts'
import { receive } from '../../functions/receiver/receive.ts'
import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { SEND_WINDOW_SECONDS, VISIBILITY_SECONDS } from '../../functions/shared/limits.ts'
import type { Outgoing, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { Handed, WorkerDeps } from '../../functions/worker/invocation.ts'
import { pacer } from '../../functions/worker/send/pace.ts'
import { work } from '../../functions/worker/work.ts'
import { type Pace, requestSpacingMs } from '../../lib/settings.ts'
import { createClock } from '../faults/virtual-clock.ts'
import { DEAD_LETTERS, QUEUES, receiverDeps, workerDeps } from './effects.ts'
import { toEvent } from './pipeline.ts'
import type { Post } from './requests-of.ts'
import { countSqs, type SqsCount } from './sqs-count.ts'

export type Fleet = {
  lanes: number
  queues: Readonly<Record<QueueName, Pace>>
}

/** What the sender and Braze have to do with: `post` resolves when the bridge has answered 200. */
export type VirtualWorld = {
  now: () => number
  sleep: (ms: number) => Promise<void>
  post: (post: Post) => Promise<void>
  /** Puts messages into the queues past the receiver. */
  sendBatch: SendBatch
  /** Messages that are not done. */
  waiting: () => number
}

export type VirtualOutcome = {
  sqs: SqsCount
  letters: number
  /** To Braze, and the objects in them. */
  requests: number
  objects: number
  /** By function: how often it ran, and for how long in all, in milliseconds, the processor not counted. */
  ran: Record<'receiver' | 'worker', Ran>
  /** From the request that brought it to Braze's answer: one value a message, in milliseconds. */
  latenciesMs: number[]
  /** Those of the queue of events alone. */
  eventLatenciesMs: number[]
  /** From the start until nothing was left to do, in milliseconds. */
  lastedMs: number
}

export type Ran = { times: number; ms: number }

/** Looks at what the functions are given, and what the receiver answers. */
export type Watch = {
  answered: (post: Post, answer: ReceiverAnswer) => void
  handed: (batch: readonly Handed[]) => void
}

const START = Date.parse('2026-11-20T10:00:00Z')

const BATCH = 10
const VISIBILITY_MS = VISIBILITY_SECONDS * 1_000

/**
 * The real `receive` and `work` around queues that behave as SQS's, fed as Lambda's event sources feed them, all in a
 * time that passes only while everyone waits: an hour takes as long as the work in it.
 * @param send the sender. When it has ended the run lasts until both queues are empty.
 * @param track Braze.
 */
export async function runVirtualBridge(options: {
  fleet: Fleet
  seed: number
  send: (world: VirtualWorld) => Promise<void>
  track: (body: string, world: VirtualWorld, kind: QueueName) => Promise<BrazeAnswer>
  watch?: Watch
  /** The queues' own, where that is less than AWS's. */
  searchWindow?: number
}): Promise<VirtualOutcome> {
  const { fleet, send, track, watch } = options
  const { now, sleep, run } = createClock(START)
  const random = seededRandom(options.seed)
  const queueOptions = {
    now,
    ...(options.searchWindow !== undefined && { searchWindow: options.searchWindow }),
  }
  const profiles = createDeliveryQueue({ ...queueOptions, name: 'profiles' })
  const events = createDeliveryQueue({ ...queueOptions, name: 'events' })
  const queues = { profiles: profiles.queue, events: events.queue }
  const letters = { profiles: profiles.deadLetters, events: events.deadLetters }
  const byUrl = new Map<string, SqsQueue>()
  for (const kind of ['profiles', 'events'] as const)
    byUrl.set(QUEUES[kind], queues[kind]).set(DEAD_LETTERS[kind], letters[kind])
  const sqs = countSqs()
  const latenciesMs: number[] = []
  const eventLatenciesMs: number[] = []
  const braze = { requests: 0, objects: 0 }
  const ran = { receiver: { times: 0, ms: 0 }, worker: { times: 0, ms: 0 } }
  let waiting = 0
  let sending = true
  let change = Promise.withResolvers<void>()
  /** Whoever found nothing to do looks again. */
  const wake = () => {
    change.resolve()
    change = Promise.withResolvers()
  }

  async function sendBatch(batch: readonly Outgoing[]): Promise<readonly Outgoing[]> {
    await sleep(SQS_MS)
    sqs.sent(batch)
    const url = batch[0]?.queueUrl ?? ''
    const refused = byUrl
      .get(url)
      ?.send(batch)
      .some(({ taken }) => !taken)
    if (refused !== false) throw new Error(`SQS refuses what it was sent to ${url}`)
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
      watch?.answered(post, answer)
    },
  }

  async function timed<T>(name: keyof typeof ran, run: () => Promise<T>): Promise<T> {
    const startedAt = now()
    const result = await run()
    ran[name].times += 1
    ran[name].ms += now() - startedAt
    return result
  }

  function remove(model: SqsQueue, handed: readonly Handed[]): void {
    for (const { receiptHandle } of handed) if (model.delete(receiptHandle)) waiting -= 1
    sqs.deleted()
    wake()
  }

  /** Hidden messages wake nobody by themselves. */
  const wakeIn = (ms: number) => void sleep(ms).then(wake)

  async function invoke(kind: QueueName, batch: readonly ReceivedMessage[], ledger: WorkerDeps['ledger']) {
    const model = queues[kind]
    const handed = batch.map(
      ({ id, handle, group, receives, body }): Handed => ({
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
    watch?.handed(handed)
    const deadline = now() + SEND_WINDOW_SECONDS * 1_000
    const back = new Set(await timed('worker', () => work(handed, deps, deadline)))
    if (back.size > 0) wakeIn(VISIBILITY_MS)
    const done = handed.filter(({ messageId }) => !back.has(messageId))
    if (done.length > 0) remove(model, done)
  }

  /** One of the event source's places, and the execution environment that it is served by. */
  async function poll(kind: QueueName): Promise<void> {
    const ledger: WorkerDeps['ledger'] = new Map()
    while (sending || waiting > 0) {
      const batch = queues[kind].receive(BATCH)
      if (batch.length === 0) await change.promise
      else {
        sqs.received(batch)
        await invoke(kind, batch, ledger)
      }
    }
    wake()
  }

  await run(async () => {
    const places = (['profiles', 'events'] as const).flatMap((kind) =>
      Array.from({ length: fleet.queues[kind].concurrency }, () => poll(kind)),
    )
    await send(world)
    sending = false
    wake()
    await Promise.all(places)
  })
  return {
    sqs: sqs.total(),
    letters: letters.profiles.list().length + letters.events.list().length,
    ...braze,
    ran,
    latenciesMs,
    eventLatenciesMs,
    lastedMs: now() - START,
  }
}
