import type { ColumnType } from '../shared/connection.ts'
import { parseExactly } from './exact-numbers.ts'
import { readFlag } from './fields.ts'
import type { Json } from './json.ts'
import { isRefused, type Refused, refuse } from './refusal.ts'
import { readTime } from './time.ts'

/**
 * Reads a cell as the type that its connection gives the column, whatever the sender's format made of it. An empty cell
 * stays one: what it says is another rule's matter.
 */
export function typedCell(value: Json, type: ColumnType): { value: Json } | Refused {
  if (value === null || (typeof value === 'string' && value.trim() === '')) return { value }
  const read = READERS[type](value)
  if (read === undefined) return refuse('CELL_NOT_OF_TYPE')
  return typeof read === 'object' && read !== null && isRefused(read) ? read : { value: read }
}

/** @returns undefined for what is not of the type. */
type Reader = (value: Json) => Json | Refused | undefined

const READERS: Record<ColumnType, Reader> = {
  int: (value) => {
    const text = digitsOf(value)
    if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined
    const number = Number(text)
    return Number.isSafeInteger(number) ? number : refuse('NUMBER_NOT_EXACT')
  },
  number: (value) => {
    const text = digitsOf(value)
    if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
    const number = Number(text)
    return Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number))
      ? number
      : refuse('NUMBER_NOT_EXACT')
  },
  bool: readFlag,
  date: readTime,
  date_ms: (value) => (/^\d+$/.test(digitsOf(value) ?? '') ? readTime(Number(digitsOf(value))) : undefined),
  string: (value) => {
    if (typeof value === 'string') return value
    return typeof value === 'boolean' ? String(value) : digitsOf(value)
  },
  json: (value) => {
    if (typeof value !== 'string') return value
    try {
      return parseExactly(value)
    } catch {
      return undefined
    }
  },
}

/** A number as it was written, or the text of one that may be a number. */
function digitsOf(value: Json): string | undefined {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return String(value)
  return JSON.isRawJSON(value) ? value.rawJSON : undefined
}
