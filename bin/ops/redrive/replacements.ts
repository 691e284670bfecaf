import { createHash } from 'node:crypto'
import { keptColumns } from '../../../functions/receiver/columns.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import { toLetters } from '../../../functions/receiver/store/dead-letters.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import { resolveConnection } from '../../../functions/shared/authenticate.ts'
import { shownRun, writeLetter } from '../../../functions/shared/dead-letter.ts'
import type { Outgoing } from '../../../functions/shared/queue.edge.ts'
import type { BridgeRecord } from '../../../functions/shared/record.ts'
import type { Letter, Rows } from './letter.ts'
import { originOf } from './origin.ts'
import type { PlannedLetter, PlannedPart } from './plan.ts'

/**
 * The letters that take the place of one that is taken apart: what goes back, what stays, and what a later letter sets
 * anew, marked so that no later run takes it for new. A row that can't be read is parked anew by the receiver's code,
 * with the reason it has today; all else keeps the failure it had.
 */
export function replacementsOf(
  { letter, parts }: PlannedLetter,
  settings: Settings,
  newId: () => string,
): Outgoing[] {
  const { content } = letter
  const goes = parts.filter(({ verdict }) => verdict.kind === 'back')
  const stays = parts.filter(({ verdict }) => verdict.kind === 'stays')
  const overtaken = parts.flatMap(({ part: { index }, overtaken: record }) =>
    record ? [{ index, record }] : [],
  )
  if (content.kind === 'message') {
    const { records } = content.message
    const left = (of: readonly PlannedPart[]) =>
      of.flatMap((part) => recordLeft(part, records[parts.indexOf(part)]))
    return [
      ...recordsLetter(letter, left(goes), settings),
      ...recordsLetter(letter, left(stays), settings),
      ...recordsLetter(letter, overtaken, settings, { overtaken: true }),
    ]
  }
  if (content.kind !== 'rows') return []
  const rowsOf = (of: readonly PlannedPart[]) =>
    of.filter(isWholeRow).flatMap((part) => content.letter.rows[parts.indexOf(part)] ?? [])
  const cut = (of: readonly PlannedPart[]) => of.flatMap((part) => recordLeft(part, undefined))
  return [
    ...rowsLetter(letter, content.letter, rowsOf(goes), settings),
    ...rowsLetter(letter, content.letter, rowsOf(stays), settings),
    ...refusedLetters(letter, content.letter, stays, settings, newId),
    ...recordsLetter(letter, cut(goes), settings),
    ...recordsLetter(letter, cut(stays), settings),
    ...recordsLetter(letter, overtaken, settings, { overtaken: true }),
  ]
}

type Item = { index: number; record: BridgeRecord }

/** A row of which nothing is overtaken, and that is not parked anew with another reason. */
const isWholeRow = ({ part: { read }, overtaken }: PlannedPart) => !overtaken && read.kind !== 'refused'

/** @param whole the record if nothing of it is overtaken. */
function recordLeft(
  { part: { index }, fresh, overtaken }: PlannedPart,
  whole: BridgeRecord | undefined,
): Item[] {
  const record = overtaken ? fresh : whole
  return record ? [{ index, record }] : []
}

function recordsLetter(
  letter: Letter,
  items: readonly Item[],
  settings: Settings,
  mark = letter.overtaken ? { overtaken: true } : {},
): Outgoing[] {
  const [first] = items
  const { content, queue, code } = letter
  if (!first || (content.kind !== 'message' && content.kind !== 'rows')) return []
  const { failure, v, id, connection, receivedAt, requestId } =
    content.kind === 'message' ? content.message : content.letter
  const records = items.map(({ record }) => record)
  const run = shownRun(records.map(({ run_id }) => run_id))
  const rest = asciiJson({ v, id, connection, receivedAt, requestId, ...mark, records })
  const body = failure ? writeLetter(failure, rest) : rest
  const attributes = {
    ...(failure && { code }),
    connection,
    kind: queue,
    ...(run !== undefined && { run }),
  }
  return [written(letter, first.index, body, attributes, settings)]
}

function rowsLetter(letter: Letter, whole: Rows, rows: Rows['rows'], settings: Settings): Outgoing[] {
  const [first] = rows
  if (!first) return []
  const { failure, ...rest } = whole
  const { run } = letter.attributes
  const attributes = {
    code: letter.code,
    connection: whole.connection,
    kind: 'rows',
    ...(run !== undefined && { run }),
  }
  const body = writeLetter(failure, asciiJson({ ...rest, rows }))
  return [written(letter, first.index, body, attributes, settings)]
}

function refusedLetters(
  letter: Letter,
  { endpoint, inherited }: Rows,
  parts: readonly PlannedPart[],
  settings: Settings,
  newId: () => string,
): Outgoing[] {
  const origin = originOf(letter, 'refused')
  const refused = parts.flatMap(({ part: { read } }) => (read.kind === 'refused' ? [read.row] : []))
  if (!origin) return []
  const { connection } = resolveConnection(origin.connection, settings.connections)
  const source = { origin, endpoint, inherited, columnOf: keptColumns(connection) }
  return toLetters(refused, source, settings, newId)
}

/** Its id is the same when this is repeated, and ends as the worker's letters do: in the index of what it holds. */
function written(
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
