import { isObject, type Json } from '../shared/json.ts'

/**
 * A decoder writes this character in place of bytes that are not UTF-8 (WHATWG, "Encoding"). API Gateway does
 * so with every body that has a text content type, and many exporters do so before they send. The original
 * character is lost: a name would be damaged, and an id would be another person's.
 */
const REPLACEMENT_CHARACTER = '\ufffd'

/** The same character in JSON that is written in ASCII. */
const ESCAPED = /\\ufffd/i

export const isDamaged = (text: string) => text.includes(REPLACEMENT_CHARACTER)

/** A string in a row may contain JSON itself, for a column of the type json. */
const isDamagedCell = (text: string) => isDamaged(text) || ESCAPED.test(text)

/** Whether a body has damaged text anywhere. This quick check avoids a search through the rows. */
export const mayHoldDamage = (body: string) => isDamaged(body) || ESCAPED.test(body)

/**
 * Finds damaged text in a row, in values and in names, at any depth. It uses no recursion, because a row may be
 * nested to any depth.
 * @param isDropped whether a column is left out of the row, so that it may hold anything. Absent if none is.
 * @returns the header of the column that holds it; undefined if nothing in the row is damaged.
 */
export function damagedColumn(row: Json, isDropped?: (header: string) => boolean): string | undefined {
  if (!isObject(row)) return undefined
  return Object.keys(row).find(
    (header) => !isDropped?.(header) && (isDamaged(header) || holdsDamage(row[header] ?? null)),
  )
}

function holdsDamage(cell: Json): boolean {
  const open: Json[] = [cell]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value === 'string' && isDamagedCell(value)) return true
    if (typeof value !== 'object' || value === null) continue
    if (isObject(value) && Object.keys(value).some(isDamaged)) return true
    for (const inner of Object.values(value)) open.push(inner)
  }
  return false
}
