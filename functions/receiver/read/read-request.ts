import type { ColumnType, Connection } from '../../shared/connection.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import { isObject, type Json } from '../../shared/json.ts'
import type { ColumnOf, RowReader } from '../columns.ts'
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
  /** The rows as they were decoded, of a connection that captures them; else nobody needs them any more. */
  rows?: readonly Json[]
  /** Where each row stood in Braze's own body, if it was one. */
  places?: readonly TrackPlace[]
}

/** From a request's bytes to records, by the rules of its connection. Changes nothing anywhere. */
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
 * Judges the cells that a connection has parsed as JSON. To the body each is one text; parsed, they must not hold more
 * than a body may, or a small request could take all memory.
 */
export function judgeJsonCells(rows: readonly Json[], columnOf: ColumnOf): Problem | undefined {
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

/** Nothing stands beside the objects of Braze's own body. */
function readTrackRequest(json: Json, reader: RowReader): ReadRequest | Problem {
  const body = readTrackBody(json, reader)
  return isProblem(body) ? body : { ...body, inherited: {}, ignoredFields: [] }
}
