import { type Bill, beforeLogs, totalOf } from './bill.ts'
import { type Limit, limitsOf } from './limits.ts'
import { MONTH_SECONDS, monthOf } from './month.ts'
import type { CostOptions } from './options.ts'
import { formatDollars, formatNumber, markdownTable } from './table.ts'
import { titleOf, type Usage } from './usage.ts'

const SHOWN_LIMITS = 3

/** Formats one bill and the limits that saturate first. */
export function formatBill({ shape, usage, rowsPerMonth, assumptions }: CostOptions): string[] {
  const { perMillion, rows, fixed } = monthOf(usage, rowsPerMonth, assumptions)
  const line = (name: string, of: (bill: Bill) => number) => [
    name,
    formatDollars(of(perMillion)),
    formatDollars(of(rows)),
  ]
  const limits = limitsOf(usage, assumptions).slice(0, SHOWN_LIMITS)
  return [
    `${formatNumber(rowsPerMonth)} rows a month: ${titleOf(shape)}`,
    '',
    markdownTable([
      ['US dollars', 'a million rows', 'a month'],
      line('HTTP API', (bill) => bill['HTTP API']),
      line('Lambda', (bill) => bill.Lambda),
      line('SQS', (bill) => bill.SQS),
      line('egress', (bill) => bill.egress),
      ...(assumptions.tracing ? [line('tracing (X-Ray)', (bill) => bill.tracing)] : []),
      line('before logs', beforeLogs),
      line('logs', (bill) => bill.logs),
      line('all rows', totalOf),
      ...Object.entries(fixed).map(([name, usd]) => [name, '', formatDollars(usd)]),
      ['all', '', formatDollars(totalOf(rows) + totalOf(fixed))],
    ]),
    '',
    `Settings: ${formatSettings(usage)}.`,
    `Saturated first: ${limits.map(({ name, rowsPerSecond }) => `${name} at ${formatNumber(rowsPerSecond)} rows a second`).join('; ')}.`,
    formatNeeded(rowsPerMonth / MONTH_SECONDS, limits),
  ]
}

const formatSettings = (usage: Usage) =>
  [
    `lanes ${usage.lanes}`,
    `profiles: concurrency ${usage['concurrency of profiles']}, requestsPerSecond ${usage['requests a second of profiles']}`,
    `events: concurrency ${usage['concurrency of events']}, requestsPerSecond ${usage['requests a second of events']}`,
    `throttle: requestsPerSecond ${usage['requests a second of the API']}`,
  ].join('; ')

const SMALLEST_SHOWN_RATE = 0.01

function formatNeeded(perSecond: number, [narrowest]: readonly Limit[]): string {
  const needed = `Needed on average: ${perSecond < SMALLEST_SHOWN_RATE ? `less than ${SMALLEST_SHOWN_RATE}` : formatNumber(perSecond)} rows a second`
  return narrowest && perSecond > narrowest.rowsPerSecond
    ? `${needed}, which is MORE THAN COMES THROUGH with these settings. docs/scale.md says which to raise.`
    : `${needed}.`
}
