import { alignedTable } from '../table.ts'
import { type Figure, isWithin, measured } from './figure.ts'

const COLUMNS = ['', 'measured', 'floor', 'ratio', 'target', ''] as const

/** Formats the figures of one section as a table for a terminal. */
export const figureTable = (title: string, figures: readonly Figure[]): string =>
  figures.every(({ at }) => at) ? curve(title, figures) : aligned(title, [COLUMNS, ...figures.map(row)])

/** Writes one line for each combination of settings and one column for each quantity. */
function curve(title: string, figures: readonly Figure[]): string {
  const columns = [...new Set(figures.map(({ at }) => at?.column ?? ''))]
  const lines = Map.groupBy(figures, ({ at }) => at?.row ?? '')
  const cells = (ofRow: readonly Figure[]) =>
    columns.map((column) => {
      const figure = ofRow.find(({ at }) => at?.column === column)
      return figure ? `${rounded(figure.value)} ${figure.unit}`.trimEnd() : ''
    })
  return aligned(title, [['', ...columns], ...[...lines].map(([name, ofRow]) => [name, ...cells(ofRow)])])
}

const aligned = (title: string, lines: readonly (readonly string[])[]) => `\n${title}\n${alignedTable(lines)}`

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

/** Rounds to three significant digits, or to a whole number from 100 on. */
const rounded = (value: number) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
