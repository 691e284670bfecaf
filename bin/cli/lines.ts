/** Arranges output in lines for a terminal. */

/** The width of the labels at the left of a report. */
const LABEL_WIDTH = 'Memberships  '.length

/** Puts the label beside the first line and indents the others below it. */
export const labelled = (label: string, lines: readonly string[]) =>
  lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL_WIDTH)}${line}`)

/** Aligns the cells of lines in columns. The last cell of a line is not padded. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

/**
 * A sender's text may hold characters that move a terminal's cursor or hide text. They must not reach the
 * terminal.
 */
export const printable = (line: string) => line.replace(/\p{C}/gu, '\ufffd')
