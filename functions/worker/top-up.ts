import { MAX_BATCH_SIZE } from '../shared/limits.ts'
import type { ReceivedMessage, WorkerDeps } from './invocation.ts'

/**
 * In characters of their bodies. Messages that are smaller together fill few requests to Braze, so more may be
 * added. SQS bills this much as one request (Amazon SQS pricing), and bodies are ASCII.
 */
const SMALL_CHARACTERS = 65_536

/** The same while all workers are busy. A larger batch then takes no work from an idle one. */
const BUSY_CHARACTERS = 2 * SMALL_CHARACTERS

/**
 * In milliseconds, on top of the queue's delay. A message of a full batch that waited this long shows that all
 * workers are busy.
 */
const BUSY_AFTER_MS = 5_000

/** In milliseconds. Nothing more is received after this, so a slow SQS delays the batch by little. */
const TOP_UP_MS = 1_000

/**
 * Receives more messages for a worker that got a full batch, which shows that its queue holds more. Small
 * messages, such as single events, are added until they could fill a request to Braze. Lambda does not know of
 * these messages: the worker itself must delete or hide them.
 *
 * SQS gives no message of a lane that has messages in flight, so they are of other lanes than the batch.
 *
 * @returns the messages to add; none if SQS fails.
 */
export async function topUp(batch: readonly ReceivedMessage[], deps: WorkerDeps): Promise<ReceivedMessage[]> {
  const queue = batch[0]?.queue
  if (queue === undefined || batch.length < deps.settings.batchSizes[queue]) return []
  const added: ReceivedMessage[] = []
  const until = deps.now() + TOP_UP_MS
  let room = roomBeside(batch, deps)
  while (room > 0 && deps.now() < until) {
    const received = await deps.receive(queue, Math.min(room, MAX_BATCH_SIZE))
    added.push(...received)
    room = received.length > 0 ? roomBeside([...batch, ...added], deps) : 0
  }
  return added
}

/** The number of messages that may be added to these. */
function roomBeside(
  messages: readonly ReceivedMessage[],
  { settings: { objectsPerRequest, profilesDelayMs }, now }: WorkerDeps,
): number {
  const characters = messages.reduce((sum, { body }) => sum + body.length, 0)
  const busySince = now() - profilesDelayMs - BUSY_AFTER_MS
  const most = messages.some(({ sentAt }) => sentAt <= busySince) ? BUSY_CHARACTERS : SMALL_CHARACTERS
  return characters < most ? objectsPerRequest - messages.length : 0
}
