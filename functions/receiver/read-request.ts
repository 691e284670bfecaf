import type { Connection } from '../shared/connection.ts'
import type { BridgeRequest } from '../shared/request.ts'
import { keptColumns } from './columns.ts'
import { decode } from './decode.ts'
import { isProblem, type Problem } from './problem.ts'
import { type Records, toRecords } from './records.ts'
import type { Endpoint } from './route.ts'
import { type Rows, toRows } from './rows.ts'

export type ReadRequest = { rows: Rows; records: Records }

/** From a request's bytes to records, by the rules of its connection. Changes nothing anywhere. */
export function readRequest(
  request: Pick<BridgeRequest, 'headers' | 'query' | 'body'>,
  endpoint: Endpoint,
  connection: Connection,
): ReadRequest | Problem {
  const decoded = decode(request)
  if (isProblem(decoded)) return decoded
  const columnOf = keptColumns(connection)
  const rows = toRows(decoded.json, request.query, endpoint, columnOf)
  if (isProblem(rows)) return rows
  return { rows, records: toRecords(rows, endpoint, connection, columnOf) }
}
