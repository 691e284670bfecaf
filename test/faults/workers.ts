import type { InFlightMessage } from '../../bin/proof/sqs-queue.ts'
import { SEND_WINDOW_SECONDS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../../functions/worker/invocation.ts'
import { pacer } from '../../functions/worker/send/pace.ts'
import { work } from '../../functions/worker/work.ts'
import type { Track } from './faulty-braze.ts'
import { secretAt } from './keys.ts'
import { userName } from './rows.ts'
import type { World } from './run.ts'
import { DEADLY_USER } from './scenario.ts'
import { MINUTE } from './start.ts'

const WORKER_TIMEOUT_MS = 60_000
const SPACING_MS = 200

/** The same time as in `cachedSecret`. */
const SECRET_CACHE_MS = 5 * MINUTE

const eventRows = (body: string): number[] =>
  JSON.parse(body).records.flatMap(
    ({ properties }: { properties?: { row?: number } }) => properties?.row ?? [],
  )

/** Calls the real `work` as Lambda's event source mapping does, in execution environments that can die. */
export function createWorkers(
  { scenario, run, now, sleep, random, sendBatch, log, count, measure, namePeople, during }: World,
  track: Track,
) {
  let invocations = 0
  let effects = 0
  let deliveries = 0
  const marks = new Map<string, number>()
  /** By message id. Milliseconds since the epoch. */
  const firstReceived = new Map<string, number>()

  /** The memory of one execution environment, which is lost when the environment dies. */
  const environment = () => ({
    ledger: new Map(),
    secret: undefined as { apiKey: string; at: number } | undefined,
  })
  type Environment = ReturnType<typeof environment>

  async function credentials(memory: Environment, fresh: boolean): ReturnType<WorkerDeps['credentials']> {
    const { secret } = memory
    const isKept = secret !== undefined && !fresh && now() - secret.at < SECRET_CACHE_MS
    if (!isKept && during(scenario.secretTrouble))
      return { missing: scenario.secretTrouble?.missing ?? 'BRAZE_SECRET_UNREADABLE' }
    memory.secret = isKept ? secret : { apiKey: secretAt(scenario, now()), at: now() }
    return { apiKey: memory.secret.apiKey, restEndpoint: 'https://rest.iad-01.braze.com' }
  }

  async function invoke(
    queue: QueueName,
    batch: readonly InFlightMessage[],
    isDeleted: boolean,
    slot: { current: Environment },
  ): Promise<void> {
    const model = run.queues[queue]
    const invocation = invocations++
    const seenBefore = run.seen.length
    const died = Promise.withResolvers<'died'>()
    const received: ReceivedMessage[] = batch.map(({ id, handle, group, receives, body }) => ({
      messageId: id,
      receiptHandle: handle,
      queue,
      lane: group,
      receives,
      firstReceivedAt: firstReceived.get(id) ?? now(),
      body,
    }))
    /** Wraps an effect so that the scenario can kill the environment before or after it. */
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
    const handles = (messages: readonly ReceivedMessage[]) =>
      messages.map(({ receiptHandle }) => receiptHandle)
    const deps: WorkerDeps = {
      credentials: ({ fresh }) => credentials(slot.current, fresh),
      track: effect(({ apiKey }, body) =>
        scenario.fates.deadly && body.includes(`"${userName(DEADLY_USER)}"`)
          ? die()
          : track(invocation, queue, apiKey, body),
      ),
      pace: pacer(SPACING_MS, now, sleep),
      pause: sleep,
      now,
      random,
      sendBatch: effect(sendBatch),
      remove: effect(async (messages) => {
        for (const handle of handles(messages)) model.delete(handle)
      }),
      hide: effect(async (messages, seconds) =>
        messages.filter(({ receiptHandle }) => !model.changeVisibility(receiptHandle, seconds)),
      ),
      markers: {
        set: effect(async (id) => {
          const before = marks.get(id) ?? 0
          marks.set(id, before + 1)
          return before
        }),
        clear: effect(async (id) => void marks.delete(id)),
      },
      ledger: slot.current.ledger,
      settings: {
        deadLetterUrls: { profiles: 'profiles-dlq', events: 'events-dlq' },
      },
      log,
      count,
      measure,
      namePeople,
    }
    const timeout = sleep(WORKER_TIMEOUT_MS).then(() => 'died' as const)
    const back = await Promise.race([
      work(received, deps, now() + SEND_WINDOW_SECONDS * 1_000),
      died.promise,
      timeout,
    ])
    const delivered = run.seen
      .slice(seenBefore)
      .filter((seen) => seen.invocation === invocation && seen.applied)
      .flatMap((seen) => seen.events)
    if (back === 'died') {
      slot.current = environment()
      for (const n of delivered) run.excusedByKill.add(n)
      // The dead invocation could not hide its messages for the wait that Braze had asked for.
      for (const seen of run.seen) if (seen.invocation === invocation) delete seen.waitUntil
      return
    }
    if (delivered.length > 0) {
      const returned = received.filter(({ messageId }) => back.includes(messageId))
      const rowsBack = new Set(returned.flatMap(({ body }) => eventRows(body)))
      for (const n of delivered) if (rowsBack.has(n)) run.excusedByCutOff.add(n)
    }
    for (const { messageId, receiptHandle } of received) {
      if (back.includes(messageId) || (isDeleted && model.delete(receiptHandle))) continue
      // The worker itself has deleted this message early, so Lambda has nothing left to delete.
      if (model.list().every(({ id }) => id !== messageId)) continue
      run.undeleted += 1
      for (const n of delivered) run.excusedByKill.add(n)
    }
  }

  /** Delivers a batch to a worker, unless the scenario prevents or delays it. */
  async function deliver(
    queue: QueueName,
    batch: readonly InFlightMessage[],
    slot: { current: Environment },
  ) {
    const fault = scenario.deliveries.find(({ nth }) => nth === deliveries)?.fault
    deliveries += 1
    if (fault === 'never starts') return
    if (typeof fault === 'object') await sleep(fault.startsAfterSeconds * 1_000)
    await invoke(queue, batch, fault !== 'is not deleted', slot)
  }

  let sending = true
  async function poll(queue: QueueName): Promise<void> {
    const model = run.queues[queue]
    const slot = { current: environment() }
    while (now() < run.endedAt) {
      const batch = model.receive(10)
      for (const { id } of batch) if (!firstReceived.has(id)) firstReceived.set(id, now())
      if (batch.length > 0) await deliver(queue, batch, slot)
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

  return {
    /** Resolves when the queues are empty or `run.endedAt` is reached. */
    start: () =>
      Promise.all(
        (['profiles', 'events'] as const).flatMap((queue) =>
          Array.from({ length: scenario.concurrency }, () => poll(queue)),
        ),
      ),
    finishSending: () => {
      sending = false
    },
  }
}
