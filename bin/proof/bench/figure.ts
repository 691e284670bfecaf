/** One measured figure, with the values that it is compared with. */
export type Figure = {
  name: string
  value: number
  unit: string
  /** The least that any program would need for the same task, measured in the same run and unit. */
  floor?: number
  /** The target for `value / floor` if there is a floor, otherwise for `value`. */
  target?: { most: number } | { least: number }
  /** Set for a ratio or a count. It is similar on every machine, so CI may judge it. */
  isRelative?: true
  /**
   * The place of the figure in the table of a curve: the settings are the row, the quantity is the column.
   */
  at?: { row: string; column: string }
}

/** A group of figures that are measured together. */
export type Section = { title: string; measure: (options: Options) => Promise<Figure[]> }

export type Options = {
  /** Uses smaller inputs and fewer runs. */
  short: boolean
  seed: number
}

/** The number that the target applies to. */
export const measured = ({ value, floor }: Figure) => (floor === undefined ? value : value / floor)

/**
 * The factor by which a figure may miss its target before CI fails, because machines are shared and noisy.
 */
const MARGIN = 2

/** @returns whether the figure meets its target or misses it by no more than the factor `margin`. */
export function isWithin(figure: Figure, margin: number): boolean {
  const { target } = figure
  if (!target) return true
  return 'most' in target
    ? measured(figure) <= target.most * margin
    : measured(figure) >= target.least / margin
}

export const failures = <T extends Figure>(figures: readonly T[]): T[] =>
  figures.filter((figure) => figure.isRelative && !isWithin(figure, MARGIN))
