import { asciiJson } from '../../shared/ascii-json.ts'
import {
  type Failure,
  type Refusal,
  shownRun,
  withoutFailure,
  writeLetter,
} from '../../shared/dead-letter.ts'
import { type Outgoing, toBatches } from '../../shared/queue.edge.ts'
import type { Handed, Invocation } from '../invocation.ts'
import type { Opened } from '../map/map.ts'

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 5_000

/**
 * Calls to SQS at a time: one bad column makes 5,000 letters of an invocation, 500 calls, which one after another would
 * outlast the function. Letters share no group, so they have no order to keep.
 */
const CALLS_AT_ONCE = 10

/**
 * Sends letters to the dead-letter queue, so many times at most, and no longer than until the deadline.
 * @returns those that SQS did not take.
 */
export async function park(
  invocation: Invocation,
  letters: readonly Outgoing[],
  { tries }: { tries: number },
): Promise<readonly Outgoing[]> {
  const { pause, now } = invocation.deps
  let left = letters
  for (let pauseMs = FIRST_PAUSE_MS, tried = 1; ; tried++, pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    left = await sendAll(invocation, left)
    if (left.length === 0 || tried >= tries || now() + pauseMs >= invocation.deadline) return left
    await pause(pauseMs)
  }
}

/** The first calls are made whatever the time, or a message that came late would never end. */
async function sendAll({ deps, deadline }: Invocation, letters: readonly Outgoing[]): Promise<Outgoing[]> {
  const batches = toBatches(letters)
  const notTaken: Outgoing[] = []
  for (let start = 0; start < batches.length; start += CALLS_AT_ONCE) {
    if (start > 0 && deps.now() >= deadline) return [...notTaken, ...batches.slice(start).flat()]
    const calls = batches.slice(start, start + CALLS_AT_ONCE)
    notTaken.push(...(await Promise.all(calls.map((batch) => deps.sendBatch(batch)))).flat())
  }
  return notTaken
}

/**
 * The letter of one rejected record: its message's envelope with that record alone, `failure` first. Its group is its
 * own, because a FIFO group is locked while one of it is looked at; so is its deduplication id, made of what stays the
 * same when parking is repeated.
 * @param at milliseconds since the epoch.
 */
export function recordLetter(
  opened: Opened,
  index: number,
  refusal: Refusal,
  deadLetterUrl: string,
  at: number,
): Outgoing {
  const { records, failure: _before, ...envelope } = opened.message
  const record = records[index]
  const id = `${opened.messageId}-${index}`
  const run = shownRun([record?.run_id])
  return {
    queueUrl: deadLetterUrl,
    group: id,
    dedupId: id,
    body: writeLetter(
      toFailure(refusal, opened, at, envelope.requestId),
      asciiJson({ ...envelope, records: [record] }),
    ),
    attributes: {
      code: refusal.code,
      connection: envelope.connection,
      kind: opened.queue,
      ...(run !== undefined && { run }),
    },
  }
}

/** How our own messages begin: such a one is a letter as soon as `failure` is put before the rest. */
const OWN_BEGINNING = '{"v":'

/** What the envelope tells, in the order in which the receiver writes it. */
const ENVELOPE =
  /^\{"v":\d+,"id":"[^"]{0,100}","connection":"([\w-]{1,64})","receivedAt":"[^"]{0,40}","requestId":"([^"\\]{0,100})",/

/** In characters. Beyond ASCII each becomes six, and the letter must fit SQS's 1 MiB. */
const MAX_FOREIGN_BODY = 150_000

/**
 * The letter of a message that is given up as a whole, without being parsed: that may be what kills the worker. What
 * is not ours stands under `body` as text. One that was a letter before, and was put back from the console, loses the
 * failure that it had.
 */
export function messageLetter(handed: Handed, refusal: Refusal, deadLetterUrl: string, at: number): Outgoing {
  const { body, messageId } = handed
  const message = withoutFailure(body)
  const [, connection, requestId] = ENVELOPE.exec(message) ?? []
  const failure = toFailure(refusal, handed, at, requestId)
  return {
    queueUrl: deadLetterUrl,
    group: messageId,
    dedupId: messageId,
    body: writeLetter(
      failure,
      message.startsWith(OWN_BEGINNING)
        ? message
        : asciiJson({ body: body.slice(0, MAX_FOREIGN_BODY), characters: body.length }),
    ),
    attributes: { code: refusal.code, ...(connection !== undefined && { connection }), kind: handed.queue },
  }
}

function toFailure(
  { code, reason, hint, httpStatus }: Refusal,
  { receives }: Handed,
  at: number,
  requestId?: string,
): Failure {
  return {
    code,
    reason,
    hint,
    ...(httpStatus !== undefined && { httpStatus }),
    at: new Date(at).toISOString(),
    attempts: receives,
    ...(requestId !== undefined && { requestId }),
  }
}
