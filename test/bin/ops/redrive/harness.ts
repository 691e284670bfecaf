import { type DeadLetter, parseDeadLetter } from '../../../../bin/ops/redrive/dead-letter.ts'
import {
  DEFAULT_OPTIONS as COMMAND_DEFAULTS,
  type RedriveOptions,
} from '../../../../bin/ops/redrive/options.ts'
import { type RedriveDeps, redrive } from '../../../../bin/ops/redrive/redrive.ts'
import { createSqsQueue } from '../../../../bin/proof/sqs-queue.ts'
import type { ReceiverSettings } from '../../../../functions/receiver/settings.ts'
import type { QueueName } from '../../../../functions/shared/record.ts'
import { ids, SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'

export const NOON = Date.parse('2026-11-20T12:00:00Z')

/** Redrives everything without a limit on the rate. */
export const DEFAULT_OPTIONS: RedriveOptions = {
  ...COMMAND_DEFAULTS,
  rate: Number.POSITIVE_INFINITY,
  yes: true,
}

export const profile = (attributes: object, external_id = 'fixture-u1') => ({
  type: 'profile',
  external_id,
  attributes,
})
export const event = (name: string, external_id = 'fixture-u1') => ({ type: 'event', external_id, name })

/** Overrides for a dead letter whose rows were accepted at this hour of the day. */
export const acceptedAt = (hour: number) => ({
  id: `m-${hour}`,
  receivedAt: `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`,
})

const failure = (code: string) => ({
  code,
  reason: 'fixture reason',
  hint: 'fixture hint',
  at: '2026-11-20T11:00:00.000Z',
})

type Envelope = { id?: string; receivedAt?: string; requestId?: string; connection?: string }

const envelope = (overrides: Envelope) => ({
  v: 1,
  id: overrides.id ?? 'message-1',
  connection: overrides.connection ?? 'default',
  receivedAt: overrides.receivedAt ?? '2026-11-20T11:00:00.000Z',
  requestId: overrides.requestId ?? 'request-1',
})

/** The body of a dead letter of the worker. Without a code it is a message that SQS moved. */
export const messageBody = (code: string | undefined, records: readonly object[], overrides: Envelope = {}) =>
  JSON.stringify({ ...(code && { failure: failure(code) }), ...envelope(overrides), records })

/** The body of a dead letter of the receiver. `rowsJson` is text, so that it can hold any number exactly. */
export const rowsBody = (
  code: string,
  rowsJson: readonly string[],
  overrides: Envelope & { endpoint?: string; inherited?: object; from?: number } = {},
) => {
  const head = {
    failure: failure(code),
    ...envelope(overrides),
    endpoint: overrides.endpoint ?? 'activations',
    inherited: overrides.inherited ?? {},
  }
  const rows = rowsJson.map((row, offset) => `{"index":${(overrides.from ?? 0) + offset},"row":${row}}`)
  return `${JSON.stringify(head).slice(0, -1)},"rows":[${rows.join(',')}]}`
}

/** A parsed dead letter that is in no queue. */
export const deadLetterOf = (
  body: string,
  overrides: { queue?: QueueName; messageId?: string; dedupId?: string; sentAt?: number } = {},
): DeadLetter => {
  const messageId = overrides.messageId ?? 'letter-1'
  return parseDeadLetter({
    queue: overrides.queue ?? 'profiles',
    messageId,
    handle: `handle of ${messageId}`,
    group: overrides.dedupId ?? `${messageId}-0`,
    dedupId: overrides.dedupId ?? `${messageId}-0`,
    sentAt: overrides.sentAt ?? NOON,
    attributes: {},
    body,
  })
}

/** Four in-memory queues with a clock that only the test moves. */
export function createRedriveHarness(settings: Partial<ReceiverSettings> = {}) {
  let now = NOON
  const createQueue = (name: string) => createSqsQueue({ now: () => now, visibilityMs: 60_000, name })
  const queues: Record<string, ReturnType<typeof createQueue>> = {
    profiles: createQueue('profiles'),
    events: createQueue('events'),
    'profiles-dlq': createQueue('profiles-dlq'),
    'events-dlq': createQueue('events-dlq'),
  }
  const at = (name: string) => {
    const queue = queues[name]
    if (!queue) throw new Error(`no queue ${name}`)
    return queue
  }
  const stopping = new AbortController()
  const lines: string[] = []
  const calls: string[] = []
  const deps: RedriveDeps = {
    receive: async (queue, seconds) => {
      const deadLetters = at(`${queue}-dlq`).receive(10)
      for (const { handle } of deadLetters) at(`${queue}-dlq`).changeVisibility(handle, seconds)
      return deadLetters.map(({ id, ...message }) => ({ ...message, queue, messageId: id }))
    },
    hide: async (deadLetters, seconds) =>
      deadLetters.filter(({ queue, handle }) => !at(`${queue}-dlq`).changeVisibility(handle, seconds)),
    remove: async ({ queue, handle, messageId }) => {
      calls.push(`delete ${messageId}`)
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
        calls.push(`send to ${queueUrl}`)
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
    /** All lines that the command printed. */
    lines,
    /** All sends and deletes, in order. */
    calls,
    stop: () => stopping.abort(),
    wait: (ms: number) => {
      now += ms
    },
    park: (queue: QueueName, body: string, dedupId = `message-${++parked}-0`) =>
      at(`${queue}-dlq`).send([{ group: dedupId, dedupId, body }]),
    redrive: (options: Partial<RedriveOptions> = {}, changed: Partial<RedriveDeps> = {}) =>
      redrive({ ...DEFAULT_OPTIONS, ...options }, { ...deps, ...changed }),
    /** The messages in a source queue, in order. */
    queued: (queue: QueueName) =>
      at(queue)
        .list()
        .map(({ group, body }) => ({ group, ...JSON.parse(body) })),
    recordsIn: (queue: QueueName) =>
      at(queue)
        .list()
        .flatMap(({ body }) => JSON.parse(body).records),
    /** The bodies of the messages in a dead-letter queue. */
    deadLetters: (queue: QueueName) =>
      at(`${queue}-dlq`)
        .list()
        .map(({ body }) => body),
    visible: (queue: QueueName) => at(`${queue}-dlq`).counts().visible,
  }
}
