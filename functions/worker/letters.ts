import { asciiJson } from '../shared/ascii-json.ts'
import type { Failure, Refusal } from '../shared/failure.ts'
import type { Outgoing } from '../shared/queue.ts'
import type { Handed } from './handed.ts'
import type { Opened } from './open.ts'

/** A run id that SQS takes as an attribute and a person can read in a column of the console. */
const SHOWN_RUN_ID = /^[\w.-]{1,64}$/

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
  const runId = record?.run_id ?? ''
  return {
    queueUrl: deadLetterUrl,
    group: id,
    dedupId: id,
    body: asciiJson({
      failure: toFailure(refusal, opened, at, envelope.requestId),
      ...envelope,
      records: [record],
    }),
    attributes: {
      code: refusal.code,
      connection: envelope.connection,
      kind: opened.queue,
      ...(SHOWN_RUN_ID.test(runId) && { run: runId }),
    },
  }
}

/** How our own messages begin: such a one is a letter as soon as `failure` is put before the rest. */
const OWN_BEGINNING = '{"v":'

/** In characters. Beyond ASCII each becomes six, and the letter must fit SQS's 1 MiB. */
const MAX_FOREIGN_BODY = 150_000

/**
 * The letter of a message that is given up as a whole, without being parsed: that may be what kills the worker. What
 * is not ours stands under `body` as text.
 */
export function messageLetter(handed: Handed, refusal: Refusal, deadLetterUrl: string, at: number): Outgoing {
  const failure = toFailure(refusal, handed, at)
  const { body, messageId } = handed
  return {
    queueUrl: deadLetterUrl,
    group: messageId,
    dedupId: messageId,
    body: body.startsWith(OWN_BEGINNING)
      ? `${asciiJson({ failure }).slice(0, -1)},${body.slice(1)}`
      : asciiJson({ failure, body: body.slice(0, MAX_FOREIGN_BODY), characters: body.length }),
    attributes: { code: refusal.code, kind: handed.queue },
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
