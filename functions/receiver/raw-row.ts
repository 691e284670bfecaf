import { asciiJson, asciiJsonUpTo } from '../shared/ascii-json.ts'
import { MAX_RECORD_BYTES } from '../shared/message.ts'
import type { ColumnOf } from './columns.ts'
import { isObject, type Json } from './json.ts'
import type { RefusedRow } from './records.ts'
import type { RefusalCode } from './refusal.ts'
import { shownName } from './shown-name.ts'

/** A row that no message takes is not kept; its identifiers are, so that it can be asked for again. */
export function writeRawRow(
  { index, row, code, field }: Pick<RefusedRow, 'index' | 'row' | 'field'> & { code?: RefusalCode },
  columnOf: ColumnOf,
): string {
  const json = tryToWrite(row)
  if (code === 'ROW_TOO_LARGE' || typeof json === 'number') {
    const omittedBytes = typeof json === 'number' ? json : json.length
    return asciiJson({ index, row: identifiersOf(row, columnOf), omittedBytes })
  }
  return `${asciiJson({ index, field: field && shownName(field) }).slice(0, -1)},"row":${json}}`
}

/**
 * Writing is recursive, so a row that is nested too deeply can't be written.
 * @returns how many bytes it would have where it is not written, 0 where they can't be counted.
 */
function tryToWrite(value: unknown): string | number {
  try {
    return asciiJsonUpTo(MAX_RECORD_BYTES, value)
  } catch (error) {
    if (error instanceof RangeError) return 0
    throw error
  }
}

/** Braze takes ids of up to 987 bytes; what is far longer is none, and would not fit the stub. */
const MAX_STUB_ID_CHARACTERS = 1_000

/** At most one cell of each field, under the field's own name: a row may spell a header in endless ways. */
function identifiersOf(row: Json, columnOf: ColumnOf): Json {
  const kept: { external_id?: Json; braze_id?: Json } = {}
  for (const [header, value] of isObject(row) ? Object.entries(row) : []) {
    const column = columnOf(header)
    if (column.kind !== 'field' || !isShortId(value)) continue
    if (column.field === 'external id') kept.external_id ??= value
    if (column.field === 'braze id') kept.braze_id ??= value
  }
  return kept
}

function isShortId(value: Json): boolean {
  if (JSON.isRawJSON(value)) return value.rawJSON.length <= MAX_STUB_ID_CHARACTERS
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value !== '' && value.length <= MAX_STUB_ID_CHARACTERS)
  )
}
