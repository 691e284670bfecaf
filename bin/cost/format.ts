import { RETENTION_DAYS } from '../../functions/shared/limits.ts'
import type { Amounts, Bill } from './bill.ts'
import type { Capacity } from './capacity.ts'

/** The result of `npm run cost`. `--json` prints it as it is. */
export type Estimate = {
  rowsPerMonth: number
  /** How the rows arrive, in words. */
  arrival: string
  /** The stage of cdk.json whose settings are assumed. */
  stage: string
  prices: { currency: 'USD'; region: string; lookedUpOn: string }
  capacity: Capacity
} & Bill

export function formatEstimate(estimate: Estimate): string[] {
  const { rowsPerMonth, arrival, stage, prices, services, total } = estimate
  const row = (name: string, { perMillionRows, fixed, month }: Amounts) => [
    name,
    ...[perMillionRows, fixed, month].map(formatDollars),
  ]
  return [
    `${formatNumber(rowsPerMonth)} rows a month, ${arrival}, with the settings of ${stage}`,
    '',
    ...markdownTable([
      ['US dollars', 'a million rows', 'a month without rows', 'this month'],
      ...services.map((line) => row(line.service, line)),
      row('total', total),
    ]),
    '',
    `Prices of ${prices.region}, looked up on ${prices.lookedUpOn}, without free tiers and discounts.`,
    formatCapacity(estimate),
  ]
}

function formatCapacity({
  stage,
  capacity: { neededRowsPerSecond, isEnough, firstLimit },
}: Estimate): string {
  const needed = `This volume is ${formatNumber(neededRowsPerSecond)} rows a second on average`
  const most = `${formatNumber(firstLimit.rowsPerSecond)} rows a second, limited by ${firstLimit.name}`
  if (isEnough) return `${needed}. ${stage} can take ${most}.`
  const rest = firstLimit.name.startsWith('throttle')
    ? 'The webhook answers 429 to the other requests.'
    : `The other rows wait in SQS, which deletes them after ${RETENTION_DAYS} days.`
  return `${needed}. ${stage} CANNOT TAKE IT: it can take ${most}. ${rest} docs/scale.md says which settings to raise.`
}

/** Formats a Markdown table that is also readable in a terminal: names on the left, numbers on the right. */
function markdownTable([head = [], ...rows]: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), line(rule), ...rows.map(line)]
}

const SMALLEST_SHOWN = 0.0001

/** Formats US dollars: whole dollars from 100, cents from 1, and three significant digits below. */
export function formatDollars(usd: number): string {
  if (usd === 0) return '-'
  if (usd < SMALLEST_SHOWN) return `< $${SMALLEST_SHOWN}`
  if (usd >= 100) return `$${formatNumber(usd)}`
  return `$${usd >= 1 ? usd.toFixed(2) : usd.toPrecision(3)}`
}

/** Formats a number with three significant digits, or with all digits before the decimal point. */
export const formatNumber = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
