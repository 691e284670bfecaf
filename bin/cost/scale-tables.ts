import { type Assumptions, beforeLogs, billOf, totalOf } from './bill.ts'
import { fixedCosts } from './fixed.ts'
import { monthOf } from './month.ts'
import { leversTable, limitsTable, settingsTable } from './scale-settings.ts'
import { formatDollars, markdownTable } from './table.ts'
import { type Shapes, titleOf, usageOf } from './usage.ts'

/** An example in docs/scale.md: a shape at a volume. */
type Load = { name: string; shape: string; rowsPerMonth: number }

const LOADS: readonly Load[] = [
  { name: '1 M a month', shape: 'bulk 5000', rowsPerMonth: 1e6 },
  { name: '100 M a month', shape: 'bulk 5000', rowsPerMonth: 1e8 },
  { name: '1 B a day', shape: 'stream', rowsPerMonth: 30e9 },
]

/** Dollars for a million rows, before logs. */
const TARGETS = [
  { shape: 'bulk 5000', usd: 0.35 },
  { shape: 'single 1000', usd: 2.5 },
  { shape: 'single 10', usd: 4.5 },
] as const

/** Creates the tables of docs/scale.md and its line about tracing, by topic. */
export const scaleTables = (shapes: Shapes, assumptions: Assumptions) => ({
  months: monthsTable(shapes, assumptions),
  perMillion: perMillionTable(shapes, assumptions),
  targets: targetsTable(shapes, assumptions),
  tracing: tracingLine(shapes, assumptions),
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
    ...months.map((month) => formatDollars(of(month))),
  ]
  return markdownTable([
    ['US dollars a month', ...LOADS.map(({ name }) => name)],
    line('HTTP API', ({ rows }) => rows['HTTP API']),
    line('Lambda', ({ rows }) => rows.Lambda),
    line('SQS', ({ rows }) => rows.SQS),
    line('egress', ({ rows }) => rows.egress),
    line('logs', ({ rows }) => rows.logs),
    line('fixed', ({ fixed }) => totalOf(fixed)),
    line('**all**', ({ rows, fixed }) => totalOf(rows) + totalOf(fixed)),
    line('for a million rows, all', ({ perMillion }) => totalOf(perMillion)),
  ])
}

function perMillionTable(shapes: Shapes, assumptions: Assumptions): string {
  return markdownTable([
    ['for a million rows', 'HTTP API', 'Lambda', 'SQS', 'egress', 'sum', 'logs', 'all'],
    ...[...shapes].map(([shape, usage]) => {
      const bill = billOf(usage, assumptions)
      return [
        titleOf(shape),
        ...[bill['HTTP API'], bill.Lambda, bill.SQS, bill.egress].map(formatDollars),
        `**${formatDollars(beforeLogs(bill))}**`,
        ...[bill.logs, totalOf(bill)].map(formatDollars),
      ]
    }),
  ])
}

/**
 * Compares the sum with its target. The logs were not part of the target, but the sum with logs is compared
 * as well.
 */
function targetsTable(shapes: Shapes, assumptions: Assumptions): string {
  const compareToTarget = (usd: number, target: number) =>
    usd <= target
      ? `${formatDollars(usd)}, met`
      : `${formatDollars(usd)}, ${formatDollars(usd - target)} over`
  return markdownTable([
    ['for a million rows', 'target', 'sum', 'with logs'],
    ...TARGETS.map(({ shape, usd }) => {
      const bill = billOf(usageOf(shapes, shape), assumptions)
      const cells = [beforeLogs(bill), totalOf(bill)].map((each) => compareToTarget(each, usd))
      return [titleOf(shape), `≤ ${formatDollars(usd)}`, ...cells]
    }),
  ])
}

function tracingLine(shapes: Shapes, assumptions: Assumptions): string {
  const costOf = (shape: string) =>
    formatDollars(billOf(usageOf(shapes, shape), { ...assumptions, tracing: true }).tracing)
  return `- **Tracing** by X-Ray is off, as \`tracing\` in \`cdk.json\` says: it would add ${costOf('single 10')} to a million single events at ten a second, and ${costOf('bulk 5000')} to a million rows in requests of 5,000.`
}

function fixedTable(shapes: Shapes, assumptions: Assumptions): string {
  const costs = fixedCosts(usageOf(shapes, 'bulk 5000'), assumptions)
  return markdownTable([
    ['fixed', 'US dollars a month'],
    ...Object.entries(costs).map(([name, usd]) => [name, formatDollars(usd)]),
    ['**all**', formatDollars(totalOf(costs))],
  ])
}
