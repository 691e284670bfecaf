const QUOTE = 0x22
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Counts the cells of a table without building one; blank lines have none. Within quotes a delimiter is text, and so is
 * the end of a line.
 * @returns at most two past the limit.
 */
export function countCells(text: string, delimiter: string, limit: number): number {
  const separator = delimiter.charCodeAt(0)
  let cells = 0
  let isQuoted = false
  let isLineStart = true
  for (let place = 0; place < text.length && cells <= limit; place++) {
    const code = text.charCodeAt(place)
    if (code === QUOTE) isQuoted = !isQuoted
    if (!isQuoted && (code === LINE_FEED || code === CARRIAGE_RETURN)) {
      isLineStart = true
      continue
    }
    if (isLineStart) cells += 1
    if (!isQuoted && code === separator) cells += 1
    isLineStart = false
  }
  return cells
}
