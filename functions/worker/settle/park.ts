import { asciiJson } from '../../shared/ascii-json.ts'
import { type Failure, type ParkReason, withoutFailure, writeDeadLetter } from '../../shared/dead-letter.ts'
import { DIRECTIVES } from '../../shared/directives.ts'
import { displayRun } from '../../shared/display-id.ts'
import { type OutgoingMessage, toBatches } from '../../shared/queue.edge.ts'
import type { BridgeRecord } from '../../shared/record.ts'
import { BREAKER_MS, type Invocation, type ReceivedMessage } from '../invocation.ts'
import type { ParsedMessage } from '../map/map.ts'
import { asSentence } from '../map/mapped.ts'

/** In milliseconds. The pause doubles each time that nothing is accepted. */
const FIRST_PAUSE_MS = 200

/**
 * The number of concurrent calls to SQS. One bad column can make 5,000 dead letters in an invocation. They
 * take 500 calls, which would outlast the function if they were made one after another. Dead letters share no
 * message group, so they have no order to keep.
 */
const CALLS_AT_ONCE = 10

/**
 * How long parking goes on while SQS accepts no dead letter, in milliseconds. While it accepts some, it goes on
 * until the deadline.
 */
export const PATIENCE = {
  /** Every dead letter is tried once. */
  none: 0,
  /**
   * A dead-letter queue that cannot be written must not hold up the other lanes. What it does not accept is
   * parked by a later invocation.
   */
  some: BREAKER_MS,
}

/**
 * Sends dead letters to their queue. The first calls are made even after the deadline; otherwise what
 * Braze rejected in the last request would be sent to it again.
 * @param patienceMs see `PATIENCE`.
 * @returns the dead letters that SQS did not accept.
 */
export async function park(
  invocation: Invocation,
  deadLetters: readonly OutgoingMessage[],
  patienceMs: number,
): Promise<readonly OutgoingMessage[]> {
  const { deps, deadline, parkUntil, isParkingDown } = invocation
  const { pause, now } = deps
  let left = deadLetters
  let acceptedAt = now()
  const isOver = (at: number) => at >= deadline || at - acceptedAt > patienceMs || isParkingDown()

  async function sendAll(batches: OutgoingMessage[][]): Promise<OutgoingMessage[]> {
    const notSent: OutgoingMessage[] = []
    for (let start = 0; start < batches.length; start += CALLS_AT_ONCE) {
      if (start > 0 && isOver(now())) return [...notSent, ...batches.slice(start).flat()]
      const calls = batches.slice(start, start + CALLS_AT_ONCE)
      const rejected = (await Promise.all(calls.map((batch) => deps.sendBatch(batch)))).flat()
      if (rejected.length < calls.flat().length) acceptedAt = now()
      notSent.push(...rejected)
    }
    return notSent
  }

  if (now() > parkUntil || isParkingDown()) return left
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const before = left.length
    left = await sendAll(toBatches(left))
    if (left.length < before) pauseMs = FIRST_PAUSE_MS
    if (left.length === 0 || isOver(now() + pauseMs)) return left
    await pause(pauseMs)
  }
}

/**
 * Makes the dead letter of one rejected record, or of those of its fields that Braze does not accept. It is the
 * envelope of the message with only that record, and begins with `failure`. The dead letter has its own message
 * group, because a FIFO group is locked while somebody looks at one of its messages. Its deduplication id is made
 * of what stays the same when parking is repeated.
 * @param at milliseconds since the epoch.
 */
export function recordDeadLetter(
  message: ParsedMessage,
  index: number,
  reason: ParkReason,
  deadLetterUrl: string,
  at: number,
): OutgoingMessage {
  const { records, failure: _before, ...envelope } = message.message
  const whole = records[index]
  const record = reason.fields && whole ? withFieldsOnly(whole, reason.fields) : whole
  const id = `${message.messageId}-${index}${reason.fields ? '-fields' : ''}`
  const run = displayRun([record?.run_id])
  return {
    queueUrl: deadLetterUrl,
    group: id,
    dedupId: id,
    body: writeDeadLetter(
      toFailure(reason, message, at, envelope.requestId),
      asciiJson({ ...envelope, records: [record] }),
    ),
    attributes: {
      code: reason.code,
      connection: envelope.connection,
      kind: message.queue,
      ...(run !== undefined && { run }),
    },
  }
}

/**
 * Leaves out what was delivered: the memberships, and all attributes but these. Directives stay, since each part
 * of an object needs them.
 */
function withFieldsOnly(record: BridgeRecord, fields: readonly string[]): BridgeRecord {
  if (record.type !== 'profile') return record
  const { memberships: _delivered, attributes = {}, ...person } = record
  const kept = Object.entries(attributes).filter(([header]) =>
    [...fields, ...DIRECTIVES].includes(header.trim()),
  )
  return { ...person, attributes: Object.fromEntries(kept) }
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
export function messageDeadLetter(
  received: ReceivedMessage,
  reason: ParkReason,
  deadLetterUrl: string,
  at: number,
): OutgoingMessage {
  const { body, messageId } = received
  const message = withoutFailure(body)
  const [, connection, requestId] = ENVELOPE.exec(message) ?? []
  const failure = toFailure(reason, received, at, requestId)
  return {
    queueUrl: deadLetterUrl,
    group: messageId,
    dedupId: messageId,
    body: writeDeadLetter(
      failure,
      message.startsWith(OWN_BEGINNING)
        ? message
        : asciiJson({ body: body.slice(0, MAX_FOREIGN_BODY), characters: body.length }),
    ),
    attributes: { code: reason.code, ...(connection !== undefined && { connection }), kind: received.queue },
  }
}

function toFailure(
  { code, reason, hint, httpStatus, fields }: ParkReason,
  { receives }: ReceivedMessage,
  at: number,
  requestId?: string,
): Failure {
  return {
    code,
    reason: fields ? `${asSentence(reason)} The rest of the record was delivered.` : reason,
    hint,
    ...(httpStatus !== undefined && { httpStatus }),
    at: new Date(at).toISOString(),
    attempts: receives,
    ...(requestId !== undefined && { requestId }),
  }
}
