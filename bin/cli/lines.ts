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
 * Makes a line safe for a terminal. `program.ts` does this to every line that a command prints.
 * The text of a sender, of Braze, of AWS or of a file may hold characters that move a terminal's cursor, hide text
 * or change its direction. They must not reach a terminal. A line break is one of them, because what follows it would
 * look like a line of the command.
 */
export const printable = (line: string) => line.replace(/\p{C}/gu, '\ufffd')

/** Escapes such characters in JSON, which keeps its meaning. Line breaks between its tokens stay. */
export const escapedInJson = (json: string) =>
  json.replace(/[\p{C}--\n]/gv, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** The same as `printable` for a text of several lines. */
export const printableText = (text: string) => text.replace(/[\p{C}--\n]/gv, '\ufffd')
