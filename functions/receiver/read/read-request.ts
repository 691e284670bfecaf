import type { ColumnType, Connection } from '../../shared/connection.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import type { Json } from '../../shared/json.ts'
import type { ColumnOf } from '../columns.ts'
import { decode } from '../decode/decode.ts'
import { judgeJsonCells } from '../decode/json-body.ts'
import { isProblem, type Problem } from '../problems.ts'
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
  connection: Connection,
  columnOf: ColumnOf,
): ReadRequest | Problem {
  const decoded = decode(request, { columnOf, emptyCells: connection.emptyCells })
  if (isProblem(decoded)) return decoded
  if (endpoint === TRACK) return readTrackBody(decoded.json, connection)
  const rows = toRows(decoded.json, request.query, endpoint, columnOf)
  if (isProblem(rows)) return rows
  const tooMuch = hasType(connection, 'json') ? judgeJsonCells(rows.rows, columnOf) : undefined
  if (tooMuch) return tooMuch
  const { inherited, ignoredFields } = rows
  const records = toRecords(rows, endpoint, connection, columnOf)
  return {
    records,
    inherited,
    ignoredFields: [...ignoredFields, ...(records.dropped ?? [])],
    ...(connection.mode === 'capture' && { rows: rows.rows }),
  }
}

const hasType = ({ columns }: Connection, wanted: ColumnType) =>
  Object.values(columns).some(({ type }) => type === wanted)
