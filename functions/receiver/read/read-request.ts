import type { ColumnType, Connection } from '../../shared/connection.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import { isObject, type Json } from '../../shared/json.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { decode } from '../decode/decode.ts'
import { countValues } from '../exact-json.ts'
import { MAX_VALUES } from '../limits.ts'
import { isProblem, type Problem, TOO_MANY_VALUES } from '../problems.ts'
import { type Route, TRACK } from '../request-context.ts'
import { type Records, toRecords } from './records.ts'
import { type Inherited, toRows } from './rows.ts'
import { readTrackBody, type TrackPlace } from './track.ts'

export type ReadRequest = {
  records: Records
  inherited: Inherited
  ignoredFields: readonly string[]
  /**
   * The decoded rows, only for a connection in capture mode. No other connection needs them after this point.
   */
  rows?: readonly Json[]
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
  if (endpoint === TRACK) return readTrackRequest(decoded.json, reader)
  const rows = toRows(decoded.json, request.query, endpoint, columnOf)
  if (isProblem(rows)) return rows
  const tooMuch = hasType(connection, 'json') ? judgeJsonCells(rows.rows, columnOf) : undefined
  if (tooMuch) return tooMuch
  const { inherited, ignoredFields } = rows
  const records = toRecords(rows, endpoint, reader)
  return {
    records,
    inherited,
    ignoredFields: [...ignoredFields, ...(records.dropped ?? [])],
    ...(connection.mode === 'capture' && { rows: rows.rows }),
  }
}

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
function readTrackRequest(json: Json, reader: RowReader): ReadRequest | Problem {
  const body = readTrackBody(json, reader)
  return isProblem(body) ? body : { ...body, inherited: {}, ignoredFields: [] }
}
