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
 * The number of concurrent calls to SQS. One bad column can make 5,000 dead letters in an invocation. They
 * take 500 calls, which would outlast the function if they were made one after another. Dead letters share no
 * message group, so they have no order to keep.
 */
const CALLS_AT_ONCE = 10

/**
 * Sends dead letters to their queue, with at most `tries` attempts and no attempt after the deadline except
 * the first.
 * @returns the dead letters that SQS did not accept.
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

/**
 * The first calls are made even after the deadline; otherwise a message that came late would never be
 * finished.
 */
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
 * Makes the dead letter of one rejected record: the envelope of its message with only that record, and
 * `failure` first. The dead letter has its own message group, because a FIFO group is locked while somebody
 * looks at one of its messages. Its deduplication id is made of what stays the same when parking is repeated.
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

/**
 * How our own messages begin. Such a message is a dead letter as soon as `failure` is put before the rest.
 */
const OWN_BEGINNING = '{"v":'

/** Matches the fields of the envelope in the order in which the receiver writes them. */
const ENVELOPE =
  /^\{"v":\d+,"id":"[^"]{0,100}","connection":"([\w-]{1,64})","receivedAt":"[^"]{0,40}","requestId":"([^"\\]{0,100})",/

/** In characters. Each character beyond ASCII becomes six, and the dead letter must fit into SQS's 1 MiB. */
const MAX_FOREIGN_BODY = 150_000

/**
 * Makes the dead letter of a message that is given up as a whole. The message is not parsed, because that may
 * be what kills the worker. A body that is not ours is kept under `body` as text. A dead letter that was
 * redriven from the console loses the failure that it had.
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
