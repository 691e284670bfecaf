import { randomUUID } from 'node:crypto'
import type { ReceiverDeps } from '../../functions/receiver/receive.ts'
import { Connections } from '../../functions/shared/connection.ts'
import type { Log } from '../../functions/shared/log.ts'
import type { WorkerDeps } from '../../functions/worker/invocation.ts'

/** Effects for the receiver and the worker that never leave this process. */

export const BENCH_TOKEN = 'bench-token-of-no-use'
export const QUEUES = { profiles: 'https://sqs.test/profiles.fifo', events: 'https://sqs.test/events.fifo' }
export const DEAD_LETTERS = {
  profiles: 'https://sqs.test/profiles-dlq.fifo',
  events: 'https://sqs.test/events-dlq.fifo',
}
const LANES = 16

/** A log line costs the time to write it as JSON, although nothing reads it. */
const log: Log = { info: writeLine, warn: writeLine, error: writeLine }
function writeLine(message: string, fields: object = {}): void {
  JSON.stringify({ level: 'INFO', message, timestamp: new Date().toISOString(), ...fields })
}

/** @param effects the effects that the caller observes, in place of those that do nothing. */
export const receiverDeps = (
  effects: Pick<ReceiverDeps, 'sendBatch' | 'count'> & Partial<ReceiverDeps>,
  { lanes }: { lanes: number } = { lanes: LANES },
): ReceiverDeps => ({
  readSecret: () => async () => ({ token: BENCH_TOKEN }),
  now: Date.now,
  newId: randomUUID,
  pause: async () => undefined,
  log,
  namePeople: async () => undefined,
  settings: {
    lanes,
    connections: Connections.parse({}),
    queues: QUEUES,
    deadLetters: DEAD_LETTERS,
    captures: 'https://sqs.test/captures',
  },
  ...effects,
})

/** @param effects the effects that the caller observes, in place of those that do nothing. */
export const workerDeps = (
  effects: Pick<WorkerDeps, 'track' | 'count' | 'measure'> & Partial<WorkerDeps>,
): WorkerDeps => ({
  credentials: async () => ({ apiKey: 'bench', restEndpoint: 'https://rest.iad-01.braze.com' }),
  pace: async () => undefined,
  pause: async () => undefined,
  now: Date.now,
  random: Math.random,
  sendBatch: async () => [],
  remove: async () => undefined,
  hide: async () => [],
  markers: { set: async () => 0, clear: async () => undefined },
  ledger: new Map(),
  settings: { deadLetterUrls: DEAD_LETTERS },
  log,
  namePeople: async () => undefined,
  ...effects,
})
