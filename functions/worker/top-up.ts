import { MAX_BATCH_SIZE } from '../shared/limits.ts'
import { isDangerous, type ReceivedMessage, type WorkerDeps } from './invocation.ts'

/**
 * In characters of the bodies. Messages that are smaller together fill few requests to Braze, so more are added.
 * SQS bills this much as one request (Amazon SQS pricing), and bodies are ASCII.
 */
const SMALL_CHARACTERS = 65_536

/** The same while all workers seem to be busy. A larger batch then takes no work from an idle one. */
const BUSY_CHARACTERS = 2 * SMALL_CHARACTERS

/**
 * In milliseconds, on top of the queue's delay. A message of a full batch that waited this long suggests that all
 * workers are busy.
 */
const BUSY_AFTER_MS = 5_000

/** In milliseconds. No receive begins later than this after the first. */
const TOP_UP_MS = 1_000

/**
 * Receives more messages for a worker that got a full batch, which shows that its queue holds more: as many as a
 * request to Braze may hold objects, unless they are too large before. Lambda does not know of these messages, so
 * the worker itself must delete or hide them.
 *
 * SQS gives no message of a lane that has messages in flight, so they are of other lanes than the batch. Messages
 * that may kill the worker are handled one by one, so nothing is added to them.
 *
 * @param batch the messages of Lambda's batch that nobody else can have.
 * @returns the messages to add; none if SQS fails.
 */
export async function topUp(batch: readonly ReceivedMessage[], deps: WorkerDeps): Promise<ReceivedMessage[]> {
  const queue = batch[0]?.queue
  if (queue === undefined || batch.length < deps.settings.batchSizes[queue]) return []
  const until = deps.now() + TOP_UP_MS
  let messages = batch
  for (let room = roomBeside(messages, deps); room > 0 && deps.now() < until; ) {
    const received = await deps.receive(queue, Math.min(room, MAX_BATCH_SIZE))
    messages = [...messages, ...received]
    room = received.length > 0 ? roomBeside(messages, deps) : 0
  }
  return messages.slice(batch.length)
}

/** The number of messages that may be added to these. */
function roomBeside(
  messages: readonly ReceivedMessage[],
  { settings: { objectsPerRequest, profilesDelayMs }, now }: WorkerDeps,
): number {
  if (messages.some(isDangerous)) return 0
  const characters = messages.reduce((sum, { body }) => sum + body.length, 0)
  const isBusy = messages.some(({ queue, sentAt }) => {
    const delayMs = queue === 'profiles' ? profilesDelayMs : 0
    return now() - sentAt >= delayMs + BUSY_AFTER_MS
  })
  return characters < (isBusy ? BUSY_CHARACTERS : SMALL_CHARACTERS) ? objectsPerRequest - messages.length : 0
}
