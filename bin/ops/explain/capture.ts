import * as z from 'zod'
import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import { isRowErrorCode, rowErrorTexts } from '../../../functions/receiver/row-errors.ts'
import { Capture, type CapturedRow } from '../../../functions/shared/capture.ts'
import type { Json } from '../../../functions/shared/json.ts'
import { parseAsWritten } from '../../cli/json-as-written.ts'
import type { Warning } from './check-these/warning.ts'
import { type Forecast, forecast } from './forecast.ts'
import { rejectedRows } from './rejected-rows.ts'

const Rows = z.object({
  rows: z.array(z.object({ row: z.custom<Json>((value) => value !== undefined) })),
})

/**
 * Reads a capture and keeps every number in its rows as it is written in the message.
 * @returns undefined if another version or another program wrote the message.
 */
export function readCapture(body: string): Capture | undefined {
  try {
    const { data } = Capture.safeParse(JSON.parse(body))
    if (!data) return undefined
    const exact = Rows.parse(parseAsWritten(body)).rows
    return { ...data, rows: data.rows.map((row, index) => ({ ...row, row: exact[index]?.row ?? null })) }
  } catch {
    return undefined
  }
}

/** Predicts what the worker would do with the accepted rows of a capture. */
export const forecastOf = ({ rows, receivedAt }: Capture, objectsPerRequest: number): Forecast =>
  forecast(
    rows.flatMap(({ index, record }) => (record ? [{ index, record }] : [])),
    receivedAt,
    objectsPerRequest,
  )

/** Whether every row of a capture would reach Braze as a whole, as far as can be known without asking Braze. */
export function isUsable(capture: Capture, objectsPerRequest: number): boolean {
  const { parked, withheld } = forecastOf(capture, objectsPerRequest)
  return capture.reading !== undefined && capture.reading.rejected + parked.length + withheld.length === 0
}

/** `values` also shows the content of the rows. */
export type CaptureView = { values: boolean; objectsPerRequest: number }

/** How a request was read, for `--json`. Values of rows are only in `content`, which `values` adds. */
export function captureForJson(
  capture: Capture,
  warnings: readonly Warning[],
  { values, objectsPerRequest }: CaptureView,
) {
  const { connection, endpoint, format, problem, reading, moreRows } = capture
  const predicted = forecastOf(capture, objectsPerRequest)
  const { parked, withheld, objects, requests } = predicted
  return {
    connection,
    endpoint,
    body: format,
    ...(problem && { problem: problemForJson(problem) }),
    rejectedRows: rejectedRows(capture),
    warnings,
    ...(reading && readingForJson(reading)),
    wouldSend: { objects: objects.length, requests },
    wouldPark: parked.length,
    wouldParkByCode: byReason(parked),
    wouldWithhold: withheld.length,
    wouldWithholdByCode: byReason(withheld),
    ...(moreRows > 0 && { rowsNotKept: moreRows }),
    ...(values && { content: contentForJson(capture, predicted) }),
  }
}

const problemForJson = ({ problem, status, title, detail, understood }: NonNullable<Capture['problem']>) => ({
  code: problem,
  status,
  reason: title,
  hint: detail,
  ...(understood && { understood }),
})

function readingForJson(reading: NonNullable<Capture['reading']>) {
  const { received, refusals, times, ...others } = reading
  return {
    rows: received,
    ...others,
    ...(times && { times: { firstAt: times.earliest, lastAt: times.latest, rows: times.rows } }),
    rejectedByCode: refusals.map(({ code, ...where }) => ({
      code,
      ...where,
      ...(isRowErrorCode(code) && rowErrorTexts(code)),
    })),
  }
}

const byReason = (rows: Forecast['parked']) =>
  [...Map.groupBy(rows, ({ code, reason }) => `${code}: ${reason}`).values()].flatMap((rows) =>
    rows.slice(0, 1).map(({ code, reason }) => ({ code, reason, rows: rows.length })),
  )

function contentForJson({ rows }: Capture, { parked, withheld, objects }: Forecast) {
  const workerCodes = new Map([...parked, ...withheld].map(({ index, code }) => [index, code]))
  const objectOf = new Map(objects.flatMap((object) => object.rows.map((index) => [index, object])))
  return rejectedFirst(rows).map(({ index, line, row, code = workerCodes.get(index) }) => {
    const object = objectOf.get(index)
    return {
      row: index,
      ...(line !== undefined && { line }),
      sent: row,
      ...(code !== undefined && { code }),
      ...(object && { array: object.array, object: parseExactly(object.json) }),
    }
  })
}

/** People who look at rows are looking for the ones with an error. */
export const rejectedFirst = (rows: readonly CapturedRow[]) => [
  ...rows.filter(({ code }) => code !== undefined),
  ...rows.filter(({ code }) => code === undefined),
]
