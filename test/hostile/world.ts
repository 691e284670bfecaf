import { checkCall, createSqsQueue } from '../../bin/proof/sqs-queue.ts'
import type { ReceiverDeps } from '../../functions/receiver/receive.ts'
import { personNamer } from '../../functions/shared/person-hash.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import { ids, SETTINGS } from '../functions/receiver/settings-fixture.ts'

export const SECRET: InboundSecret = {
  token: 'fixture-token-5f3a90b1',
  previousToken: 'fixture-token-older-22',
}

/** What fails during a request. */
export type InjectedFault =
  | 'none'
  | 'the first call to SQS'
  | 'one message of each call'
  | 'SQS'
  | 'the secret'
export const NOW = Date.parse('2026-01-05T10:00:00Z')

export type HostileWorld = ReturnType<typeof createHostileWorld>

/**
 * Creates the receiver's effects in memory: a queue model as strict as SQS, and a record of everything
 * logged.
 */
export function createHostileWorld(fault: InjectedFault) {
  const time = { now: () => NOW }
  const queues = {
    profiles: createSqsQueue(time),
    events: createSqsQueue(time),
    'profiles-dlq': createSqsQueue(time),
    'events-dlq': createSqsQueue(time),
  }
  const rejections: string[] = []
  const logged: unknown[] = []
  let calls = 0

  const sendBatch: SendBatch = async (batch) => {
    calls += 1
    checkCall(batch)
    const failed = failedOf(batch)
    for (const message of batch) if (!failed.includes(message)) put(message)
    return failed
  }

  function failedOf(batch: readonly OutgoingMessage[]): readonly OutgoingMessage[] {
    if (fault === 'SQS' || (fault === 'the first call to SQS' && calls === 1)) return batch
    return fault === 'one message of each call' ? batch.slice(-1) : []
  }

  function put({ queueUrl, ...entry }: OutgoingMessage): void {
    const queue = Object.entries(queues).find(([name]) => name === queueUrl)?.[1]
    const [outcome] = queue?.send([entry]) ?? []
    if (!outcome?.taken) rejections.push(outcome?.code ?? 'QueueDoesNotExist')
    else if (outcome.duplicate) rejections.push('a duplicate within one request')
    for (const [name, value] of Object.entries(entry.attributes ?? {}))
      if (!/^[A-Za-z]\w*$/.test(name) || value === '') rejections.push('InvalidAttributeValue')
  }

  const record =
    (level: string) =>
    (...line: unknown[]) => {
      logged.push([level, ...line])
    }
  const deps: ReceiverDeps = {
    readSecret: () => async () => {
      if (fault === 'the secret') throw new Error('fixture-error-of-the-secret')
      return SECRET
    },
    sendBatch,
    now: () => NOW,
    newId: ids(),
    pause: async () => undefined,
    log: { info: record('info'), warn: record('warn'), error: record('error') },
    count: record('count'),
    namePeople: personNamer(
      async () => ({ key: 'fixture-log-key-of-the-hostile' }),
      () => NOW,
    ),
    settings: SETTINGS,
  }
  return {
    deps,
    /** The bodies of the messages in a queue. */
    bodies: (name: keyof typeof queues) => queues[name].list().map(({ body }) => body),
    /** The reasons for which SQS would have rejected a message. Injected failures are not among them. */
    rejections,
    logged: () => JSON.stringify(logged),
    calls: () => calls,
  }
}
