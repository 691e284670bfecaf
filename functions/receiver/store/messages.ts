import { createHash, hash } from 'node:crypto'
import type { BridgeRequest } from '../../shared/http-request.ts'
import {
  laneGroup,
  laneOf,
  MAX_MESSAGE_BYTES,
  MESSAGE_VERSION,
  type MessageEnvelope,
  writeMessage,
} from '../../shared/message.ts'
import type { Signature } from '../../shared/proofs.ts'
import type { OutgoingMessage } from '../../shared/queue.edge.ts'
import { isSafeToResend, type QueueName, queueOf, userKey } from '../../shared/record.ts'
import type { AcceptedRow } from '../read/records.ts'
import type { ReceiverSettings } from '../settings.ts'

/**
 * This many messages of a lane hold no more than a request to Braze, so that those of a small audience spread over
 * all workers. A lane with more has enough for them all.
 */
const SMALL_MESSAGES = 8

/**
 * The later ones are larger, because they are sent one after the other (`MAX_ROUNDS`). Plain profile values may be
 * sent again, so such a message may be split into several Braze requests.
 */
const MAX_SAFE_RECORDS = 500

/** How a repetition of a request is recognised, besides by its rows. */
export type RequestKeys = {
  /** The key with which the sender marks its repetitions. It applies to all rows. */
  senderKey: string | undefined
  /**
   * A key that only the same signed bytes have. It applies to the rows that can't be recognised by their content,
   * so that whoever recorded the request can't write them again.
   */
  signedKey?: string | undefined
}

/** What all messages of one request have in common. */
export type Origin = Pick<MessageEnvelope, 'connection' | 'receivedAt' | 'requestId'> & RequestKeys

/** At least as long as any id of a message or a request. */
export const LONG_ID = 'x'.repeat(50)

/**
 * The same request with ids of a fixed length, to measure with: what fits into a message must not depend on the ids
 * that AWS gives a request. Otherwise a repetition could be cut into other messages, which would not be recognised.
 */
export const measurable = <T extends { requestId: string }>(origin: T): T => ({
  ...origin,
  requestId: LONG_ID,
})

/** A message that is being filled. */
type OpenMessage = {
  rows: AcceptedRow[]
  bytes: number
  safe: boolean
  deduplicable: boolean
  relativeUsers: Set<string>
}
type LaneMessages = {
  queue: QueueName
  group: string
  closed: AcceptedRow[][]
  open: OpenMessage | undefined
}

/**
 * Sorts records into lanes and splits each lane into messages, in the order of the rows.
 * @returns one list per lane, whose messages must be sent one after the other.
 */
export function toMessages(
  rows: readonly AcceptedRow[],
  origin: Origin,
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage[][] {
  const lanes = { profiles: new Map<number, LaneMessages>(), events: new Map<number, LaneMessages>() }
  const room = MAX_MESSAGE_BYTES - writeMessage(envelopeOf(measurable(origin), LONG_ID), []).length
  for (const row of rows) {
    const user = userKey(row.user)
    const queue = queueOf(row.record)
    const lane = laneFor(lanes[queue], queue, laneOf(user, settings.lanes))
    // If the sender marks its repetitions itself, no row has to be recognised by its content.
    put(row, row.deduplicable || origin.senderKey !== undefined, user, lane, { ...settings, room })
  }
  return [...lanes.profiles.values(), ...lanes.events.values()].map((lane) => {
    if (lane.open) lane.closed.push(lane.open.rows)
    return lane.closed.map((records, ordinal) => outgoing(records, lane, ordinal, origin, settings, newId))
  })
}

function laneFor(lanes: Map<number, LaneMessages>, queue: QueueName, number: number): LaneMessages {
  const known = lanes.get(number)
  if (known) return known
  const lane: LaneMessages = { queue, group: laneGroup(number), closed: [], open: undefined }
  lanes.set(number, lane)
  return lane
}

/** `room`: for records, in bytes. */
type MessageLimits = { room: number } & Pick<ReceiverSettings, 'objectsPerRequest'>

/** Adds a row to its lane's open message. If it does not fit, closes that message and opens the next. */
function put(
  row: AcceptedRow,
  recognisable: boolean,
  user: string,
  lane: LaneMessages,
  limits: MessageLimits,
): void {
  const safe = isSafeToResend(row.record)
  const bytes = row.json.length + 1
  const most = safe && lane.closed.length >= SMALL_MESSAGES ? MAX_SAFE_RECORDS : limits.objectsPerRequest
  if (lane.open && !fits(lane.open, { safe, recognisable, user, bytes }, { room: limits.room, most })) {
    lane.closed.push(lane.open.rows)
    lane.open = undefined
  }
  lane.open ??= { rows: [], bytes: 0, safe, deduplicable: recognisable, relativeUsers: new Set() }
  lane.open.rows.push(row)
  lane.open.bytes += bytes
  if (!safe && row.record.type === 'profile') lane.open.relativeUsers.add(user)
}

/**
 * Whether a row may share the open message. Safe and unsafe records never share one, because only safe ones
 * may be sent again. Nor do two relative writes of one user: they must be two Braze requests, and a message
 * that is not safe to resend is one request. Nor do an event whose repetition can be recognised and one whose
 * repetition can't: the second would cost the message the deduplication id by which the first is recognised.
 */
function fits(
  open: OpenMessage,
  { safe, recognisable, user, bytes }: { safe: boolean; recognisable: boolean; user: string; bytes: number },
  { room, most }: { room: number; most: number },
): boolean {
  if (open.safe !== safe || open.deduplicable !== recognisable) return false
  if (open.rows.length >= most) return false
  return open.bytes + bytes <= room && !open.relativeUsers.has(user)
}

const envelopeOf = ({ connection, receivedAt, requestId }: Origin, id: string): MessageEnvelope => ({
  v: MESSAGE_VERSION,
  id,
  connection,
  receivedAt,
  requestId,
})

function outgoing(
  rows: readonly AcceptedRow[],
  { queue, group }: LaneMessages,
  ordinal: number,
  origin: Origin,
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage {
  const recordsJson = rows.map(({ json }) => json)
  const { connection, senderKey, signedKey } = origin
  const recognisable = rows.every((row) => row.deduplicable)
  return {
    queueUrl: settings.queues[queue],
    group,
    dedupId: dedupIdOf({
      connection,
      senderKey,
      signedKey,
      lane: group,
      ordinal,
      recordsJson,
      recognisable,
      newId,
    }),
    body: writeMessage(envelopeOf(origin, newId()), recordsJson),
  }
}

/**
 * How a repetition of this request is recognised. For a signed request, only what its signature covers counts:
 * whoever recorded the request can change any other header.
 * @param signature undefined if the sender showed the token itself.
 */
export function requestKeysOf(
  { headers, body }: Pick<BridgeRequest, 'headers' | 'body'>,
  signature: Signature | undefined,
): RequestKeys {
  if (!signature) {
    const senderKey = headers['idempotency-key']?.trim() || headers['webhook-id']?.trim() || undefined
    return { senderKey }
  }
  if (signature.kind === 'standard-webhooks') return { senderKey: signature.id }
  const { signedAt } = signature
  // Without a time, the third of "join, leave, join" would be the same bytes as the first.
  if (signedAt === undefined) return { senderKey: undefined }
  const signedKey = createHash('sha256').update(`${signedAt}.`).update(body).digest('hex')
  return { senderKey: undefined, signedKey }
}

/**
 * The SQS deduplication id of a message. It is equal for a repetition of the request within SQS's five
 * minutes, and for nothing else. Two messages of one request can hold the same records, so their position in
 * the lane counts too. If a repetition can't be distinguished from a second occurrence (join, leave, join are
 * three), the id is a new one that is never used again.
 */
export function dedupIdOf(message: {
  connection: string
  senderKey: string | undefined
  signedKey?: string | undefined
  lane: string
  /** The message's position among those of its lane in this request, from 0. */
  ordinal: number
  recordsJson: readonly string[]
  /** Whether all of its records are events with an id or a time of their own. */
  recognisable: boolean
  newId: () => string
}): string {
  const { connection, senderKey, signedKey, lane, ordinal, recordsJson, recognisable, newId } = message
  if (senderKey === undefined && signedKey === undefined && !recognisable) return newId()
  // A list, so that no key of a sender can equal it.
  const key = senderKey ?? (recognisable ? null : [signedKey])
  const place = JSON.stringify([connection, key, lane, ordinal])
  return hash('sha256', [place, ...recordsJson].join('\n'))
}
