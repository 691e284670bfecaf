import { createBraze } from '../../bin/local/braze/braze.ts'
import { SIMULATOR_KEY } from '../../bin/local/braze/settings.ts'
import { type Deps, receive } from '../../functions/receiver/receive.ts'
import type { Outgoing, SendBatch } from '../../functions/shared/queue.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { SEND_WINDOW_SECONDS } from '../../functions/shared/send-window.ts'
import type { Handed } from '../../functions/worker/handed.ts'
import type { Answer } from '../../functions/worker/judge.ts'
import { pacer } from '../../functions/worker/pace.ts'
import type { WorkerDeps } from '../../functions/worker/run.ts'
import { work } from '../../functions/worker/work.ts'
import type { FifoQueue, ReceivedMessage } from './fifo-queue.ts'
import { createQueueModel } from './queue-model.ts'
import { type Numbering, toBody, userName } from './rows.ts'
import { POISON_USER, REJECTED_USER, type Scenario } from './scenario.ts'
import { createClock } from './virtual-clock.ts'

/** 06:59:30, so that hour-aligned waits lie ahead. */
const START = Date.parse('2026-11-20T06:59:30Z')
const MINUTE = 60_000
const WORKER_TIMEOUT_MS = 60_000
const VISIBILITY_MS = 6 * WORKER_TIMEOUT_MS
const LATENCY_MS = 120
const BRAZE_TIMEOUT_MS = 8_000
export const SPACING_MS = 200
/** After all faults, by when everything must be quiet: several of the longest waits. */
const PATIENCE_MS = 2 * 24 * 60 * MINUTE

/** One request as Braze saw it. */
export type SeenRequest = {
  at: number
  until: number
  invocation: number
  queue: QueueName
  /** The row numbers of its events, and of the attribute objects' newest rows. */
  events: number[]
  users: string[]
  applied: boolean
  /** What the worker got: a lost or unreadable answer leaves it in the dark. */
  known: boolean
  /** Set by a 429 or a Retry-After: until when. */
  waitUntil?: number
}

export type Run = {
  scenario: Scenario
  braze: ReturnType<typeof createBraze>
  queues: Record<QueueName, FifoQueue>
  deadLetters: Record<QueueName, FifoQueue>
  /** Bodies of messages that a source queue took for the first time, in order. */
  accepted: { queue: QueueName; body: string }[]
  /** Row numbers of requests that were answered 200, and of those rows what the answer refused. */
  answers: { requestId: string; accepted: number }[]
  /** How many records SQS took, by request. */
  taken: Map<string, number>
  /** Messages that SQS recognised as repeated, and the request they came with, if it repeats another. */
  recognised: { body: string; repeated: { key: string | undefined } | undefined }[]
  /** All rows of answered requests. */
  answeredRows: number[]
  seen: SeenRequest[]
  /** Events that an invocation delivered before it was killed, or before a message of them went back unfinished. */
  excusedByKill: Set<number>
  excusedByCutOff: Set<number>
  kills: number
  logs: unknown[]
  quiet: boolean
  endedAt: number
}

class Stopped extends Error {}

/** Small and fast, and the same on every machine (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Runs the real `receive` and `work` through a scenario, in virtual time, until everything is quiet. */
export async function runScenario(scenario: Scenario): Promise<Run> {
  const clock = createClock(START)
  const { now, sleep } = clock
  const random = seededRandom(scenario.seed)
  const braze = createBraze({ now })
  const queueOf = (name: string) => {
    const options = { now, visibilityMs: VISIBILITY_MS, severalPerGroup: scenario.severalPerGroup, random }
    const deadLetters = createQueueModel({ ...options, name: `${name}-dlq` })
    return { deadLetters, queue: createQueueModel({ ...options, name, maxReceiveCount: 1_000, deadLetters }) }
  }
  const [profiles, events] = [queueOf('profiles'), queueOf('events')]
  const byUrl: Record<string, FifoQueue> = {
    profiles: profiles.queue,
    events: events.queue,
    'profiles-dlq': profiles.deadLetters,
    'events-dlq': events.deadLetters,
  }
  const run: Run = {
    scenario,
    braze,
    queues: { profiles: profiles.queue, events: events.queue },
    deadLetters: { profiles: profiles.deadLetters, events: events.deadLetters },
    accepted: [],
    answers: [],
    taken: new Map(),
    recognised: [],
    answeredRows: [],
    seen: [],
    excusedByKill: new Set(),
    excusedByCutOff: new Set(),
    kills: 0,
    logs: [],
    quiet: false,
    endedAt: 0,
  }
  const logger = (message: string, fields?: object) => void run.logs.push({ message, ...fields })
  const log = { info: logger, warn: logger, error: logger }
  const ids = { next: 0 }
  let sends = 0

  const sendBatch: SendBatch = async (batch) => {
    await sleep(5)
    const fault = scenario.queueFaults.find(({ nth, times }) => sends >= nth && sends < nth + times)
    sends += 1
    const failed = fault?.whole ? batch : fault ? batch.slice(-1) : []
    const sent = batch.filter((message) => !failed.includes(message))
    for (const message of sent) put(message)
    return failed
  }
  const put = (message: Outgoing): void => {
    const [outcome] = byUrl[message.queueUrl]?.send([message]) ?? []
    if (!outcome?.taken) throw new Error(`SQS refuses what it was sent: ${outcome?.code}`)
    const { queueUrl: queue, body } = message
    if (queue !== 'profiles' && queue !== 'events') return
    const { requestId, records }: { requestId: string; records: unknown[] } = JSON.parse(body)
    run.taken.set(requestId, (run.taken.get(requestId) ?? 0) + records.length)
    if (outcome.duplicate) run.recognised.push({ body, repeated: repeats.get(requestId) })
    else run.accepted.push({ queue, body })
  }
  /** Requests that repeat an earlier one, byte by byte. */
  const repeats = new Map<string, { key: string | undefined }>()
  const bodies = new Set<string>()

  // --- senders

  let receiverSends = 0
  const receiverDeps = (dies: (stop: () => never) => void): Deps => ({
    readSecret: async () => ({ token: 'fixture-inbound-token' }),
    sendBatch: async (batch) => {
      const left = await sendBatch(batch)
      if (scenario.receiverKills.includes(receiverSends++)) {
        run.kills += 1
        dies(() => {
          throw new Stopped()
        })
        return new Promise(() => undefined)
      }
      return left
    },
    now,
    newId: () => `id-${ids.next++}`,
    pause: sleep,
    log,
    count: () => undefined,
    settings: {
      lanes: scenario.lanes,
      preferredIdentifier: 'external_id',
      defaultSplitId: '0',
      queues: { profiles: 'profiles', events: 'events' },
      deadLetters: { profiles: 'profiles-dlq', events: 'events-dlq' },
    },
  })

  /** A sender repeats what got no answer or a 5xx, the same bytes, until it is taken. */
  async function post(path: string, body: string, key: string | undefined): Promise<void> {
    for (let attempt = 0; attempt < 20; attempt++) {
      const died = Promise.withResolvers<undefined>()
      const request = {
        id: `request-${ids.next++}`,
        method: 'POST',
        path,
        headers: { 'x-api-key': 'fixture-inbound-token', 'idempotency-key': key },
        query: {},
        body: Buffer.from(body),
      }
      if (bodies.has(body)) repeats.set(request.id, { key })
      bodies.add(body)
      const answer = await Promise.race([
        receive(
          request,
          receiverDeps(() => died.resolve(undefined)),
        ),
        died.promise,
      ])
      if (answer && answer.status < 500) {
        if (answer.status !== 200 && answer.status !== 422)
          throw new Error(`unexpected ${answer.status}: ${answer.body}`)
        run.answers.push({ requestId: request.id, accepted: JSON.parse(answer.body).accepted })
        return
      }
      await sleep(10_000)
    }
    throw new Error('the receiver never took a request')
  }

  async function sendAll(): Promise<void> {
    const numbering: Numbering = { next: 1 }
    const repeats: Promise<void>[] = []
    for (const [index, request] of scenario.requests.entries()) {
      await sleep(request.after * 1_000)
      const body = toBody(request, numbering)
      const key = request.idempotencyKey ? `fixture-key-${index}` : undefined
      await post(request.path, body, key)
      for (const [, row] of body.matchAll(/"row":(\d+)/g)) run.answeredRows.push(Number(row))
      if (request.again !== undefined) {
        const { again } = request
        repeats.push(sleep(again * 1_000).then(() => post(request.path, body, key)))
      }
    }
    await Promise.all(repeats)
  }

  // --- Braze

  braze.script([
    {
      do: 'answer',
      status: 400,
      body: { message: 'fixture-poison' },
      users: [`external_id:${userName(POISON_USER)}`],
      times: 'always',
    },
    {
      do: 'reject',
      rejected: [`external_id:${userName(REJECTED_USER)}`],
      users: [`external_id:${userName(REJECTED_USER)}`],
      indexes: scenario.indexes,
      times: 'always',
    },
  ])
  const faulty = createBraze({ now })
  let asked = 0
  const during = (window: { from: number; minutes: number } | undefined) =>
    window !== undefined &&
    now() >= START + window.from * MINUTE &&
    now() < START + (window.from + window.minutes) * MINUTE

  async function track(invocation: number, queue: QueueName, body: string): Promise<Answer> {
    const fault = scenario.brazeFaults.find(({ nth }) => nth === asked)?.fault
    asked += 1
    const request = {
      method: 'POST',
      path: '/users/track',
      headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
      body,
    }
    const parsed: { attributes?: Sent[]; events?: Sent[] } = JSON.parse(body)
    const seen: SeenRequest = {
      at: now(),
      until: Number.POSITIVE_INFINITY,
      invocation,
      queue,
      events: (parsed.events ?? []).flatMap(({ properties }) => properties?.row ?? []),
      users: [
        ...new Set(
          [...(parsed.attributes ?? []), ...(parsed.events ?? [])].map(({ external_id }) => external_id),
        ),
      ],
      applied: false,
      known: true,
    }
    run.seen.push(seen)
    await sleep(LATENCY_MS / 2)
    const before = braze.requests().length
    const isOut = during(scenario.outage)
    // A fault is played by a Braze without users, unless it applies the request: then by the real one.
    const applies =
      fault &&
      (('apply' in fault && fault.apply) ||
        fault.do === 'delay' ||
        (fault.do === 'answer' && fault.status < 300))
    const outcome = isOut
      ? answerOf(scenario.outage?.answer ?? 503)
      : fault && !applies
        ? playFault(fault)
        : braze.handle(request)
    const lost = !isOut && applies
    seen.applied =
      !isOut &&
      (!fault || applies === true) &&
      (braze.requests().at(-1)?.applied ?? false) &&
      braze.requests().length > before
    const delayMs = (fault && 'delayMs' in fault && !isOut ? (fault.delayMs ?? 0) : 0) + LATENCY_MS / 2
    await sleep(Math.min(delayMs, BRAZE_TIMEOUT_MS))
    seen.until = now()
    if (delayMs >= BRAZE_TIMEOUT_MS) {
      seen.known = false
      return { kind: 'no answer', cause: 'timeout' }
    }
    if (lost && fault.do === 'reset') {
      seen.known = false
      return { kind: 'no answer', cause: 'network' }
    }
    if (lost && fault.do === 'answer') {
      // Queued is said of what Braze would take; what it would refuse, it refuses.
      const isWhole = outcome.kind === 'answer' && outcome.status === 201 && !outcome.body.includes('errors')
      if (fault.status === 202)
        return isWhole
          ? { kind: 'answer', status: 202, headers: {}, body: '{"message":"queued"}' }
          : outcome.kind === 'answer'
            ? outcome
            : { kind: 'no answer', cause: 'network' }
      seen.known = false
      return { kind: 'answer', status: fault.status, headers: {}, body: String(fault.body) }
    }
    if (outcome.kind === 'reset') {
      seen.known = false
      return { kind: 'no answer', cause: 'network' }
    }
    const told = Number(
      outcome.headers['x-ratelimit-retry-after'] ?? outcome.headers['retry-after'] ?? Number.NaN,
    )
    if (outcome.status === 429 && !Number.isNaN(told)) seen.waitUntil = now() + told * 1_000
    return outcome
  }

  function playFault(fault: Scenario['brazeFaults'][number]['fault']) {
    faulty.clearScript()
    faulty.script([fault])
    return faulty.handle({
      method: 'POST',
      path: '/users/track',
      headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
      body: '{"attributes":[]}',
    })
  }
  const answerOf = (status: number) =>
    playFault(
      status === 429 ? { do: 'rate limit', dialect: 'retry-after', seconds: 900 } : { do: 'answer', status },
    )

  // --- the worker

  let invocations = 0
  let effects = 0
  const marks = new Map<string, number>()

  /** One execution environment: what it remembers is gone when it dies. */
  const environment = () => ({
    ledger: new Map(),
    strikes: new Map(),
  })

  async function invoke(
    queue: QueueName,
    batch: readonly ReceivedMessage[],
    place: { current: ReturnType<typeof environment> },
  ): Promise<void> {
    const model = run.queues[queue]
    const invocation = invocations++
    const died = Promise.withResolvers<'died'>()
    const handed: Handed[] = batch.map(({ id, handle, group, receives, body }) => ({
      messageId: id,
      receiptHandle: handle,
      queue,
      lane: group,
      receives,
      body,
    }))
    /** Each effect may be the last thing this environment does, before or after it takes place. */
    const effect =
      <Args extends readonly unknown[], Result>(act: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        const kill = scenario.kills.find(({ nth }) => nth === effects)
        effects += 1
        if (kill && !kill.after) return die()
        const result = await act(...args)
        if (kill) return die()
        return result
      }
    const die = (): Promise<never> => {
      run.kills += 1
      died.resolve('died')
      return new Promise(() => undefined)
    }
    const handles = (messages: readonly Handed[]) => messages.map(({ receiptHandle }) => receiptHandle)
    const deps: WorkerDeps = {
      credentials: async () =>
        during(scenario.secretTrouble)
          ? { missing: scenario.secretTrouble?.missing ?? 'BRAZE_SECRET_UNREADABLE' }
          : { apiKey: SIMULATOR_KEY, restEndpoint: 'https://rest.iad-01.braze.com' },
      track: effect((_credentials, body) => track(invocation, queue, body)),
      pace: pacer(SPACING_MS, now, sleep),
      pause: sleep,
      now,
      random,
      sendBatch: effect(sendBatch),
      remove: effect(async (messages) => {
        for (const handle of handles(messages)) model.delete(handle)
      }),
      hide: effect(async (messages, seconds) => {
        for (const handle of handles(messages)) model.changeVisibility(handle, seconds)
      }),
      markers: {
        set: effect(async (id) => {
          const before = marks.get(id) ?? 0
          marks.set(id, before + 1)
          return before
        }),
        clear: effect(async (id) => void marks.delete(id)),
      },
      ledger: place.current.ledger,
      strikes: place.current.strikes,
      settings: {
        preferredIdentifier: 'external_id',
        deadLetterUrls: { profiles: 'profiles-dlq', events: 'events-dlq' },
      },
      log,
      count: () => undefined,
    }
    const timeout = sleep(WORKER_TIMEOUT_MS).then(() => 'died' as const)
    const back = await Promise.race([
      work(handed, deps, now() + SEND_WINDOW_SECONDS * 1_000),
      died.promise,
      timeout,
    ])
    const delivered = run.seen
      .filter((seen) => seen.invocation === invocation && seen.applied)
      .flatMap((seen) => seen.events)
    if (back === 'died') {
      place.current = environment()
      for (const n of delivered) run.excusedByKill.add(n)
      // It could not pass on what it was told.
      for (const seen of run.seen) if (seen.invocation === invocation) delete seen.waitUntil
      return
    }
    const rowsBack = handed
      .filter(({ messageId }) => back.includes(messageId))
      .flatMap(({ body }) => eventRows(body))
    for (const n of delivered) if (rowsBack.includes(n)) run.excusedByCutOff.add(n)
    for (const { messageId, receiptHandle } of handed)
      if (!back.includes(messageId)) model.delete(receiptHandle)
  }

  let sending = true
  async function poll(queue: QueueName): Promise<void> {
    const model = run.queues[queue]
    const place = { current: environment() }
    while (now() < run.endedAt) {
      const batch = model.receive(10)
      if (batch.length > 0) await invoke(queue, batch, place)
      else if (!sending && model.list().length === 0) return
      else
        await sleep(
          Math.max(
            20,
            Math.min((model.nextChangeAt() ?? now() + 1_000) - now(), sending ? 1_000 : 60 * MINUTE),
          ),
        )
    }
  }

  const troubles = [scenario.outage, scenario.secretTrouble].map((window) =>
    window ? window.from + window.minutes : 0,
  )
  run.endedAt = START + Math.max(...troubles) * MINUTE + PATIENCE_MS
  await clock.run(async () => {
    const pollers = (['profiles', 'events'] as const).flatMap((queue) =>
      Array.from({ length: scenario.concurrency }, () => poll(queue)),
    )
    await sendAll()
    sending = false
    await Promise.all(pollers)
  })
  run.quiet = Object.values(run.queues).every((queue) => queue.list().length === 0)
  return run
}

type Sent = { external_id: string; properties?: { row?: number } }

export const eventRows = (body: string): number[] =>
  JSON.parse(body).records.flatMap((record: Sent) => record.properties?.row ?? [])
