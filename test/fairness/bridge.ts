import type { StateChange } from '../../bin/local/braze/change.ts'
import type { ScriptStep } from '../../bin/local/braze/script.ts'
import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import { type BrazeSimulator, createBrazeSimulator } from '../../bin/local/braze/simulator.ts'
import { createDeliveryQueue, type InFlightMessage, type SqsQueue } from '../../bin/proof/sqs-queue.ts'
import { receive } from '../../functions/receiver/receive.ts'
import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { SEND_WINDOW_SECONDS } from '../../functions/shared/limits.ts'
import type { SendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../functions/worker/invocation.ts'
import { pacer } from '../../functions/worker/send/pace.ts'
import { work } from '../../functions/worker/work.ts'
import { createVirtualClock } from '../faults/virtual-clock.ts'
import { rowsIn } from './rows.ts'

/** The requests to send and the faults to inject. */
export type FairnessPlan = {
  bodies: readonly string[]
  braze: readonly ScriptStep[]
  /** Braze is down for an hour from this request on, counted from 0. */
  outageAtRequest?: number
  /**
   * The number of execution environments of each queue's worker, which is also its number of concurrent
   * invocations.
   */
  environments?: number
}

/** The results of a run. */
export type FairnessOutcome = {
  braze: BrazeSimulator
  deadLetters: { row: number; code: string; reason: string }[]
  /** The number of requests to Braze. */
  requests: number
  /** The time at which each row first reached Braze, in milliseconds from the start. */
  arrivedMs: ReadonlyMap<number, number>
  /** The time at which the last message was deleted, in milliseconds from the start. */
  quietMs: number
  /** Rows that Braze had already accepted when their message went back to its queue. */
  deliveredBeforeReturn: ReadonlySet<number>
}

const START = Date.parse('2026-11-20T06:59:30Z')
const HOUR_MS = 3_600_000

/** The defaults of the development stack: two concurrent invocations, ten requests a second. */
const ENVIRONMENTS = 2
const SPACING_MS = 200
const LANES = 16

/** The duration of a request to Braze and of a call to SQS, in milliseconds. */
const BRAZE_MS = 120
const SQS_MS = 5

/** How long an idle environment waits before it looks for messages again. */
const POLL_MS = 1_000

/** The time by which the queues must be empty. */
const TIME_LIMIT_MS = 24 * HOUR_MS

const log = { info: () => {}, warn: () => {}, error: () => {} }
const URLS = {
  queues: { profiles: 'profiles', events: 'events' },
  deadLetters: { profiles: 'profiles-dlq', events: 'events-dlq' },
  captures: 'captures',
}

/** Sends bodies through the real `receive` and `work`, in virtual time, until the queues are empty. */
export async function runBridge(plan: FairnessPlan): Promise<FairnessOutcome> {
  const { now, sleep, run } = createVirtualClock(START)
  const arrivedMs = new Map<number, number>()
  const deliveredBeforeReturn = new Set<number>()
  const [profiles, events] = [
    createDeliveryQueue({ name: 'profiles', now }),
    createDeliveryQueue({ name: 'events', now }),
  ]
  const queues: Record<QueueName, SqsQueue> = { profiles: profiles.queue, events: events.queue }
  const byUrl = new Map([
    ['profiles', profiles.queue],
    ['events', events.queue],
    ['profiles-dlq', profiles.deadLetters],
    ['events-dlq', events.deadLetters],
  ])
  /** The rows that Braze has applied from the current request. */
  let arriving: number[] = []
  const braze = createBrazeSimulator({
    now,
    settings: { retainedRequests: 0 },
    onChanges: (changes) => {
      arriving = changes.flatMap(rowsOf)
    },
  })
  braze.script(plan.braze)
  let requests = 0
  let outageEndsAt = 0
  let ids = 0

  const sendBatch: SendBatch = async (batch) => {
    await sleep(SQS_MS)
    for (const message of batch) {
      const [outcome] = byUrl.get(message.queueUrl)?.send([message]) ?? []
      if (!outcome?.taken) throw new Error(`SQS refuses what it was sent: ${outcome?.code}`)
    }
    return []
  }

  async function post(body: string): Promise<void> {
    const request = {
      id: `request-${ids++}`,
      method: 'POST',
      path: '/v1/records',
      headers: { 'x-api-key': 'fixture-inbound-token' },
      query: {},
      body: Buffer.from(body),
      sourceIp: '192.0.2.1',
    }
    const { status } = await receive(request, {
      readSecret: () => async () => ({ token: 'fixture-inbound-token' }),
      sendBatch,
      now,
      newId: () => `id-${ids++}`,
      pause: sleep,
      log,
      count: () => undefined,
      namePeople: async () => undefined,
      settings: { ...URLS, lanes: LANES, connections: Connections.parse({}) },
    })
    if (status !== 200) throw new Error(`unexpected ${status}`)
  }

  /** Sends one request to Braze and returns the answer. Adds the rows that Braze applied to `delivered`. */
  async function track(body: string, delivered: Set<number>): Promise<BrazeAnswer> {
    if (requests === plan.outageAtRequest) outageEndsAt = now() + HOUR_MS
    requests += 1
    await sleep(BRAZE_MS)
    if (now() < outageEndsAt) return { kind: 'answer', status: 503, headers: {}, body: '' }
    arriving = []
    const headers = { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' }
    const outcome = braze.handle({ method: 'POST', path: '/users/track', headers, body })
    for (const row of arriving) {
      delivered.add(row)
      if (!arrivedMs.has(row)) arrivedMs.set(row, now() - START)
    }
    return outcome.kind === 'answer' ? outcome : { kind: 'no answer', cause: 'network' }
  }

  async function invoke(
    queue: QueueName,
    batch: readonly InFlightMessage[],
    environment: Pick<WorkerDeps, 'ledger' | 'markers'>,
  ): Promise<void> {
    const model = queues[queue]
    const delivered = new Set<number>()
    const received = batch.map(({ id, handle, group, ...message }) => ({
      ...message,
      messageId: id,
      receiptHandle: handle,
      queue,
      lane: group,
      firstReceivedAt: now(),
    }))
    const deps: WorkerDeps = {
      ...environment,
      credentials: async () => ({ apiKey: SIMULATOR_KEY, restEndpoint: 'https://rest.iad-01.braze.com' }),
      track: (_credentials, body) => track(body, delivered),
      pace: pacer(SPACING_MS, now, sleep),
      pause: sleep,
      now,
      random: () => 0.5,
      sendBatch,
      remove: async (messages) => remove(model, messages),
      hide: async (messages, seconds) =>
        messages.filter(({ receiptHandle }) => !model.changeVisibility(receiptHandle, seconds)),
      settings: { deadLetterUrls: URLS.deadLetters },
      log,
      count: () => undefined,
      measure: () => undefined,
      namePeople: async () => undefined,
    }
    const back = new Set(await work(received, deps, now() + SEND_WINDOW_SECONDS * 1_000))
    for (const { messageId, body } of received)
      if (back.has(messageId))
        for (const row of rowsIn(body)) if (delivered.has(row)) deliveredBeforeReturn.add(row)
    remove(
      model,
      received.filter(({ messageId }) => !back.has(messageId)),
    )
  }

  /** Polls as one execution environment, whose ledger and markers the others do not see. */
  async function poll(queue: QueueName): Promise<void> {
    const model = queues[queue]
    const environment = { ledger: new Map(), markers: markers() }
    while (model.list().length > 0) {
      if (now() > START + TIME_LIMIT_MS) throw new Error(`after a day ${queue} still holds messages`)
      const batch = model.receive(10)
      if (batch.length > 0) await invoke(queue, batch, environment)
      else await sleep(POLL_MS)
    }
  }

  await run(async () => {
    for (const body of plan.bodies) await post(body)
    const environments = Array.from({ length: plan.environments ?? ENVIRONMENTS })
    await Promise.all(environments.flatMap(() => [poll('profiles'), poll('events')]))
  })
  return {
    braze,
    deadLetters: [profiles, events].flatMap(({ deadLetters }) => deadLetters.list().flatMap(toDeadLetters)),
    requests,
    arrivedMs,
    quietMs: now() - START,
    deliveredBeforeReturn,
  }
}

function remove(queue: SqsQueue, messages: readonly ReceivedMessage[]): void {
  for (const { receiptHandle } of messages) queue.delete(receiptHandle)
}

function markers(): WorkerDeps['markers'] {
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

function rowsOf(change: StateChange): number[] {
  if (change.kind === 'set') return rowsIn(JSON.stringify(change.custom))
  return change.kind === 'event' ? rowsIn(JSON.stringify(change.event.properties)) : []
}

function toDeadLetters({ body }: { body: string }) {
  const { failure }: { failure: { code: string; reason: string } } = JSON.parse(body)
  return rowsIn(body).map((row) => ({ row, code: failure.code, reason: failure.reason }))
}
