import { normalizeHeader } from '../../shared/flags.ts'
import { tidy } from '../../shared/invisible.ts'
import type { Json } from '../../shared/json.ts'
import { withoutMark } from '../exact-json.ts'
import { isRowCount } from '../non-ids.ts'

/** Lines of dashes and other marks, which consoles draw around a table. */
const RULER = /^[\s\-=_+|*~:.─━═┼╪╋│┃┬┴├┤└┘┌┐╌╍]*$/u
const LONG_RULER = /(?:-{3}|={3}|_{3}|─{3}|━{3}|═{3}|\*{3}|~{3})/u

/**
 * Whether a row is certainly not data and may be skipped: a repeated header, a ruler or a row count. It is asked
 * only of rows that cannot be used.
 */
export function isFurniture(row: Json): boolean {
  const cells = cellsOf(row)
  if (cells.length === 0 || !cells.every(([, cell]) => typeof cell === 'string' || cell === null))
    return false
  const texts = cells.map(([header, cell]) => [header, tidy(String(cell ?? ''))] as const)
  const filled = texts.filter(([, text]) => text !== '')
  if (filled.length === 0) return false
  if (filled.every(([, text]) => RULER.test(text)) && filled.some(([, text]) => LONG_RULER.test(text)))
    return true
  if (filled.length === 1 && isRowCount(filled[0]?.[1] ?? '')) return true
  // A delimiter may cut the line in two: "Query OK, 2 rows affected".
  if (filled.length === 2 && filled[0]?.[1] === 'Query OK' && isRowCount(filled[1]?.[1] ?? '')) return true
  return filled.length === texts.length && texts.every(([header, text]) => isSameName(header, text))
}

/** A row that is a text is a broken line of NDJSON, and a list is a line of CSV with a wrong number of cells. */
function cellsOf(row: Json): readonly (readonly [string, Json])[] {
  if (typeof row === 'string') return [['', row]]
  if (Array.isArray(row)) return row.map((cell) => ['', cell] as const)
  return typeof row === 'object' && row !== null ? Object.entries(row) : []
}

const isSameName = (header: string, text: string) =>
  header !== '' && normalizeHeader(withoutMark(header)) === normalizeHeader(text)
