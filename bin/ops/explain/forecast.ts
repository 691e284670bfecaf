import type { Capture } from '../../../functions/shared/capture.ts'
import type { BridgeRecord } from '../../../functions/shared/record.ts'
import { map, type PendingRecord } from '../../../functions/worker/map/map.ts'
import { type BatchItem, merge, pack, toBatchItem } from '../../../functions/worker/send/batch.ts'

/** A row that was accepted, with its index in the request. */
export type ForecastRow = { index: number; record: BridgeRecord }

export const acceptedRows = ({ rows }: Pick<Capture, 'rows'>): ForecastRow[] =>
  rows.flatMap(({ index, record }) => (record ? [{ index, record }] : []))

/** What the worker would do with accepted rows. */
export type Forecast = {
  /** Rows that it would park without asking Braze, because Braze would reject or drop them. */
  parked: readonly { index: number; code: string; reason: string }[]
  /** Rows that it would deliver without the attributes that Braze would reject, drop or cut. */
  withheld: readonly { index: number; code: string; reason: string }[]
  /**
   * The objects that Braze would receive. `rows` holds the indexes of the rows that were merged into each.
   */
  objects: readonly { rows: readonly number[]; array: string; json: string }[]
  /** How many requests to Braze they fill. */
  requests: number
}

/**
 * Runs rows through the worker's own steps before the request: map, merge and pack.
 * @param receivedAt ISO 8601. The time for events that have none.
 * @param objectsPerRequest how many objects a request to Braze may hold.
 */
export function forecast(
  rows: readonly ForecastRow[],
  receivedAt: string,
  objectsPerRequest: number,
): Forecast {
  const parked: Forecast['parked'][number][] = []
  const withheld: Forecast['withheld'][number][] = []
  const pendingRecords: PendingRecord[] = []
  for (const { index, record } of rows) {
    const mapped = map(record, receivedAt)
    if ('code' in mapped) parked.push({ index, code: mapped.code, reason: mapped.reason })
    else pendingRecords.push({ messageId: '', index, mapped })
    if ('withheld' in mapped && mapped.withheld)
      withheld.push({ index, code: mapped.withheld.code, reason: mapped.withheld.reason })
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
    withheld,
    objects: batches.flat().map(({ records: of, array, json }) => ({
      rows: of.map(({ index }) => index),
      array,
      json,
    })),
    requests: batches.reduce((sum, items) => sum + requestsOf(items, objectsPerRequest), 0),
  }
}

const requestsOf = (items: readonly BatchItem[], maxObjects: number) =>
  pack(
    items.map((item) => [item]),
    maxObjects,
  ).length
