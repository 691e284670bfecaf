import type { Capture } from '../../../functions/shared/capture.ts'
import type { BridgeRecord } from '../../../functions/shared/record.ts'
import { map, type PendingRecord } from '../../../functions/worker/map/map.ts'
import { type BatchItem, merge, pack, toBatchItem } from '../../../functions/worker/send/batch.ts'

/** A row that was accepted, with its place in the request. */
export type AcceptedRow = { index: number; record: BridgeRecord }

export const acceptedRows = ({ rows }: Pick<Capture, 'rows'>): AcceptedRow[] =>
  rows.flatMap(({ index, record }) => (record ? [{ index, record }] : []))

/** What the worker would make of rows that were accepted. */
export type Forecast = {
  /** What it would park before Braze is asked, since Braze would refuse or drop it. */
  parked: readonly { index: number; code: string; reason: string }[]
  /** The objects that Braze would get; `rows` are the places of those that became one. */
  objects: readonly { rows: readonly number[]; array: string; json: string }[]
  /** How many requests to Braze they fill. */
  requests: number
}

/**
 * Takes rows through the worker's own steps up to the request: map, merge, pack.
 * @param receivedAt ISO 8601: the time of an event that tells none.
 */
export function forecast(rows: readonly AcceptedRow[], receivedAt: string): Forecast {
  const parked: Forecast['parked'][number][] = []
  const pendingRecords: PendingRecord[] = []
  for (const { index, record } of rows) {
    const mapped = map(record, receivedAt)
    if ('code' in mapped) parked.push({ index, code: mapped.code, reason: mapped.reason })
    else pendingRecords.push({ messageId: '', index, mapped })
  }
  const [profiles, events] = [
    pendingRecords.filter(({ mapped }) => mapped.array === 'attributes'),
    pendingRecords.filter(({ mapped }) => mapped.array !== 'attributes'),
  ]
  const merged = merge(profiles.filter(({ mapped }) => mapped.safe))
  const unmerged = [profiles.filter(({ mapped }) => !mapped.safe), events].map((records) =>
    records.map((pendingRecord) => toBatchItem([pendingRecord])),
  )
  const batches = [merged, ...unmerged]
  return {
    parked,
    objects: batches.flat().map(({ records: of, array, json }) => ({
      rows: of.map(({ index }) => index),
      array,
      json,
    })),
    requests: batches.reduce((sum, items) => sum + requestsOf(items), 0),
  }
}

const requestsOf = (items: readonly BatchItem[]) => pack(items.map((item) => [item])).length
