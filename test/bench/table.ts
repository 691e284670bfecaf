import { type Figure, isWithin, measured } from './figure.ts'

const COLUMNS = ['', 'measured', 'floor', 'ratio', 'target', ''] as const

/** A table of one section, for a terminal. */
export function table(title: string, figures: readonly Figure[]): string {
  const rows = figures.map(row)
  const widths = COLUMNS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return ['', title, line(COLUMNS), ...rows.map(line)].join('\n')
}

function row(figure: Figure): string[] {
  const { name, value, unit, floor, target } = figure
  return [
    name,
    `${rounded(value)} ${unit}`,
    floor === undefined ? '' : `${rounded(floor)} ${unit}`,
    floor === undefined ? '' : rounded(measured(figure)),
    target === undefined ? '' : 'most' in target ? `≤ ${target.most}` : `≥ ${target.least}`,
    target === undefined ? '' : isWithin(figure, 1) ? 'met' : 'MISSED',
  ]
}

/** Three digits that count. */
const rounded = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
