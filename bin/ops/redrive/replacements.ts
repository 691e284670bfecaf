import { createHash } from 'node:crypto'
import { cachedColumnResolver } from '../../../functions/receiver/columns.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { toDeadLetters } from '../../../functions/receiver/store/dead-letters.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import { resolveConnection } from '../../../functions/shared/authenticate.ts'
import { writeDeadLetter } from '../../../functions/shared/dead-letter.ts'
import { displayRun } from '../../../functions/shared/display-id.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import type { BridgeRecord } from '../../../functions/shared/record.ts'
import type { DeadLetter, RowsDeadLetter } from './dead-letter.ts'
import { originOf } from './origin.ts'
import type { PlannedDeadLetter, PlannedPart } from './plan.ts'

/**
 * Builds the dead letters that replace a split one: what goes back, what stays, and what a later dead letter
 * also sets, which is marked so that no later run treats it as new. A row that cannot be read is parked again
 * by the receiver's code, with today's reason. Everything else keeps its failure.
 */
export function replacementsOf(
  { deadLetter, parts }: PlannedDeadLetter,
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage[] {
  const { content } = deadLetter
  const redriven = parts.filter(({ decision }) => decision.kind === 'back')
  const staying = parts.filter(({ decision }) => decision.kind === 'stays')
  const overtaken = parts.flatMap(({ part: { index }, overtaken: record }) =>
    record ? [{ index, record }] : [],
  )
  if (content.kind === 'message') {
    const { records } = content.message
    const recordsLeft = (selection: readonly PlannedPart[]) =>
      selection.flatMap((part) => recordLeft(part, records[parts.indexOf(part)]))
    return [
      ...recordsDeadLetter(deadLetter, recordsLeft(redriven), settings),
      ...recordsDeadLetter(deadLetter, recordsLeft(staying), settings),
      ...recordsDeadLetter(deadLetter, overtaken, settings, { overtaken: true }),
    ]
  }
  if (content.kind !== 'rows') return []
  const rowsOf = (selection: readonly PlannedPart[]) =>
    selection.filter(isWholeRow).flatMap((part) => content.envelope.rows[parts.indexOf(part)] ?? [])
  const cut = (selection: readonly PlannedPart[]) => selection.flatMap((part) => recordLeft(part, undefined))
  return [
    ...rowsDeadLetter(deadLetter, content.envelope, rowsOf(redriven), settings),
    ...rowsDeadLetter(deadLetter, content.envelope, rowsOf(staying), settings),
    ...rejectedRowsDeadLetters(deadLetter, content.envelope, staying, settings, newId),
    ...recordsDeadLetter(deadLetter, cut(redriven), settings),
    ...recordsDeadLetter(deadLetter, cut(staying), settings),
    ...recordsDeadLetter(deadLetter, overtaken, settings, { overtaken: true }),
  ]
}

type Item = { index: number; record: BridgeRecord }

/** @returns whether no attribute of the row is overtaken, and it is not parked again with another reason. */
const isWholeRow = ({ part: { read }, overtaken }: PlannedPart) => !overtaken && read.kind !== 'refused'

/** @param whole the record if none of it is overtaken. */
function recordLeft(
  { part: { index }, fresh, overtaken }: PlannedPart,
  whole: BridgeRecord | undefined,
): Item[] {
  const record = overtaken ? fresh : whole
  return record ? [{ index, record }] : []
}

function recordsDeadLetter(
  deadLetter: DeadLetter,
  items: readonly Item[],
  settings: ReceiverSettings,
  mark = deadLetter.overtaken ? { overtaken: true } : {},
): OutgoingMessage[] {
  const [first] = items
  const { content, queue, code } = deadLetter
  if (!first || (content.kind !== 'message' && content.kind !== 'rows')) return []
  const { failure, v, id, connection, receivedAt, requestId } =
    content.kind === 'message' ? content.message : content.envelope
  const records = items.map(({ record }) => record)
  const run = displayRun(records.map(({ run_id }) => run_id))
  const rest = asciiJson({ v, id, connection, receivedAt, requestId, ...mark, records })
  const body = failure ? writeDeadLetter(failure, rest) : rest
  const attributes = {
    ...(failure && { code }),
    connection,
    kind: queue,
    ...(run !== undefined && { run }),
  }
  return [outgoing(deadLetter, first.index, body, attributes, settings)]
}

function rowsDeadLetter(
  deadLetter: DeadLetter,
  whole: RowsDeadLetter,
  rows: RowsDeadLetter['rows'],
  settings: ReceiverSettings,
): OutgoingMessage[] {
  const [first] = rows
  if (!first) return []
  const { failure, ...rest } = whole
  const run = displayRun([deadLetter.attributes.run])
  const attributes = {
    code: deadLetter.code,
    connection: whole.connection,
    kind: 'rows',
    ...(run !== undefined && { run }),
  }
  const body = writeDeadLetter(failure, asciiJson({ ...rest, rows }))
  return [outgoing(deadLetter, first.index, body, attributes, settings)]
}

function rejectedRowsDeadLetters(
  deadLetter: DeadLetter,
  { endpoint, inherited }: RowsDeadLetter,
  parts: readonly PlannedPart[],
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage[] {
  const origin = originOf(deadLetter, 'refused')
  const rejected = parts.flatMap(({ part: { read } }) => (read.kind === 'refused' ? [read.row] : []))
  if (!origin) return []
  const { connection } = resolveConnection(origin.connection, settings.connections)
  const source = { origin, endpoint, inherited, columnOf: cachedColumnResolver(connection) }
  return toDeadLetters(rejected, source, settings, newId)
}

/**
 * The deduplication id is the same if this is repeated. It ends in the index of the content, as in the
 * worker's dead letters.
 */
function outgoing(
  { queue, dedupId: before }: DeadLetter,
  index: number,
  body: string,
  attributes: Record<string, string>,
  settings: ReceiverSettings,
): OutgoingMessage {
  const hash = createHash('sha256').update(`${before}\n${body}`).digest('hex')
  const dedupId = `${hash}-${index}`
  return { queueUrl: settings.deadLetters[queue], group: dedupId, dedupId, body, attributes }
}
