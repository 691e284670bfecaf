import type { ColumnType, Connection } from '../../shared/connection.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import { isObject, type Json } from '../../shared/json.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { decode } from '../decode/decode.ts'
import type { ReadBody } from '../decode/read-body.ts'
import { countValues } from '../exact-json.ts'
import { MAX_VALUES } from '../limits.ts'
import { columnUnnamed, isProblem, type Problem, secondHeader, TOO_MANY_VALUES } from '../problems.ts'
import { type Route, TRACK } from '../request-context.ts'
import { namesPersonColumn } from './check-ids.ts'
import { type Records, toRecords } from './records.ts'
import { type Inherited, toRows } from './rows.ts'
import { type Rules, rulesOf } from './rules.ts'
import { readTrackBody, type TrackPlace } from './track.ts'

export type ReadRequest = {
  records: Records
  inherited: Inherited
  ignoredFields: readonly string[]
  /**
   * The decoded rows, only for a connection in capture mode. No other connection needs them after this point.
   */
  rows?: readonly Json[]
  /** The lines of the body on which rejected rows begin, from 1, by the rows' indexes. */
  lines?: ReadonlyMap<number, number>
  /** The number of lines that are certainly not data: repeated headers, rulers, row counts and empty cells. */
  skippedRows?: number
  /** The body is a table with a header and no rows. */
  isHeaderOnly?: true
  /** Where each row was in Braze's own body, if the request had one. */
  places?: readonly TrackPlace[]
}

/**
 * Reads a request's body into records, by the rules of its connection. It has no side effects.
 * @returns the problem if the body as a whole can't be read.
 */
export function readRequest(
  request: Pick<BridgeRequest, 'headers' | 'query' | 'body' | 'text'>,
  endpoint: Route['endpoint'],
  reader: RowReader,
): ReadRequest | Problem {
  const { connection, columnOf } = reader
  const decoded = decode(request, { columnOf, emptyCells: connection.emptyCells })
  if (isProblem(decoded)) return decoded
  const { mayHoldDamage } = decoded
  if (endpoint === TRACK) return readTrackRequest(decoded.json, reader, mayHoldDamage)
  const rules = rulesOf(reader)
  const rows = toRows(decoded.json, request.query, endpoint, rules)
  if (isProblem(rows)) return rows
  const tooMuch = hasType(connection, 'json') ? judgeJsonCells(rows.rows, columnOf) : undefined
  if (tooMuch) return tooMuch
  const { inherited, ignoredFields } = rows
  const records = toRecords({ ...rows, mayHoldDamage }, endpoint, reader, rules)
  const lines = linesOfRejected(records, decoded)
  const misread = columnsMisread(records, decoded, lines, rules)
  if (misread) return misread
  const skippedRows = (records.skipped?.size ?? 0) + (decoded.blankLines ?? 0)
  return {
    records,
    inherited,
    ignoredFields: [...ignoredFields, ...(records.leftOut ?? [])],
    ...(lines && { lines }),
    ...(skippedRows > 0 && { skippedRows }),
    ...(decoded.isTable && rows.rows.length === 0 && { isHeaderOnly: true }),
    ...(connection.mode === 'capture' && { rows: rows.rows }),
  }
}

function linesOfRejected({ rejected }: Records, { linesOf }: ReadBody): ReadRequest['lines'] {
  if (rejected.length === 0 || !linesOf) return undefined
  const indexes = rejected.map(({ index }) => index)
  const lines = linesOf(indexes)
  return new Map(
    indexes.flatMap((index, place) => (lines[place] === undefined ? [] : [[index, lines[place]]])),
  )
}

/**
 * The problem of a table whose columns as a whole are misread: one has values and no name, or the table continues
 * under another header. In the first case, every row would have the same error; in the second, the later rows would
 * be wrong without any error. In other formats, each row has its own names, and only that row is rejected.
 */
function columnsMisread(
  { rejected }: Records,
  { isTable }: ReadBody,
  lines: ReadRequest['lines'],
  rules: Rules,
): Problem | undefined {
  if (!isTable) return undefined
  const unnamed = rejected.find(({ code }) => code === 'COLUMN_UNNAMED')
  if (unnamed) return columnUnnamed(placeOf(unnamed.row, unnamed.field ?? ''))
  const header = rejected.find(({ code, row }) => code === 'HEADER_REPEATED' && namesPersonColumn(row, rules))
  return header && secondHeader(lines?.get(header.index))
}

/** Cells are left out of a row where they are empty, so only the first column can be counted. */
const placeOf = (row: Json, header: string) =>
  isObject(row) && Object.keys(row)[0] === header ? 'the first column' : 'it'

const hasType = ({ columns }: Connection, wanted: ColumnType) =>
  Object.values(columns).some(({ type }) => type === wanted)

/**
 * Checks the cells that a connection parses as JSON. In the body, each of them counts as one string. Parsed,
 * they must not hold more values than a body may, or a small request could use up all memory.
 * @returns undefined if they are within the limit.
 */
export function judgeJsonCells(rows: readonly Json[], columnOf: ColumnResolver): Problem | undefined {
  let room = MAX_VALUES
  for (const row of rows) {
    if (!isObject(row)) continue
    for (const header of Object.keys(row)) {
      const cell = row[header]
      if (typeof cell === 'string' && columnOf(header).type === 'json') room -= countValues(cell, room).values
      if (room < 0) return TOO_MANY_VALUES
    }
  }
  return undefined
}

/** Braze's own body holds nothing beside its objects, so its rows inherit nothing. */
function readTrackRequest(json: Json, reader: RowReader, mayHoldDamage: boolean): ReadRequest | Problem {
  const body = readTrackBody(json, reader, mayHoldDamage)
  if (isProblem(body)) return body
  return { ...body, inherited: {}, ignoredFields: [...(body.records.leftOut ?? [])] }
}
