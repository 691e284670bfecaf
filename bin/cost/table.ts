/**
 * Formats a Markdown table that is also readable in a terminal, with names on the left and numbers on the
 * right.
 */
export function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => padded(cells[column] ?? '', width, column)).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

const padded = (cell: string, width: number, column: number) =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

/** Smaller amounts would be printed with an exponent. */
const SMALLEST_SHOWN = 0.000001

/** Formats US dollars: whole dollars from 100, cents from 1, and three significant digits below. */
export function formatDollars(usd: number): string {
  if (usd > 0 && usd < SMALLEST_SHOWN) return '< $0.000001'
  if (usd >= 100) return `$${formatNumber(usd)}`
  return `$${usd >= 1 ? usd.toFixed(2) : usd.toPrecision(3)}`
}

/** Formats a number with three significant digits, or with all digits before the decimal point. */
export const formatNumber = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
