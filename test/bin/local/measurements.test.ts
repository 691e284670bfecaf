import { expect, test } from 'vitest'
import { type MetricLine, openMeasurements } from '../../../bin/local/measurements.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const line = (
  at: number,
  Dimensions: string[][],
  values: { [metric: string]: number | number[] },
  dimensions: { [name: string]: string } = {},
): MetricLine => ({
  _aws: {
    Timestamp: at,
    CloudWatchMetrics: [
      {
        Namespace: 'ActionIQBrazeBridge',
        Dimensions,
        Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
      },
    ],
  },
  stack: 'local',
  ...dimensions,
  ...values,
})

const BY_CONNECTION = [['stack'], ['stack', 'connection', 'kind']]

test('a line counts by each of its sets of dimensions, and sums are by exactly those that are asked for', () => {
  const measurements = openMeasurements(() => NOON)
  const [crm, shop] = [
    { connection: 'crm', kind: 'profiles' },
    { connection: 'shop', kind: 'profiles' },
  ]
  measurements.add(line(NOON - MINUTE, BY_CONNECTION, { RowsAccepted: 5, RowsParked: 1 }, crm))
  measurements.add(line(NOON, BY_CONNECTION, { RowsAccepted: 2 }, shop))
  expect(measurements.sum('RowsAccepted')).toBe(7)
  expect(measurements.sum('RowsAccepted', { kind: 'profiles', connection: 'crm' })).toBe(5)
  expect(measurements.sum('RowsAccepted', { kind: 'profiles' })).toBe(0)
  expect(measurements.sum('RowsParked')).toBe(1)
  expect(measurements.series()).toEqual([
    { metric: 'RowsAccepted', dimensions: {} },
    { metric: 'RowsParked', dimensions: {} },
    { metric: 'RowsAccepted', dimensions: crm },
    { metric: 'RowsParked', dimensions: crm },
    { metric: 'RowsAccepted', dimensions: shop },
  ])
})

test('a sum covers whole minutes, and at most a day', () => {
  let now = NOON
  const measurements = openMeasurements(() => now)
  for (const [at, BrazeHolding] of [
    [NOON - 25 * HOUR, 1],
    [NOON - 23 * HOUR, 2],
    [NOON - 1_000, 4],
    [NOON + 1_000, 8],
    [NOON + 2_000, 16],
  ] as const)
    measurements.add(line(at, [['stack']], { BrazeHolding }))
  expect(measurements.sum('BrazeHolding')).toBe(30)
  expect(measurements.sum('BrazeHolding', {}, NOON - 1)).toBe(28)
  now = NOON + 2 * HOUR
  expect(measurements.sum('BrazeHolding')).toBe(28)
})

test('a metric in milliseconds has percentiles', () => {
  const measurements = openMeasurements(() => NOON)
  const values = Array.from({ length: 100 }, (_, n) => n + 1)
  measurements.add(
    line(NOON, [['stack', 'kind']], { AcceptedToDelivered: values.slice(50) }, { kind: 'events' }),
  )
  measurements.add(
    line(
      NOON - MINUTE,
      [['stack', 'kind']],
      { AcceptedToDelivered: values.slice(0, 50) },
      { kind: 'events' },
    ),
  )
  const by = { kind: 'events' }
  expect(measurements.percentile('AcceptedToDelivered', 0.5, by)).toBe(50)
  expect(measurements.percentile('AcceptedToDelivered', 0.99, by)).toBe(99)
  expect(measurements.percentile('AcceptedToDelivered', 0, by)).toBe(1)
  expect(measurements.percentile('AcceptedToDelivered', 0.5, by, NOON)).toBe(75)
  expect(measurements.percentile('AcceptedToDelivered', 0.5, { kind: 'profiles' })).toBeUndefined()
})
