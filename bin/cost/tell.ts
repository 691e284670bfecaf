import { type Bill, beforeLogs, totalOf } from './bill.ts'
import { type Limit, limitsOf } from './limits.ts'
import { MONTH_SECONDS, monthOf } from './month.ts'
import type { CostOptions } from './options.ts'
import { dollars, shown, table } from './table.ts'
import { titleOf, type Usage } from './usage.ts'

const NARROWEST = 3

/** One bill, and what saturates first. */
export function tell({ shape, usage, rowsPerMonth, assumptions }: CostOptions): string[] {
  const { perMillion, rows, fixed } = monthOf(usage, rowsPerMonth, assumptions)
  const line = (name: string, of: (bill: Bill) => number) => [
    name,
    dollars(of(perMillion)),
    dollars(of(rows)),
  ]
  const limits = limitsOf(usage, assumptions).slice(0, NARROWEST)
  return [
    `${shown(rowsPerMonth)} rows a month: ${titleOf(shape)}`,
    '',
    table([
      ['US dollars', 'a million rows', 'a month'],
      line('HTTP API', (bill) => bill['HTTP API']),
      line('Lambda', (bill) => bill.Lambda),
      line('SQS', (bill) => bill.SQS),
      line('egress', (bill) => bill.egress),
      ...(assumptions.tracing ? [line('tracing (X-Ray)', (bill) => bill.tracing)] : []),
      line('before logs', beforeLogs),
      line('logs', (bill) => bill.logs),
      line('all rows', totalOf),
      ...Object.entries(fixed).map(([name, usd]) => [name, '', dollars(usd)]),
      ['all', '', dollars(totalOf(rows) + totalOf(fixed))],
    ]),
    '',
    `Settings: ${settingsOf(usage)}.`,
    `Saturated first: ${limits.map(({ name, rowsPerSecond }) => `${name} at ${shown(rowsPerSecond)} rows a second`).join('; ')}.`,
    onAverage(rowsPerMonth / MONTH_SECONDS, limits),
  ]
}

const settingsOf = (usage: Usage) =>
  [
    `lanes ${usage.lanes}`,
    `profiles: concurrency ${usage['concurrency of profiles']}, requestsPerSecond ${usage['requests a second of profiles']}`,
    `events: concurrency ${usage['concurrency of events']}, requestsPerSecond ${usage['requests a second of events']}`,
    `throttle: requestsPerSecond ${usage['requests a second of the API']}`,
  ].join('; ')

const FEW = 0.01

function onAverage(perSecond: number, [narrowest]: readonly Limit[]): string {
  const needed = `Needed on average: ${perSecond < FEW ? `less than ${FEW}` : shown(perSecond)} rows a second`
  return narrowest && perSecond > narrowest.rowsPerSecond
    ? `${needed}, which is MORE THAN COMES THROUGH with these settings. docs/scale.md says which to raise.`
    : `${needed}.`
}
