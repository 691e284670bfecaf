import { type Assumptions, beforeTelemetry, billOf, totalOf } from './bill.ts'
import { fixedCosts } from './fixed.ts'
import { monthOf } from './month.ts'
import { leversTable, limitsTable, settingsTable } from './scale-settings.ts'
import { type Shapes, titleOf, usageOf } from './shapes.ts'
import { dollars, table } from './table.ts'

/** What docs/scale.md speaks of: a shape at a volume. */
type Load = { name: string; shape: string; rowsPerMonth: number }

const LOADS: readonly Load[] = [
  { name: '1 M a month', shape: 'bulk 5000', rowsPerMonth: 1e6 },
  { name: '100 M a month', shape: 'bulk 5000', rowsPerMonth: 1e8 },
  { name: '1 B a day', shape: 'stream', rowsPerMonth: 30e9 },
]

/** Dollars for a million rows, before tracing and logs. */
const TARGETS: Readonly<Record<string, number>> = {
  'bulk 5000': 0.35,
  'single 1000': 2.5,
  'single 10': 4.5,
}

/** The tables of docs/scale.md, by what they are about. */
export const scaleTables = (shapes: Shapes, assumptions: Assumptions) => ({
  months: monthsTable(shapes, assumptions),
  perMillion: perMillionTable(shapes, assumptions),
  fixed: fixedTable(shapes, assumptions),
  limits: limitsTable(shapes, assumptions),
  settings: settingsTable(shapes),
  levers: leversTable(shapes, assumptions),
})

function monthsTable(shapes: Shapes, assumptions: Assumptions): string {
  const months = LOADS.map(({ shape, rowsPerMonth }) =>
    monthOf(usageOf(shapes, shape), rowsPerMonth, assumptions),
  )
  const line = (name: string, of: (month: (typeof months)[number]) => number) => [
    name,
    ...months.map((month) => dollars(of(month))),
  ]
  return table([
    ['US dollars a month', ...LOADS.map(({ name }) => name)],
    line('HTTP API', ({ rows }) => rows['HTTP API']),
    line('Lambda', ({ rows }) => rows.Lambda),
    line('SQS', ({ rows }) => rows.SQS),
    line('egress', ({ rows }) => rows.egress),
    line('tracing (X-Ray)', ({ rows }) => rows.tracing),
    line('logs', ({ rows }) => rows.logs),
    line('fixed', ({ fixed }) => totalOf(fixed)),
    line('**all**', ({ rows, fixed }) => totalOf(rows) + totalOf(fixed)),
    line('for a million rows, all', ({ perMillion }) => totalOf(perMillion)),
  ])
}

function perMillionTable(shapes: Shapes, assumptions: Assumptions): string {
  return table([
    ['for a million rows', 'HTTP API', 'Lambda', 'SQS', 'egress', 'sum', 'target', 'tracing', 'logs', 'all'],
    ...[...shapes].map(([shape, usage]) => {
      const bill = billOf(usage, assumptions)
      const target = TARGETS[shape]
      return [
        titleOf(shape),
        ...[bill['HTTP API'], bill.Lambda, bill.SQS, bill.egress].map(dollars),
        `**${dollars(beforeTelemetry(bill))}**`,
        target === undefined ? '' : `≤ ${dollars(target)}`,
        ...[bill.tracing, bill.logs, totalOf(bill)].map(dollars),
      ]
    }),
  ])
}

function fixedTable(shapes: Shapes, assumptions: Assumptions): string {
  const costs = fixedCosts(usageOf(shapes, 'bulk 5000'), assumptions)
  return table([
    ['fixed', 'US dollars a month'],
    ...Object.entries(costs).map(([name, usd]) => [name, dollars(usd)]),
    ['**all**', dollars(totalOf(costs))],
  ])
}
