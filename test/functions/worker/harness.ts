import type { ScriptStep } from '../../../bin/local/braze/script.ts'
import { SIMULATOR_KEY } from '../../../bin/local/braze/settings.ts'
import { type BrazeSimulatorOptions, createBrazeSimulator } from '../../../bin/local/braze/simulator.ts'
import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { TRACK_TIMEOUT_MS } from '../../../functions/shared/limits.ts'
import { personHash } from '../../../functions/shared/person-hash.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import type { BridgeRecord, QueueName } from '../../../functions/shared/record.ts'
import type { Credentials, NoCredentials } from '../../../functions/shared/secrets.ts'
import type { HideEntry, ReceivedMessage, WorkerDeps } from '../../../functions/worker/invocation.ts'
import type { Ledger } from '../../../functions/worker/ledger.ts'
import type { RecentUsers } from '../../../functions/worker/recent-users.ts'
import { work } from '../../../functions/worker/work.ts'

/** The queue's visibility timeout. The worker hides a message for this long only before it handles it. */
const VISIBILITY_SECONDS = 360

export const NOON = Date.parse('2026-11-20T12:00:00Z')

type HarnessOptions = Partial<BrazeSimulatorOptions> & { profilesDelayMs?: number }

/** In-memory dependencies of the worker: a simulated Braze, and a clock that only waiting moves. */
export function createWorkerHarness({ profilesDelayMs = 0, ...options }: HarnessOptions = {}) {
  let now = NOON
  const braze = createBrazeSimulator({ now: () => now, ...options })
  const deadLetters: OutgoingMessage[] = []
  const removed: string[] = []
  const extended: string[] = []
  const hidden: { ids: string[]; seconds: number }[] = []
  const counted: unknown[] = []
  const measured: unknown[] = []
  const logged: { level: string; message: string; fields: object }[] = []
  const bodies: { [array: string]: { [field: string]: unknown }[] }[] = []
  const keys: string[] = []
  const sentAt: number[] = []
  const marks = new Map<string, number>()
  const ledger: Ledger = new Map()
  const recentUsers: RecentUsers = new Map()
  const harness = {
    braze,
    deadLetters,
    removed,
    hidden,
    /** Ids of messages whose visibility timeout was extended before they were handled. */
    extended,
    logged,
    counted,
    measured,
    /** The bodies of all requests to Braze, in order. */
    bodies,
    /** When they were sent, in milliseconds from the start. */
    sentAt,
    /** The API keys of these requests. */
    keys,
    marks,
    ledger,
    recentUsers,
    paused: 0,
    isLogKeyReadable: true,
    objectsPerRequest: 75,
    batchSizes: { profiles: 10, events: 10 },
    /** What a receive by the worker finds, in order. */
    waiting: [] as ReceivedMessage[],
    /** How many messages each of these receives asked for. */
    asked: [] as number[],
    /** The number of calls that delete messages. */
    removals: 0,
    /** Ids of messages that SQS does not delete. */
    undeletable: [] as string[],
    /** How long Braze takes to answer a request, in milliseconds. At 8,000 the request times out, unapplied. */
    takesMs: (_body: object): number => 0,
    /** How long a send to SQS takes, in milliseconds. */
    sendBatchMs: 0,
    /** How long reading a secret takes, in milliseconds. */
    secretMs: 0,
    /** How long receiving, deleting and hiding messages take, in milliseconds. */
    receiveMs: 0,
    removeMs: 0,
    hideMs: 0,
    /** The number of calls that hide messages. */
    hides: 0,
    /** Ids of messages whose visibility timeout has ended, so that SQS no longer hides them. */
    late: [] as string[],
    credentials: [{ apiKey: SIMULATOR_KEY, restEndpoint: 'https://rest.iad-01.braze.com' }] as (
      | Credentials
      | NoCredentials
    )[],
    rejectsDeadLetters: (_deadLetter: OutgoingMessage): boolean => false,
    now: () => now,
    /** Called before each request reaches Braze. */
    beforeRequest: () => {},
    work: (messages: readonly ReceivedMessage[], { deadlineMs = 50_000 } = {}) =>
      work(messages, deps, now + deadlineMs),
    deadLetterCodes: () => deadLetters.map(({ attributes }) => attributes?.code),
    parkedRecords: () => deadLetters.flatMap(({ body }) => JSON.parse(body).records ?? []),
  }
  const log =
    (level: string) =>
    (message: string, fields: object = {}) =>
      void logged.push({ level, message, fields })
  /** Lets time pass once for all calls that run in parallel. */
  const takes = async (ms: number) => {
    const endsAt = now + ms
    await Promise.resolve()
    now = Math.max(now, endsAt)
  }
  const deps: WorkerDeps = {
    credentials: async ({ fresh }) => {
      await takes(harness.secretMs)
      if (fresh && harness.credentials.length > 1) harness.credentials.shift()
      return harness.credentials[0] ?? { missing: 'BRAZE_SECRET_UNREADABLE' }
    },
    track: async ({ apiKey }, body): Promise<BrazeAnswer> => {
      harness.beforeRequest()
      bodies.push(JSON.parse(body))
      sentAt.push(now - NOON)
      keys.push(apiKey)
      const takesMs = harness.takesMs(JSON.parse(body))
      now += takesMs
      if (takesMs >= TRACK_TIMEOUT_MS) return { kind: 'no answer', cause: 'timeout' }
      const outcome = braze.handle({
        method: 'POST',
        path: '/users/track',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body,
      })
      now += outcome.delayMs
      return outcome.kind === 'answer' ? outcome : { kind: 'no answer', cause: 'network' }
    },
    pace: async () => undefined,
    pause: async (ms) => {
      now += ms
      harness.paused += ms
    },
    now: () => now,
    random: () => 0,
    sendBatch: async (batch) => {
      await takes(harness.sendBatchMs)
      const rejected = batch.filter((deadLetter) => harness.rejectsDeadLetters(deadLetter))
      deadLetters.push(...batch.filter((deadLetter) => !rejected.includes(deadLetter)))
      return rejected
    },
    receive: async (queue, atMost) => {
      await takes(harness.receiveMs)
      harness.asked.push(atMost)
      const received = harness.waiting.filter((message) => message.queue === queue).slice(0, atMost)
      harness.waiting = harness.waiting.filter((message) => !received.includes(message))
      return received
    },
    remove: async (messages) => {
      harness.removals += 1
      await takes(harness.removeMs)
      const left = messages.filter(({ messageId }) => harness.undeletable.includes(messageId))
      removed.push(...messages.filter((message) => !left.includes(message)).map(({ messageId }) => messageId))
      return left
    },
    hide: async (entries) => {
      await takes(harness.hideMs)
      for (const { ids, seconds } of byLaneAndTime(entries)) {
        if (seconds === VISIBILITY_SECONDS) extended.push(...ids)
        else hidden.push({ ids, seconds })
      }
      harness.hides += 1
      return entries.map(({ message }) => message).filter(({ messageId }) => harness.late.includes(messageId))
    },
    markers: {
      set: async (messageId) => {
        const before = marks.get(messageId) ?? 0
        marks.set(messageId, before + 1)
        return before
      },
      clear: async (messageId) => void marks.delete(messageId),
    },
    ledger,
    recentUsers,
    settings: {
      profilesDelayMs,
      get batchSizes() {
        return harness.batchSizes
      },
      get objectsPerRequest() {
        return harness.objectsPerRequest
      },
      deadLetterUrls: {
        profiles: 'https://sqs.test/profiles-dlq.fifo',
        events: 'https://sqs.test/events-dlq.fifo',
      },
    },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    count: (...metric) => void counted.push(metric),
    measure: (...metric) => void measured.push(metric),
    namePeople: async () => {
      await takes(harness.secretMs)
      return harness.isLogKeyReadable
        ? (person) => personHash('fixture-log-key-of-the-hash-tests-1', person)
        : undefined
    },
  }
  return harness
}

export type WorkerHarness = ReturnType<typeof createWorkerHarness>

/** The ids of the entries of each lane, with the lane's seconds. */
const byLaneAndTime = (entries: readonly HideEntry[]) =>
  Map.groupBy(entries, ({ message }) => message.lane)
    .values()
    .map((ofLane) => ({
      ids: ofLane.map(({ message }) => message.messageId),
      seconds: ofLane[0]?.seconds ?? 0,
    }))

/**
 * Gives messages to a worker once, while Braze answers by a script.
 * @returns the harness, and what an onlooker sees afterwards.
 */
export async function workOnce(
  script: readonly ScriptStep[],
  messages: readonly ReceivedMessage[],
  { deadlineMs, ...options }: HarnessOptions & { deadlineMs?: number } = {},
) {
  const harness = createWorkerHarness(options)
  harness.braze.script([...script])
  const back = await harness.work(messages, deadlineMs === undefined ? {} : { deadlineMs })
  return { harness, ...onlook(harness), back }
}

/** What an onlooker sees of a worker: its requests, its dead letters, and what Braze has. */
export const onlook = (harness: WorkerHarness) => ({
  bodies: harness.bodies,
  /** The number of objects of each request. */
  sizes: harness.bodies.map((body) => Object.values(body).flat().length),
  hidden: harness.hidden,
  codes: harness.deadLetterCodes(),
  /** The external ids of the parked records, and of the events that Braze has. */
  parked: harness.parkedRecords().map(({ external_id }) => external_id),
  events: harness.braze.events().map(({ external_id }) => external_id),
  profiles: Object.fromEntries(
    harness.braze
      .profiles()
      .map(({ external_id = '', custom_attributes }) => [external_id, custom_attributes]),
  ),
})

/** Receives the messages that went back once more, as from SQS. */
export const again = (messages: readonly ReceivedMessage[], back: readonly string[]) =>
  messages
    .filter(({ messageId }) => back.includes(messageId))
    .map((message) => ({ ...message, receives: message.receives + 1 }))

type MakeMessage = (
  id: string,
  records: readonly object[],
  more?: Partial<ReceivedMessage>,
) => ReceivedMessage

const messageOf =
  (queue: QueueName, type: string): MakeMessage =>
  (messageId, records, more = {}) => ({
    messageId,
    receiptHandle: `handle-${messageId}`,
    queue,
    lane: 'lane-0',
    receives: 1,
    firstReceivedAt: NOON,
    sentAt: NOON,
    body: JSON.stringify({
      v: 1,
      id: `envelope-${messageId}`,
      connection: 'default',
      receivedAt: '2026-11-20T11:59:00.000Z',
      requestId: 'request-1',
      records: records.map((record) => ({ type, ...record })),
    }),
    ...more,
  })

/** A received message of each queue. */
export const profiles = messageOf('profiles', 'profile')
export const events = messageOf('events', 'event')

export const tier = (external_id: string, value: unknown): Partial<BridgeRecord> => ({
  external_id,
  attributes: { fixture_tier: value } as never,
})

/** An event of the nth user. */
export const event = (n: number, name = 'fixture-e') => ({ external_id: `fixture-u${n}`, name })

export const list = <T>(count: number, item: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => item(n))
