import { randomUUID } from 'node:crypto'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type ReceiverDeps, receive } from '../../../functions/receiver/receive.ts'
import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { gatherMetrics } from '../../../functions/shared/emit-metrics.ts'
import { toRequest } from '../../../functions/shared/http-request.ts'
import {
  MAX_BATCH_SIZE,
  MAX_OBJECTS_PER_REQUEST,
  SEND_WINDOW_SECONDS,
} from '../../../functions/shared/limits.ts'
import type { Log } from '../../../functions/shared/log.ts'
import type { OutgoingMessage, SendBatch } from '../../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../../functions/worker/invocation.ts'
import { work } from '../../../functions/worker/work.ts'
import { DEAD_LETTER_URLS, INBOUND_TOKEN, QUEUE_NAMES, QUEUE_URLS, receiverSettings } from '../world.ts'
import { cpuMs } from './statistics.ts'
import type { SenderRequest } from './workload.ts'

/**
 * Runs the receiver and the worker as deployed, with SQS, Braze and waits replaced by stubs in this process.
 */

/** The worker's send window, in milliseconds. It never runs out, because the stubs answer at once. */
const WINDOW_MS = SEND_WINDOW_SECONDS * 1_000

/** The event of API Gateway for a request, as Lambda parses it. */
export function toEvent({ path, body }: SenderRequest): APIGatewayProxyEventV2 {
  return {
    version: '2.0',
    routeKey: `ANY ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { 'x-api-key': INBOUND_TOKEN, 'content-type': 'application/json' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: 'bench.test',
      domainPrefix: 'bench',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'bench' },
      requestId: randomUUID(),
      routeKey: `ANY ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    body: body.toString(),
    isBase64Encoded: false,
  }
}

/** A message in SQS. Its body is a buffer, so that waiting messages add no work for the garbage collector. */
export type StoredMessage = Omit<OutgoingMessage, 'body'> & { bytes: Buffer }

export const outgoingOf = ({ bytes, ...message }: StoredMessage): OutgoingMessage => ({
  ...message,
  body: bytes.toString('latin1'),
})

/** @returns the messages that result from the requests, and the CPU time in milliseconds. */
export async function receiveAll(
  posts: readonly SenderRequest[],
  settings?: { lanes: number },
): Promise<{ messages: StoredMessage[]; cpuMs: number }> {
  const messages: StoredMessage[] = []
  const { count, flush } = gatherMetrics()
  const sendBatch: SendBatch = async (batch) => {
    for (const { body, ...message } of batch)
      messages.push({ ...message, bytes: Buffer.from(body, 'latin1') })
    return []
  }
  const deps = receiverDeps({ sendBatch, count }, settings)
  const events = posts.map(toEvent)
  const before = cpuMs()
  for (const event of events) {
    const { status, body } = await receive(toRequest(event), deps)
    if (status !== 200) throw new Error(`the receiver answered ${status}: ${body}`)
    flush()
  }
  return { messages, cpuMs: cpuMs() - before }
}

export type BrazeStub = (body: string) => BrazeAnswer

/**
 * Delivers the messages through the worker. Messages that go back to their queue are received again at once.
 * @param braze answers each request.
 */
export async function deliverAll(
  messages: readonly StoredMessage[],
  braze: BrazeStub,
): Promise<{ cpuMs: number }> {
  const { count, measure, flush } = gatherMetrics()
  const waiting = {
    profiles: waitingIn(messages, 'profiles'),
    events: waitingIn(messages, 'events'),
  }
  let added: ReceivedMessage[] = []
  const gone = new Set<string>()
  const deps = workerDeps({
    track: async (_, body) => braze(body),
    count,
    measure,
    receive: async (queue, atMost) => {
      const received = waiting[queue].splice(0, atMost).map(toReceivedMessage)
      added.push(...received)
      return received
    },
    remove: async (removed) => {
      for (const { messageId } of removed) gone.add(messageId)
      return []
    },
  })
  const before = cpuMs()
  for (const queue of QUEUE_NAMES)
    while (waiting[queue].length > 0) {
      let left = waiting[queue].splice(0, MAX_BATCH_SIZE).map(toReceivedMessage)
      while (left.length > 0) {
        const back = new Set(await work(left, deps, Date.now() + WINDOW_MS))
        left = [
          ...left.filter(({ messageId }) => back.has(messageId)),
          ...added.filter(({ messageId }) => !gone.has(messageId)),
        ].map((message) => ({ ...message, receives: message.receives + 1 }))
        added = []
        flush()
      }
    }
  return { cpuMs: cpuMs() - before }
}

/**
 * Waiting messages are received lane by lane, because SQS first returns as many messages of one group as it
 * can (SQS developer guide, "FIFO delivery logic").
 */
const waitingIn = (messages: readonly StoredMessage[], queue: QueueName): IndexedMessage[] =>
  messages
    .filter(({ queueUrl }) => queueUrl === QUEUE_URLS[queue])
    .toSorted((a, b) => a.group.localeCompare(b.group))
    .map((message, index) => ({ ...message, queue, index }))

type IndexedMessage = StoredMessage & { queue: QueueName; index: number }

function toReceivedMessage(message: IndexedMessage): ReceivedMessage {
  const { queue, index, group } = message
  return {
    messageId: `${queue}-${index}`,
    receiptHandle: `handle-${index}`,
    queue,
    lane: group,
    receives: 1,
    firstReceivedAt: Date.now(),
    // Waiting in bulk means that all workers have long been busy.
    sentAt: 0,
    body: outgoingOf(message).body,
  }
}

const LANES = 16

/** A log line costs the time to write it as JSON, although nothing reads it. */
const log: Log = { info: writeLine, warn: writeLine, error: writeLine }
function writeLine(message: string, fields: object = {}): void {
  JSON.stringify({ level: 'INFO', message, timestamp: new Date().toISOString(), ...fields })
}

/** @param effects the effects that the caller observes, in place of those that do nothing. */
const receiverDeps = (
  effects: Pick<ReceiverDeps, 'sendBatch' | 'count'> & Partial<ReceiverDeps>,
  { lanes }: { lanes: number } = { lanes: LANES },
): ReceiverDeps => ({
  readSecret: () => async () => ({ token: INBOUND_TOKEN }),
  now: Date.now,
  newId: randomUUID,
  pause: async () => undefined,
  log,
  namePeople: async () => undefined,
  settings: receiverSettings({ lanes }),
  ...effects,
})

/** @param effects the effects that the caller observes, in place of those that do nothing. */
const workerDeps = (
  effects: Pick<WorkerDeps, 'track' | 'count' | 'measure'> & Partial<WorkerDeps>,
): WorkerDeps => ({
  credentials: async () => ({ apiKey: 'bench', restEndpoint: 'https://rest.iad-01.braze.com' }),
  pace: async () => undefined,
  pause: async () => undefined,
  now: Date.now,
  random: Math.random,
  sendBatch: async () => [],
  receive: async () => [],
  remove: async () => [],
  hide: async () => [],
  markers: { set: async () => 0, clear: async () => undefined },
  ledger: new Map(),
  recentUsers: new Map(),
  settings: {
    deadLetterUrls: DEAD_LETTER_URLS,
    profilesDelayMs: 0,
    objectsPerRequest: MAX_OBJECTS_PER_REQUEST,
    batchSizes: { profiles: MAX_BATCH_SIZE, events: MAX_BATCH_SIZE },
  },
  log,
  namePeople: async () => undefined,
  ...effects,
})
