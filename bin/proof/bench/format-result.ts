import type { Figure } from './figure.ts'

type SectionFigure = Figure & { section: string }

/** More digits would say nothing: a value that depends on the machine differs from run to run by more. */
const SIGNIFICANT_DIGITS = 6

/**
 * Formats what the bench has measured as JSON in short lines: one for each figure, or for each quantity of the
 * usage, which `bin/cost/usage.ts` reads.
 * @param run when, where and with which inputs the figures were measured.
 */
export function formatResult(run: object, figures: readonly SectionFigure[]): string {
  const { usage = [], others = [] } = Object.groupBy(figures, ({ section }) =>
    section === 'usage' ? 'usage' : 'others',
  )
  return `${object([
    ...Object.entries(run).map(([name, value]) => member(name, JSON.stringify(value))),
    ...(usage.length > 0 ? [member('usage', formatUsage(usage))] : []),
    ...(others.length > 0 ? [member('figures', `[\n    ${others.map(oneLine).join(',\n    ')}\n  ]`)] : []),
  ])}\n`
}

const oneLine = (figure: SectionFigure) => JSON.stringify(figure)

/** Names the shapes once and lists the values of each quantity in the order of the shapes. */
function formatUsage(figures: readonly Figure[]): string {
  const shapes = [...new Set(figures.map(({ at }) => at?.column))]
  const quantities = [...Map.groupBy(figures, ({ at }) => at?.row ?? '')].map(([quantity, ofQuantity]) => {
    const values = shapes.map((shape) => ofQuantity.find(({ at }) => at?.column === shape)?.value)
    return member(quantity, `[${values.map(rounded).join(', ')}]`)
  })
  const shapesMember = member('shapes', `[${shapes.map((shape) => JSON.stringify(shape)).join(', ')}]`)
  return object([shapesMember, member('quantities', object(quantities, 6))], 4)
}

const member = (name: string, json: string) => `${JSON.stringify(name)}: ${json}`

const object = (members: readonly string[], indent = 2) =>
  `{\n${members.map((one) => `${' '.repeat(indent)}${one}`).join(',\n')}\n${' '.repeat(indent - 2)}}`

const rounded = (value = Number.NaN) => JSON.stringify(Number(value.toPrecision(SIGNIFICANT_DIGITS)))
