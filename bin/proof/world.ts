import type { Answer } from '../../functions/receiver/answer/answer.ts'
import { type ReceiverDeps, receive } from '../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import { Connections } from '../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../functions/shared/http-request.ts'
import { MAX_BATCH_SIZE, MAX_OBJECTS_PER_REQUEST } from '../../functions/shared/limits.ts'
import type { Log } from '../../functions/shared/log.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../functions/worker/invocation.ts'
import { type PaceSettings, type QueueSettings, requestSpacingMs } from '../../lib/settings.ts'
import type { Braze } from './braze.ts'
import type { VirtualClock } from './clock.ts'
import { createEventSource } from './event-source.ts'
import type { FifoOptions } from './fifo-queue.ts'
import { createDeliveryQueue, type SendResult, SQS_MS, type SqsQueue } from './sqs-queue.ts'
import { createWorkers, type WorkerHooks, type Workers } from './workers.ts'

/** `batchSize` is the largest unless set. */
type Pace = PaceSettings & Partial<Pick<QueueSettings, 'batchSize'>>

/** The settings of a stack that decide how fast it delivers. */
export type Fleet = {
  lanes: number
  /** Braze's largest number unless set. */
  objectsPerRequest?: number
  queues: Readonly<Record<QueueName, Pace>>
  /** `queues.profiles.deliveryDelaySeconds`; 0 unless set. */
  profilesDelaySeconds?: number
}

type WorldOptions = {
  clock: VirtualClock
  fleet: Fleet
  braze: Braze
  /** From 0 up to 1. It decides about jitter. */
  random: () => number
  /** The options of all queues; as on AWS unless set. */
  queues?: Pick<FifoOptions<string>, 'severalPerGroup' | 'random' | 'searchWindow'>
  /** What both functions log and measure; nothing unless set. */
  telemetry?: Partial<Telemetry>
  hooks?: WorldHooks
}

type Telemetry = Pick<WorkerDeps, 'log' | 'count' | 'measure' | 'namePeople'>

/** How a test or a tool looks on, or interferes. */
export type WorldHooks = WorkerHooks & {
  /** After SQS accepted a batch. */
  sent?: (batch: readonly OutgoingMessage[]) => void
  /** After each DeleteMessageBatch, with the messages that were still there. */
  deleted?: (messages: readonly ReceivedMessage[]) => void
}

export const QUEUE_NAMES = ['profiles', 'events'] as const satisfies readonly QueueName[]
export const QUEUE_URLS = { profiles: 'profiles', events: 'events' }
export const DEAD_LETTER_URLS = { profiles: 'profiles-dlq', events: 'events-dlq' }

/** The token that every sender uses. */
export const INBOUND_TOKEN = 'fixture-inbound-token'

export const receiverSettings = ({
  lanes,
  objectsPerRequest = MAX_OBJECTS_PER_REQUEST,
}: Pick<Fleet, 'lanes' | 'objectsPerRequest'>): ReceiverSettings => ({
  lanes,
  objectsPerRequest,
  connections: Connections.parse({}),
  queues: QUEUE_URLS,
  deadLetters: DEAD_LETTER_URLS,
  captures: 'captures',
})

const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

const NO_TELEMETRY: Telemetry = {
  log: SILENT,
  count: () => undefined,
  measure: () => undefined,
  namePeople: async () => undefined,
}

export type World = ReturnType<typeof createWorld>

/**
 * Creates the bridge in virtual time: the real `receive` and `work`, queues that behave like SQS, polled as
 * Lambda's event source mappings poll them, and a Braze. Computing takes no virtual time.
 */
export function createWorld({ clock, fleet, braze, random, hooks = {}, ...options }: WorldOptions) {
  const { now, sleep } = clock
  const telemetry = { ...NO_TELEMETRY, ...options.telemetry }
  let startedFleet = { wake: () => {} }
  const profilesDelayMs = 1_000 * (fleet.profilesDelaySeconds ?? 0)
  const { queues, deadLetters, put } = createQueues({ ...options.queues, now }, profilesDelayMs, (batch) => {
    hooks.sent?.(batch)
    startedFleet.wake()
  })
  const sendBatch: SendBatch = async (batch) => {
    await sleep(SQS_MS)
    put(batch)
    return []
  }
  const workers = createWorkers({
    clock,
    queues,
    spacingMs: {
      profiles: requestSpacingMs(fleet.queues.profiles),
      events: requestSpacingMs(fleet.queues.events),
    },
    braze,
    random,
    sendBatch,
    settings: {
      deadLetterUrls: DEAD_LETTER_URLS,
      profilesDelayMs,
      objectsPerRequest: fleet.objectsPerRequest ?? MAX_OBJECTS_PER_REQUEST,
      batchSizes: { profiles: batchSizeOf(fleet, 'profiles'), events: batchSizeOf(fleet, 'events') },
    },
    telemetry,
    hooks,
    wake: () => startedFleet.wake(),
  })

  /**
   * Starts the workers, each in a new execution environment.
   * @param until when they stop at the latest, in milliseconds since the epoch.
   * @returns a function that ends sending. Its promise resolves when the queues are empty or the time is over.
   */
  function startWorkers(until = Number.POSITIVE_INFINITY): () => Promise<void> {
    const started = startFleet({ clock, fleet, queues, workers, until })
    startedFleet = started
    return started.finish
  }

  return {
    now,
    sleep,
    queues,
    deadLetters,
    put,
    sendBatch,
    ...createIntake({ now, sleep, sendBatch, telemetry, settings: receiverSettings(fleet) }),
    startWorkers,
    /** Whether no message waits or is in flight. */
    isQuiet: () => QUEUE_NAMES.every((kind) => queues[kind].size() === 0),
    /** Lets the workers run while `send` sends, and until the queues are empty. */
    run: (send: () => Promise<void>, until?: number): Promise<void> =>
      clock.run(async () => {
        const finish = startWorkers(until)
        await send()
        await finish()
      }),
  }
}

/** Creates both queues with their dead-letter queues. @param onSent is called after SQS accepted a batch. */
function createQueues(
  options: Pick<FifoOptions<string>, 'now' | 'severalPerGroup' | 'random' | 'searchWindow'>,
  profilesDelayMs: number,
  onSent: (batch: readonly OutgoingMessage[]) => void,
) {
  const profiles = createDeliveryQueue({ ...options, name: 'profiles', delayMs: profilesDelayMs })
  const events = createDeliveryQueue({ ...options, name: 'events' })
  const byUrl = new Map<string, SqsQueue>([
    [QUEUE_URLS.profiles, profiles.queue],
    [QUEUE_URLS.events, events.queue],
    [DEAD_LETTER_URLS.profiles, profiles.deadLetters],
    [DEAD_LETTER_URLS.events, events.deadLetters],
  ])

  /** Sends to one queue immediately. @throws if SQS rejects one of the messages. */
  function put(batch: readonly OutgoingMessage[]): SendResult[] {
    const outcomes = byUrl.get(batch[0]?.queueUrl ?? '')?.send(batch) ?? []
    const rejected = outcomes.find((outcome) => !outcome.taken)
    if (rejected || outcomes.length === 0)
      throw new Error(`SQS rejects a message: ${JSON.stringify(rejected)}`)
    onSent(batch)
    return outcomes
  }

  return {
    queues: { profiles: profiles.queue, events: events.queue },
    deadLetters: { profiles: profiles.deadLetters, events: events.deadLetters },
    put,
  }
}

/** Runs the real receiver. */
function createIntake(effects: {
  now: () => number
  sleep: (ms: number) => Promise<void>
  sendBatch: SendBatch
  telemetry: Telemetry
  settings: ReceiverSettings
}) {
  const { now, sleep, sendBatch, telemetry, settings } = effects
  let ids = 0
  /** As long as a UUID, because SQS bills bytes. */
  const newId = () => `00000000-0000-4000-8000-${String(ids++).padStart(12, '0')}`
  const readSecret = () => async () => ({ token: INBOUND_TOKEN })
  const deps: ReceiverDeps = { readSecret, sendBatch, now, newId, pause: sleep, ...telemetry, settings }

  /** A sender's request. @param headers in addition to the token. */
  const request = (path: string, body: Buffer, headers: BridgeRequest['headers'] = {}): BridgeRequest => ({
    id: newId(),
    method: 'POST',
    path,
    headers: { 'x-api-key': INBOUND_TOKEN, ...headers },
    query: {},
    body,
    sourceIp: '192.0.2.1',
  })

  /** Handles a request. @param replaced the effects to replace for it. */
  const handle = (asked: BridgeRequest, replaced: Partial<ReceiverDeps> = {}): Promise<Answer> =>
    receive(asked, { ...deps, ...replaced })

  /** Sends a request as a sender does. @throws unless the receiver answers 200. */
  async function post(path: string, body: Buffer): Promise<Answer> {
    const answer = await handle(request(path, body))
    if (answer.status !== 200) throw new Error(`the receiver answered ${answer.status}: ${answer.body}`)
    return answer
  }

  return { settings, newId, request, handle, post }
}

const batchSizeOf = ({ queues }: Fleet, kind: QueueName) => queues[kind].batchSize ?? MAX_BATCH_SIZE

/** Starts the event source mappings of both queues. */
function startFleet(options: {
  clock: VirtualClock
  fleet: Fleet
  queues: Readonly<Record<QueueName, SqsQueue>>
  workers: Workers
  until: number
}) {
  const { clock, fleet, queues, workers, until } = options
  const { now, sleep } = clock
  let isSending = true
  const sources = QUEUE_NAMES.map((kind) =>
    createEventSource({
      queue: queues[kind],
      clock,
      batchSize: batchSizeOf(fleet, kind),
      slots: Array.from({ length: fleet.queues[kind].concurrency }, workers.openSlot),
      deliver: (batch, slot) => workers.deliver(kind, batch, slot),
      isOver: () => now() >= until || (!isSending && queues[kind].size() === 0),
    }),
  )
  const wake = () => {
    for (const source of sources) source.wake()
  }
  const stopped = Promise.all(sources.map((source) => source.start()))
  if (until < Number.POSITIVE_INFINITY) void sleep(until - now()).then(wake)
  return {
    wake,
    finish: async (): Promise<void> => {
      isSending = false
      wake()
      await stopped
    },
  }
}
