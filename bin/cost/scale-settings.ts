import { type Assumptions, type Bill, beforeLogs, billOf, totalOf } from './bill.ts'
import { limitsOf } from './limits.ts'
import { MONTH_SECONDS } from './month.ts'
import { formatDollars, formatNumber, markdownTable } from './table.ts'
import { type Shapes, titleOf, type Usage, usageOf } from './usage.ts'

/** The loads that the settings are designed for, and the rows per second that each needs on average. */
const LOADS = [
  { name: 'prod: 100 M a month', shape: 'bulk 5000', needed: 1e8 / MONTH_SECONDS },
  { name: '1,000 events a second', shape: 'single 1000', needed: 1_000 },
  { name: '1 B a day', shape: 'stream', needed: 30e9 / MONTH_SECONDS },
]

export function limitsTable(shapes: Shapes, assumptions: Assumptions): string {
  const columns = LOADS.map(({ shape }) => limitsOf(usageOf(shapes, shape), assumptions))
  const names = columns[0]?.map(({ name }) => name) ?? []
  return markdownTable([
    ['rows a second at most', ...LOADS.map(({ name }) => name)],
    ['needed on average', ...LOADS.map(({ needed }) => formatNumber(needed))],
    ...names.map((name) => [
      name,
      ...columns.map((limits) => {
        const limit = limits.find((one) => one.name === name)
        const cell = limit && Number.isFinite(limit.rowsPerSecond) ? formatNumber(limit.rowsPerSecond) : '-'
        return limit === limits[0] ? `**${cell}**` : cell
      }),
    ]),
  ])
}

export function settingsTable(shapes: Shapes): string {
  const line = (name: string, of: (usage: Usage) => number) => [
    name,
    ...LOADS.map(({ shape }) => formatNumber(of(usageOf(shapes, shape)))),
  ]
  return markdownTable([
    ['cdk.json', ...LOADS.map(({ name }) => name)],
    line('`lanes`', (usage) => usage.lanes),
    line('`queues.profiles.concurrency`', (usage) => usage['concurrency of profiles']),
    line('`queues.profiles.requestsPerSecond`', (usage) => usage['requests a second of profiles']),
    line('`queues.events.concurrency`', (usage) => usage['concurrency of events']),
    line('`queues.events.requestsPerSecond`', (usage) => usage['requests a second of events']),
    line('both `requestsPerSecond`', bothRequestsPerSecond),
    line('`throttle.requestsPerSecond`', (usage) => usage['requests a second of the API']),
  ])
}

const bothRequestsPerSecond = (usage: Usage) =>
  usage['requests a second of profiles'] + usage['requests a second of events']

/**
 * Compares the cost of a small load with other settings. Fewer workers are assumed to send the same number of
 * requests, because at this rate each request has one event.
 */
export function leversTable(shapes: Shapes, assumptions: Assumptions): string {
  const usage = usageOf(shapes, 'single 10')
  const twoWorkers = { ...usage, 'concurrency of events': 2 }
  const halved = { ...assumptions, memoryMb: assumptions.memoryMb / 2 }
  const line = (name: string, bill: Bill) => [
    name,
    formatDollars(beforeLogs(bill)),
    formatDollars(totalOf(bill)),
  ]
  return markdownTable([
    [titleOf('single 10'), 'sum', 'all'],
    line('as `prod` is', billOf(usage, assumptions)),
    line('`queues.events.concurrency` 2', billOf(twoWorkers, assumptions)),
    line('`memoryMb` 256', billOf(usage, halved)),
    line('both', billOf(twoWorkers, halved)),
    line('as `prod` is, and Braze takes 300 ms', billOf(usage, { ...assumptions, brazeMs: SLOW_BRAZE_MS })),
  ])
}

const SLOW_BRAZE_MS = 300
