import { checkCall, createSqsQueue } from '../../bin/proof/sqs-queue.ts'
import type { Deps } from '../../functions/receiver/receive.ts'
import { personNamer } from '../../functions/shared/person-hash.ts'
import type { Outgoing, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import { ids, SETTINGS } from '../functions/receiver/settings-fixture.ts'

export const SECRET: InboundSecret = {
  token: 'fixture-token-5f3a90b1',
  previousToken: 'fixture-token-older-22',
}

/** What is not there, or not at once. */
export type Trouble = 'none' | 'the first call to SQS' | 'one message of each call' | 'SQS' | 'the secret'
export const NOW = Date.parse('2026-01-05T10:00:00Z')

export type World = ReturnType<typeof createWorld>

/** The receiver's effects in memory: SQS as strict as the real one, and everything that is logged. */
export function createWorld(trouble: Trouble) {
  const time = { now: () => NOW }
  const queues = {
    profiles: createSqsQueue(time),
    events: createSqsQueue(time),
    'profiles-dlq': createSqsQueue(time),
    'events-dlq': createSqsQueue(time),
  }
  const refusals: string[] = []
  const told: unknown[] = []
  let calls = 0

  const sendBatch: SendBatch = async (batch) => {
    calls += 1
    checkCall(batch)
    const failed = failedOf(batch)
    for (const message of batch) if (!failed.includes(message)) put(message)
    return failed
  }

  function failedOf(batch: readonly Outgoing[]): readonly Outgoing[] {
    if (trouble === 'SQS' || (trouble === 'the first call to SQS' && calls === 1)) return batch
    return trouble === 'one message of each call' ? batch.slice(-1) : []
  }

  function put({ queueUrl, ...entry }: Outgoing): void {
    const queue = Object.entries(queues).find(([name]) => name === queueUrl)?.[1]
    const [outcome] = queue?.send([entry]) ?? []
    if (!outcome?.taken) refusals.push(outcome?.code ?? 'QueueDoesNotExist')
    else if (outcome.duplicate) refusals.push('a duplicate within one request')
    for (const [name, value] of Object.entries(entry.attributes ?? {}))
      if (!/^[A-Za-z]\w*$/.test(name) || value === '') refusals.push('InvalidAttributeValue')
  }

  const tell =
    (level: string) =>
    (...line: unknown[]) => {
      told.push([level, ...line])
    }
  const deps: Deps = {
    readSecret: () => async () => {
      if (trouble === 'the secret') throw new Error('fixture-error-of-the-secret')
      return SECRET
    },
    sendBatch,
    now: () => NOW,
    newId: ids(),
    pause: async () => undefined,
    log: { info: tell('info'), warn: tell('warn'), error: tell('error') },
    count: tell('count'),
    namePeople: personNamer(
      async () => ({ key: 'fixture-log-key-of-the-hostile' }),
      () => NOW,
    ),
    settings: SETTINGS,
  }
  return {
    deps,
    /** Bodies by queue. */
    bodies: (name: keyof typeof queues) => queues[name].list().map(({ body }) => body),
    /** What SQS would not have taken, for other reasons than its own. */
    refusals,
    told: () => JSON.stringify(told),
    calls: () => calls,
  }
}
