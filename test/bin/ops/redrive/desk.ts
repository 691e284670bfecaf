import { type Letter, openLetter } from '../../../../bin/ops/redrive/letter.ts'
import type { RedriveOptions } from '../../../../bin/ops/redrive/plan.ts'
import { type RedriveDeps, redrive } from '../../../../bin/ops/redrive/redrive.ts'
import { createSqsQueue } from '../../../../bin/proof/sqs-queue.ts'
import type { Settings } from '../../../../functions/receiver/settings.ts'
import type { QueueName } from '../../../../functions/shared/record.ts'
import { ids, SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'

export const NOON = Date.parse('2026-11-20T12:00:00Z')

export const CHOICE: RedriveOptions = {
  queues: ['profiles', 'events'],
  codes: [],
  letters: [],
  connection: undefined,
  run: undefined,
  maxAgeMs: 24 * 3_600_000,
  includeStale: false,
  includeDoubtful: false,
  rate: Number.POSITIVE_INFINITY,
  yes: true,
  show: false,
}

const failure = (code: string) => ({
  code,
  reason: 'fixture reason',
  hint: 'fixture hint',
  at: '2026-11-20T11:00:00.000Z',
})

type Envelope = { id?: string; receivedAt?: string; requestId?: string; connection?: string }

const envelope = (given: Envelope) => ({
  v: 1,
  id: given.id ?? 'message-1',
  connection: given.connection ?? 'default',
  receivedAt: given.receivedAt ?? '2026-11-20T11:00:00.000Z',
  requestId: given.requestId ?? 'request-1',
})

/** The body of a letter of the worker; without a code, of a message that SQS moved. */
export const messageBody = (code: string | undefined, records: readonly object[], given: Envelope = {}) =>
  JSON.stringify({ ...(code && { failure: failure(code) }), ...envelope(given), records })

/** The body of a letter of the receiver. `rowsJson` is JSON as text, so that any number can stand in it. */
export const rowsBody = (
  code: string,
  rowsJson: readonly string[],
  given: Envelope & { endpoint?: string; inherited?: object; from?: number } = {},
) => {
  const head = {
    failure: failure(code),
    ...envelope(given),
    endpoint: given.endpoint ?? 'activations',
    inherited: given.inherited ?? {},
  }
  const rows = rowsJson.map((row, place) => `{"index":${(given.from ?? 0) + place},"row":${row}}`)
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows.join(',')}]}`
}

/** An opened letter that no queue holds. */
export const letterOf = (
  body: string,
  given: { queue?: QueueName; messageId?: string; dedupId?: string; sentAt?: number } = {},
): Letter => {
  const messageId = given.messageId ?? 'letter-1'
  return openLetter({
    queue: given.queue ?? 'profiles',
    messageId,
    handle: `handle of ${messageId}`,
    group: given.dedupId ?? `${messageId}-0`,
    dedupId: given.dedupId ?? `${messageId}-0`,
    sentAt: given.sentAt ?? NOON,
    attributes: {},
    body,
  })
}

/** Four queues in memory, in a time that moves only when the test says so. */
export function openDesk(settings: Partial<Settings> = {}) {
  let now = NOON
  const made = (name: string) => createSqsQueue({ now: () => now, visibilityMs: 60_000, name })
  const queues: Record<string, ReturnType<typeof made>> = {
    profiles: made('profiles'),
    events: made('events'),
    'profiles-dlq': made('profiles-dlq'),
    'events-dlq': made('events-dlq'),
  }
  const at = (name: string) => {
    const queue = queues[name]
    if (!queue) throw new Error(`no queue ${name}`)
    return queue
  }
  const stopping = new AbortController()
  const lines: string[] = []
  const done: string[] = []
  const deps: RedriveDeps = {
    receive: async (queue, seconds) => {
      const letters = at(`${queue}-dlq`).receive(10)
      for (const { handle } of letters) at(`${queue}-dlq`).changeVisibility(handle, seconds)
      return letters.map(({ id, ...letter }) => ({ ...letter, queue, messageId: id }))
    },
    hide: async (letters, seconds) =>
      letters.filter(({ queue, handle }) => !at(`${queue}-dlq`).changeVisibility(handle, seconds)),
    remove: async ({ queue, handle, messageId }) => {
      done.push(`delete ${messageId}`)
      return at(`${queue}-dlq`).delete(handle)
    },
    count: async (names) => {
      const counts = names.map((queue) => at(`${queue}-dlq`).counts())
      return {
        visible: counts.reduce((sum, { visible }) => sum + visible, 0),
        hidden: counts.reduce((sum, { inFlight }) => sum + inFlight, 0),
      }
    },
    startProgress: NO_PROGRESS,
    sendBatch: async (batch) => {
      for (const { queueUrl, ...entry } of batch) {
        done.push(`send to ${queueUrl}`)
        at(queueUrl).send([entry])
      }
      return []
    },
    now: () => now,
    newId: ids(),
    pause: async () => undefined,
    stop: stopping.signal,
    settings: { ...SETTINGS, ...settings },
    out: (line) => lines.push(line),
  }
  let parked = 0
  return {
    deps,
    /** Everything that was said. */
    lines,
    /** Sends and deletes, in their order. */
    done,
    stop: () => stopping.abort(),
    wait: (ms: number) => {
      now += ms
    },
    park: (queue: QueueName, body: string, dedupId = `message-${++parked}-0`) =>
      at(`${queue}-dlq`).send([{ group: dedupId, dedupId, body }]),
    redrive: (options: Partial<RedriveOptions> = {}, changed: Partial<RedriveDeps> = {}) =>
      redrive({ ...CHOICE, ...options }, { ...deps, ...changed }),
    /** What a source queue holds, in order. */
    queued: (queue: QueueName) =>
      at(queue)
        .list()
        .map(({ group, body }) => ({ group, ...JSON.parse(body) })),
    recordsIn: (queue: QueueName) =>
      at(queue)
        .list()
        .flatMap(({ body }) => JSON.parse(body).records),
    /** Bodies of what stands in a dead-letter queue. */
    letters: (queue: QueueName) =>
      at(`${queue}-dlq`)
        .list()
        .map(({ body }) => body),
    visible: (queue: QueueName) => at(`${queue}-dlq`).counts().visible,
  }
}
