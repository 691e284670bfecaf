import { randomUUID } from 'node:crypto'
import { builtInColumn } from '../../functions/receiver/columns.ts'
import { resolveConnection } from '../../functions/shared/authenticate.ts'
import type { Connections } from '../../functions/shared/connection.ts'
import { isObject, type Json } from '../../functions/shared/json.ts'
import { MAX_OBJECTS_PER_REQUEST } from '../../functions/shared/limits.ts'
import type { BridgeRecord } from '../../functions/shared/record.ts'
import { map } from '../../functions/worker/map/map.ts'
import type { Mapped } from '../../functions/worker/map/mapped.ts'
import { explain } from '../ops/explain/explain.ts'
import type { SampleRequest } from './samples.ts'

/** A row of a sample, read as the receiver reads it. */
export type SampleRow = {
  /** The row's position in its request, from 0. */
  index: number
  /** The external id or the Braze id that the row names. */
  person?: string
  /** Absent if the receiver does not accept the row. */
  record?: BridgeRecord
  /** What the worker sends to Braze for the row; absent if it sends nothing. */
  sent?: Mapped
}

/** Reads the rows of a sample with the code of the receiver and the worker. Sends nothing. */
export function readSampleRows(
  { endpoint, connection, body }: Omit<SampleRequest, 'file'>,
  connections: Connections,
): SampleRow[] {
  const { capture } = explain(
    Buffer.from(body),
    { endpoint, connection, contentType: undefined, query: {} },
    resolveConnection(connection, connections).connection,
    {
      settings: { lanes: 1, objectsPerRequest: MAX_OBJECTS_PER_REQUEST, connections },
      now: Date.now,
      newId: randomUUID,
    },
  )
  return capture.rows.map(({ index, row, record }) => {
    const mapped = record && map(record, capture.receivedAt)
    const person = record?.external_id ?? record?.braze_id ?? personIn(row)
    return {
      index,
      ...(person !== undefined && { person }),
      ...(record && { record }),
      ...(mapped && 'object' in mapped && { sent: mapped }),
    }
  })
}

/** @returns the id in a row that the receiver does not accept. */
function personIn(row: Json): string | undefined {
  const cells = isObject(row) ? Object.entries(row) : []
  const ids = cells.filter(([header]) => {
    const column = builtInColumn(header)
    return column.kind === 'field' && (column.field === 'external id' || column.field === 'braze id')
  })
  return ids.map(([, id]) => id).find((id) => typeof id === 'string')
}
