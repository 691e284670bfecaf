import { createHash } from 'node:crypto'
import { toLetters } from '../../../functions/receiver/letters.ts'
import type { Origin } from '../../../functions/receiver/messages.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import type { Outgoing } from '../../../functions/shared/queue.ts'
import type { BridgeRecord } from '../../../functions/shared/record.ts'
import type { Letter } from './letter.ts'
import type { PlannedLetter, PlannedPart } from './plan.ts'

/**
 * The letters of what stays, where something of a letter goes back: it can't be edited, so they take its place. A row
 * that can't be read today is parked anew by the receiver's code, with the reason it has today; all else keeps the
 * failure it had.
 */
export function restsOf(
  { letter, parts }: PlannedLetter,
  settings: Settings,
  newId: () => string,
): Outgoing[] {
  const { content } = letter
  if (content.kind === 'message') {
    const { records } = content.message
    return recordsLetter(letter, recordsThatStay(parts, records), settings)
  }
  if (content.kind !== 'rows') return []
  const { endpoint, inherited } = content.letter
  const refused = parts.flatMap(({ part: { read } }) => (read.kind === 'refused' ? [read.row] : []))
  const origin = originOf(letter, 'rest')
  return [
    ...recordsLetter(letter, recordsThatStay(parts, []), settings),
    ...rowsLetter(letter, parts, settings),
    ...(origin ? toLetters(refused, origin, endpoint, inherited, settings, newId) : []),
  ]
}

/**
 * What a message or a letter made of this one says of its way here. Its time stays that of the first acceptance: an
 * event without a time of its own happened then, and a record that is parked once more must not seem new.
 * @param which tells apart what is made of one letter; with the letter's own id it is what SQS recognises a repetition
 * by.
 */
export function originOf({ content, dedupId }: Letter, which: string): Origin | undefined {
  const envelope =
    content.kind === 'message' ? content.message : content.kind === 'rows' ? content.letter : undefined
  if (!envelope) return undefined
  const { connection, receivedAt, requestId } = envelope
  return { connection, receivedAt, requestId, senderKey: `redrive ${dedupId} ${which}` }
}

type RecordThatStays = { index: number; record: BridgeRecord }

/** @param records those of the letter, if it holds records; of a row only what was overtaken is told as a record. */
function recordsThatStay(parts: readonly PlannedPart[], records: readonly BridgeRecord[]): RecordThatStays[] {
  return parts.flatMap(({ part: { index }, verdict }, place) => {
    const record = verdict.kind === 'back' ? verdict.rest : records[place]
    return record ? [{ index, record }] : []
  })
}

function recordsLetter(letter: Letter, stay: readonly RecordThatStays[], settings: Settings): Outgoing[] {
  const [first] = stay
  const { content, queue, code, connection = '' } = letter
  if (!first || (content.kind !== 'message' && content.kind !== 'rows')) return []
  const envelope = content.kind === 'message' ? content.message : content.letter
  const { failure, v, id, receivedAt, requestId } = envelope
  const head = { ...(failure && { failure }), v, id, connection: envelope.connection, receivedAt, requestId }
  const body = asciiJson({ ...head, records: stay.map(({ record }) => record) })
  const attributes = { ...(failure && { code }), connection, kind: queue }
  return [restLetter(letter, first.index, body, attributes, settings)]
}

function rowsLetter(letter: Letter, parts: readonly PlannedPart[], settings: Settings): Outgoing[] {
  const { content, code, connection = '' } = letter
  if (content.kind !== 'rows') return []
  const rows = content.letter.rows.filter((_, place) => {
    const planned = parts[place]
    return planned?.verdict.kind === 'stays' && planned.part.read.kind !== 'refused'
  })
  const [first] = rows
  if (!first) return []
  const body = asciiJson({ ...content.letter, rows })
  return [restLetter(letter, first.index, body, { code, connection, kind: 'rows' }, settings)]
}

/** Its id ends as the worker's letters do, in the index of what it holds. */
function restLetter(
  { queue, dedupId: before }: Letter,
  index: number,
  body: string,
  attributes: Record<string, string>,
  settings: Settings,
): Outgoing {
  const hash = createHash('sha256').update(`${before}\n${body}`).digest('hex')
  const dedupId = `${hash}-${index}`
  return { queueUrl: settings.deadLetters[queue], group: dedupId, dedupId, body, attributes }
}
