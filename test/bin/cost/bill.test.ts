import { expect, test } from 'vitest'
import { type Assumptions, billOf, STACK, workerWaitMs } from '../../../bin/cost/bill.ts'
import { limitsOf } from '../../../bin/cost/capacity.ts'
import { PRICES } from '../../../bin/cost/prices.ts'
import { type Quantity, SHAPES, usageOf } from '../../../bin/cost/usage.ts'
import { alarmsOf } from '../../stack/alarms.ts'
import { cdkStage, propertiesOf, synthesise } from '../../stack/synthesise.ts'

/** The usage of a million rows in requests of a thousand rows each, in round figures. */
const USAGE: Partial<Record<Quantity, number>> = {
  'rows a second': 2_000,
  'HTTP API requests': 2_000,
  'answered bytes': 1e6,
  'receiver invocations': 1_000,
  'receiver wait ms': 5_000,
  'receiver processor ms': 20_000,
  'receiver log bytes': 4e6,
  'SQS requests': 12_000,
  'worker invocations': 2_000,
  'worker processor ms': 40_000,
  'worker log bytes': 5.749e6,
  'requests to Braze of profiles': 10_000,
  'requests to Braze of events': 4_000,
  'bytes to Braze': 199e6,
  'custom metrics': 15,
}
const usage = (quantity: Quantity) => USAGE[quantity] ?? 0

const queue = { backlogAlarmMinutes: 15, batchSize: 10 }
const settings: Assumptions['settings'] = {
  lanes: 10,
  queues: {
    profiles: { ...queue, concurrency: 6, requestsPerSecond: 30, deliveryDelaySeconds: 3 },
    events: { ...queue, concurrency: 2, requestsPerSecond: 20 },
  },
  throttle: { requestsPerSecond: 50, burst: 100 },
  // With this much memory, a function has half a core.
  memoryMb: { receiver: 884.5, worker: 884.5, exporter: 256 },
  tracing: false,
}
const assumptions = { settings, brazeMs: 100 }

const near = (usd: number) => expect.closeTo(usd, 5)
const line = (service: string, perMillionRows: number, fixed: number, month: number) => ({
  service,
  perMillionRows: near(perMillionRows),
  fixed: near(fixed),
  month: near(month),
})

test('each service is billed for what it counts', () => {
  expect(billOf(usage, 10e6, assumptions)).toEqual({
    services: [
      // Lambda polls two queues over five connections, three times a minute.
      line('SQS', 0.006, 0.648, 0.708),
      // 3,000 invocations; 45 s of the receiver and 2,480 s of the worker with 0.86377 GB.
      line('Lambda', 0.0296805, 0, 0.296805),
      line('API Gateway', 0.002, 0, 0.02),
      // 10 MB, with 251 bytes of access log for each of the 1,000 requests; alarms, metrics and a dashboard.
      line('CloudWatch', 0.0062, 11.2, 11.262),
      // Eight workers and one receiver make 17,280 reads each.
      line('Secrets Manager', 0, 1.9776, 1.9776),
      line('Data transfer', 0.018, 0, 0.18),
    ],
    total: { perMillionRows: near(0.0618805), fixed: near(13.8256), month: near(14.444405) },
  })
})

test.each([
  // In 500 s, 500 of 1,000 and 500 of 2,000 invocations are traced, and 5 % of the other 500 and 1,500.
  [{ tracing: true }, line('X-Ray', 0.0055, 0, 0.055)],
  // The key, 155,520 reads of secrets and 51,840 requests for the data keys of the queues.
  [{ kmsKeyArn: 'arn:aws:kms:eu-west-1:000000000000:key/fixture' }, line('KMS', 0, 1.62208, 1.62208)],
  [{ alarmEmail: 'alarms@example.com' }, line('KMS', 0, 1, 1)],
])('%j adds a service to the bill', (changed, added) => {
  const before = billOf(usage, 10e6, assumptions).services
  expect(billOf(usage, 10e6, { ...assumptions, settings: { ...settings, ...changed } }).services).toEqual([
    ...before,
    added,
  ])
})

test.each([
  // 10,000 requests wait for 200 ms each, and 4,000 for 100 ms each.
  [100, 2_400_000],
  [150, 2_600_000],
  [300, 4_200_000],
])('the worker waits for a Braze that takes %d ms, or for the spacing', (brazeMs, ms) => {
  expect(workerWaitMs(usage, { settings, brazeMs })).toBe(ms)
})

test('the computed waits of the worker are those of the measurement', () => {
  const prod = { settings: cdkStage('prod'), brazeMs: 100 }
  const ratios = SHAPES.map((shape) => workerWaitMs(usageOf(shape), prod) / usageOf(shape)('worker wait ms'))
  expect(ratios).toHaveLength(8)
  // A worker that tops up its batch also waits for SQS.
  for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.03)
})

test('each limit allows so many rows a second', () => {
  const limits = limitsOf(usage, assumptions)
  expect(limits.map(({ name, rowsPerSecond }) => [name, Math.round(rowsPerSecond)])).toEqual([
    // 30 requests a second with 100 rows each.
    ['queues.profiles.requestsPerSecond', 3_000],
    ['queues.events.requestsPerSecond', 5_000],
    ['queues.profiles.concurrency', 6_000],
    // Two workers with 10 answers a second each.
    ['queues.events.concurrency', 5_000],
    ['lanes', 10_000],
    ['throttle.requestsPerSecond', 50_000],
    ["Braze's contract", 71_429],
  ])
})

test('the stack contains what the bill says', () => {
  const template = synthesise({ ...cdkStage('prod'), stackName: 'Fixture-bridge' })
  const count = (type: string) => Object.keys(propertiesOf(template, type)).length
  expect({
    alarmMetrics: alarmsOf(template).reduce((sum, { metrics }) => sum + metrics.read.length, 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    secrets: count('AWS::SecretsManager::Secret'),
    queues: count('AWS::Lambda::EventSourceMapping'),
  }).toEqual(STACK)
})

test('each price has a page of AWS', () => {
  for (const { usd, page } of Object.values(PRICES)) {
    expect(usd).toBeGreaterThan(0)
    expect(page).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/pricing\/(on-demand\/)?$/)
  }
})
