/** One measured figure, beside what it is held against. */
export type Figure = {
  name: string
  value: number
  unit: string
  /** The least that any program would need for the same, measured in the same run and unit. */
  floor?: number
  /** What it should come to: `value / floor` where there is a floor, else `value`. */
  target?: { most: number } | { least: number }
  /** A ratio or a count, which another machine would measure alike: CI may judge it. */
  isRelative?: true
  /** Where it stands in the table of a curve: at which settings, and of what. */
  at?: { row: string; column: string }
}

/** Figures that are measured together. */
export type Section = { title: string; measure: (options: Options) => Promise<Figure[]> }

export type Options = {
  /** Smaller inputs and fewer runs. */
  short: boolean
  seed: number
}

/** What the target speaks of. */
export const measured = ({ value, floor }: Figure) => (floor === undefined ? value : value / floor)

/** How far a figure may miss its target before CI says no: machines are shared and noisy. */
const MARGIN = 2

/** @returns whether the target is met, or missed by less than the margin. */
export function isWithin(figure: Figure, margin: number): boolean {
  const { target } = figure
  if (!target) return true
  return 'most' in target
    ? measured(figure) <= target.most * margin
    : measured(figure) >= target.least / margin
}

export const failures = <T extends Figure>(figures: readonly T[]): T[] =>
  figures.filter((figure) => figure.isRelative && !isWithin(figure, MARGIN))
