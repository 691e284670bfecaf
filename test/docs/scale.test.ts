import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Assumptions, type Bill, billOf } from '../../bin/cost/bill.ts'
import { limitsOf } from '../../bin/cost/capacity.ts'
import { formatDollars, formatNumber } from '../../bin/cost/format.ts'
import { PRICES } from '../../bin/cost/prices.ts'
import { type Quantity, usageOf } from '../../bin/cost/usage.ts'
import { cdkStage } from '../stack/synthesise.ts'

/** docs/scale.md and README.md must give the figures that `npm run cost` computes. */

const page = readFileSync('docs/scale.md', 'utf8')
const prod = cdkStage('prod')
type Settings = Assumptions['settings']

/** @returns the settings of `prod` with other lanes, queues and throttle. */
const withFleet = (lanes: number, profiles: Pace, events: Pace, throttle: number): Settings => ({
  ...prod,
  lanes,
  queues: {
    profiles: { ...prod.queues.profiles, concurrency: profiles[0], requestsPerSecond: profiles[1] },
    events: { ...prod.queues.events, concurrency: events[0], requestsPerSecond: events[1] },
  },
  throttle: { ...prod.throttle, requestsPerSecond: throttle },
})
type Pace = [concurrency: number, requestsPerSecond: number]

const PROD = withFleet(16, [8, 40], [4, 20], 100)
const THOUSAND_EVENTS = withFleet(32, [8, 40], [4, 20], 2_000)
const BILLION_A_DAY = withFleet(32, [32, 160], [12, 60], 100)

const bill = (shape: string, rowsPerMonth = 1e6, settings = PROD, brazeMs = 100) =>
  billOf(usageOf(shape), rowsPerMonth, { settings, brazeMs })

/** @returns the cells of the table whose first cell is this, without the emphasis. */
function tableOf(firstCell: string): string[][] {
  const table = page.split('\n\n').find((block) => block.startsWith(`| ${firstCell} `)) ?? ''
  const rows = table.split('\n').map((line) => line.slice(1, -1).split('|'))
  return rows
    .filter((_, index) => index !== 1)
    .map((cells) => cells.map((cell) => cell.replace(/[*`]/g, '').trim()))
}

const column = ({ services, total }: Bill, amount: 'month' | 'perMillionRows') => [
  ...services.map((line) => formatDollars(line[amount])),
  formatDollars(total[amount]),
]

/** Turns columns into rows. */
const rowsOf = (columns: readonly (readonly string[])[]) =>
  (columns[0] ?? []).map((_, index) => columns.map((cells) => cells[index]))

const SERVICES = ['SQS', 'Lambda', 'API Gateway', 'CloudWatch', 'Secrets Manager', 'Data transfer', 'total']

test('the bills of three volumes', () => {
  expect(tableOf('US dollars a month')).toEqual(
    rowsOf([
      ['US dollars a month', ...SERVICES],
      ['1 M rows a month', ...column(bill('bulk 5000', 1e6), 'month')],
      ['100 M rows a month', ...column(bill('bulk 5000', 1e8), 'month')],
      ['1 B rows a day', ...column(bill('stream', 30e9, BILLION_A_DAY), 'month')],
    ]),
  )
})

test('the bills of a million rows', () => {
  expect(tableOf('US dollars for a million rows')).toEqual([
    ['US dollars for a million rows', ...SERVICES.filter((service) => service !== 'Secrets Manager')],
    ...[
      ['100 rows in each request', 'bulk 100'],
      ['500 rows in each request', 'bulk 500'],
      ['5,000 rows in each request', 'bulk 5000'],
      ['30,000 rows in each request', 'bulk 30000'],
      ['5,000 rows in each request, 1 B a day', 'stream'],
      ['single events, 10 a second', 'single 10'],
      ['single events, 100 a second', 'single 100'],
      ['single events, 1,000 a second', 'single 1000'],
    ].map(([name = '', shape = '']) => [
      name,
      ...column(bill(shape), 'perMillionRows').filter((cell) => cell !== '-'),
    ]),
  ])
})

test('the limits, the first of them bold', () => {
  const columns = [
    limitsOf(usageOf('bulk 5000'), { settings: PROD, brazeMs: 100 }),
    limitsOf(usageOf('single 1000'), { settings: THOUSAND_EVENTS, brazeMs: 100 }),
    limitsOf(usageOf('stream'), { settings: BILLION_A_DAY, brazeMs: 100 }),
  ]
  const cell = (rows: number) => (Number.isFinite(rows) ? formatNumber(rows) : '-')
  const [head, needed, ...rows] = tableOf('rows a second at most')
  expect([head?.slice(1), needed]).toEqual([
    ['prod, 100 M rows a month', '1,000 events a second', '1 B rows a day'],
    ['needed on average', '38.6', '1,000', '11,574'],
  ])
  expect(rows).toEqual(
    rowsOf([
      columns[0]?.map(({ name }) => name) ?? [],
      ...columns.map((limits) => limits.map(({ rowsPerSecond }) => cell(rowsPerSecond))),
    ]),
  )
  const first = columns.map((limits) => cell(Math.min(...limits.map(({ rowsPerSecond }) => rowsPerSecond))))
  const bold = [...page.matchAll(/\*\*([\d,]+)\*\* *\|/g)].map(([, figure]) => figure)
  expect(new Set(bold)).toEqual(new Set(first))
})

test('what a billion rows a day need of the quotas of AWS', () => {
  const perSecond = (quantity: Quantity) => (usageOf('stream')(quantity) * 11_574) / 1e6
  const needed = [perSecond('receiver invocations'), perSecond('SQS requests'), perSecond('messages') / 32]
  expect(needed.map(Math.ceil)).toEqual([3, 193, 7])
  expect(page).toContain('need 45 functions, 3 requests, 193 calls and 7 messages')
})

const QUANTITIES = [
  'lanes',
  'concurrency of profiles',
  'requests a second of profiles',
  'concurrency of events',
  'requests a second of events',
  'requests a second of the API',
] as const

test('the settings are those with which the usage was measured, and prod is that of cdk.json', () => {
  expect(PROD).toEqual(prod)
  const columns = [PROD, THOUSAND_EVENTS, BILLION_A_DAY].map(
    ({ lanes, queues: { profiles, events }, throttle }) => [
      lanes,
      profiles.concurrency,
      profiles.requestsPerSecond,
      events.concurrency,
      events.requestsPerSecond,
      throttle.requestsPerSecond,
    ],
  )
  const [, ...rows] = tableOf('cdk.json')
  expect(rows.map(([, ...cells]) => cells)).toEqual(rowsOf(columns.map((values) => values.map(formatNumber))))
  const shapes = ['bulk 5000', 'single 1000', 'stream']
  expect(shapes.map((shape) => QUANTITIES.map(usageOf(shape)))).toEqual(columns)
})

const TWO_WORKERS = withFleet(16, [8, 40], [2, 20], 100)
const withHalfMemory = (settings: Settings) => ({
  ...settings,
  memoryMb: { ...settings.memoryMb, receiver: 256, worker: 256 },
})
const trickle = (settings = PROD, brazeMs = 100) =>
  bill('single 10', 1e6, settings, brazeMs).total.perMillionRows
const serviceOf = ({ services }: Bill, name: string) => services.find(({ service }) => service === name)
const fixed = (service: string, changed: Partial<Settings> = {}) =>
  serviceOf(bill('bulk 5000', 0, { ...PROD, ...changed }), service)?.fixed
const traces = (shape: string) =>
  serviceOf(bill(shape, 1e6, { ...PROD, tracing: true }), 'X-Ray')?.perMillionRows

test.each([
  [bill('bulk 5000', 0).total.month, '$14.17 a month: CloudWatch'],
  [fixed('CloudWatch'), '$11.20 for the metrics of 37 alarms, 15 custom metrics and a dashboard'],
  [fixed('Secrets Manager'), '$2.32 for Secrets Manager'],
  [fixed('SQS'), '$0.648 for SQS'],
  [PRICES.secretMonth.usd, '$0.400 for its secret'],
  [8 * PRICES.customMetricMonth.usd, '$2.40 for eight metrics'],
  [traces('single 10'), '$1.53 to a million single events at ten a second'],
  [traces('bulk 5000'), '$0.00255 to a million rows in requests of 5,000'],
  [fixed('KMS', { kmsKeyArn: 'arn:aws:kms:eu-west-1:000000000000:key/fixture' }), '$1.83 a month to `prod`'],
  [trickle(), '$5.84 as `prod` is'],
  [trickle(TWO_WORKERS), '$5.19 with `queues.events.concurrency` 2'],
  [trickle(withHalfMemory(PROD)), '$5.17 with `memoryMb` 256'],
  [trickle(withHalfMemory(TWO_WORKERS)), '$4.85 with both'],
  [trickle(PROD, 300), '$6.50 if Braze takes 300 ms'],
])('%d dollars are on the page: %s', (usd = Number.NaN, words) => {
  expect(words.split(' ')[0]).toBe(formatDollars(usd))
  expect(page).toContain(words)
})

test.each([
  ['bulk 5000', 0.35],
  ['single 1000', 2.5],
  ['single 10', 4.5],
])('without its logs, a million rows of %s cost at most $%d', (shape, target) => {
  const logs = serviceOf(bill(shape), 'CloudWatch')?.perMillionRows ?? 0
  expect(bill(shape).total.perMillionRows - logs).toBeLessThanOrEqual(target)
  expect(page).toContain(`$${target.toFixed(2)}`)
})

test('the README gives the bill in round figures', () => {
  const readme = readFileSync('README.md', 'utf8')
  expect(readme).toContain('less than 20 dollars a month for up to a hundred million rows')
  expect(bill('bulk 5000', 1e8).total.month).toBeLessThan(20)
  expect(readme).toContain('about 1,800 for a billion rows a day')
  expect(Math.round(bill('stream', 30e9, BILLION_A_DAY).total.month / 100)).toBe(18)
  expect(readme).toContain('one by one cost 3 to 6 dollars a million')
  const million = (shape: string) => Math.round(bill(shape).total.perMillionRows)
  expect([million('single 1000'), million('single 10')]).toEqual([3, 6])
})
