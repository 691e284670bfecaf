import { isRowErrorCode, rowErrorTexts } from '../../../functions/receiver/row-errors.ts'
import type { CapturedRow } from '../../../functions/shared/capture.ts'
import type { Forecast } from './forecast.ts'

/** Enough to recognise the shape of a request. */
const MAX_ROWS = 10

/** Rows may be as large as 180 KB. */
const MAX_CHARACTERS = 2_000

/** Formats the first rows with their content: as sent, and as the object that Braze would receive. */
export function formatRows(rows: readonly CapturedRow[], { parked, objects }: Forecast): string[] {
  const reasons = new Map(parked.map(({ index, code, reason }) => [index, `${code}: ${reason}`]))
  const objectOf = new Map(objects.flatMap((object) => object.rows.map((row) => [row, object])))
  const lines = rows.slice(0, MAX_ROWS).flatMap(({ index, row, code, omittedBytes }) => {
    const object = objectOf.get(index)
    const together = object?.rows.filter((other) => other !== index) ?? []
    return [
      `Row ${index}`,
      `  sent       ${cut(JSON.stringify(row))}${omittedBytes === undefined ? '' : ' (too large to keep)'}`,
      ...(code === undefined ? [] : [`  rejected   ${describeRowError(code)}`]),
      ...(reasons.has(index) ? [`  parked     ${reasons.get(index)}`] : []),
      ...(object ? [`  to Braze   ${object.array} ${cut(object.json)}`] : []),
      ...(together.length > 0 ? [`             one object with ${rowsIn(together)}`] : []),
    ]
  })
  return rows.length > MAX_ROWS ? [...lines, `and ${rows.length - MAX_ROWS} more rows`] : lines
}

const describeRowError = (code: string) =>
  isRowErrorCode(code) ? `${code}: ${rowErrorTexts(code).reason} ${rowErrorTexts(code).hint}` : code

const MAX_TOGETHER = 10

function rowsIn(indexes: readonly number[]): string {
  const named = indexes.slice(0, MAX_TOGETHER).join(', ')
  const more = indexes.length > MAX_TOGETHER ? ` and ${indexes.length - MAX_TOGETHER} more` : ''
  return `${indexes.length === 1 ? 'row' : 'rows'} ${named}${more}`
}

const cut = (json: string) =>
  json.length > MAX_CHARACTERS ? `${json.slice(0, MAX_CHARACTERS)}… (${json.length} characters)` : json
