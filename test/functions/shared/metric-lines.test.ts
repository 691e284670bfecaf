import { expect, test } from 'vitest'
import { gatherMetrics, metricLines } from '../../../functions/shared/emit-metrics.ts'

const NOW = 1_795_834_979_860

test('what one event alone leads to is one line, in which each metric has its own dimensions', () => {
  const { count, measure, flush } = gatherMetrics()
  count('BrazeAnswers', 1, { answer: '2xx' })
  measure('AcceptedToDelivered', 412, { kind: 'events' })
  count('RecordsDelivered', 1, { connection: 'crm', kind: 'events' })
  count('BrazeRequests', 1, { kind: 'events' })
  count('BrazeObjects', 3, { kind: 'events' })
  expect(linesOf(flush)).toEqual([
    {
      _aws: {
        Timestamp: 1_795_834_979_860,
        CloudWatchMetrics: [
          directive([['stack', 'answer']], counted('BrazeAnswers')),
          directive([['stack', 'kind']], { Name: 'AcceptedToDelivered', Unit: 'Milliseconds' }),
          directive([['stack'], ['stack', 'connection', 'kind']], counted('RecordsDelivered')),
          directive([['stack'], ['stack', 'kind']], counted('BrazeRequests'), counted('BrazeObjects')),
        ],
      },
      stack: 'fixed-stack',
      answer: '2xx',
      kind: 'events',
      connection: 'crm',
      BrazeAnswers: 1,
      AcceptedToDelivered: 412,
      RecordsDelivered: 1,
      BrazeRequests: 1,
      BrazeObjects: 3,
    },
  ])
})

test('two values of one dimension, or of one metric, are two lines', () => {
  const { count, flush } = gatherMetrics()
  count('BrazeRequests', 1, { kind: 'events' })
  count('RowsAccepted', 2, { connection: 'crm', kind: 'profiles' })
  count('Parked', 3, { code: 'EVENT_REFUSED' })
  count('Parked', 4, { code: 'IDENTIFIER_MISSING' })
  expect(linesOf(flush).map(({ _aws, ...values }) => values)).toEqual([
    { stack: 'fixed-stack', kind: 'events', code: 'EVENT_REFUSED', BrazeRequests: 1, Parked: 3 },
    {
      stack: 'fixed-stack',
      connection: 'crm',
      kind: 'profiles',
      code: 'IDENTIFIER_MISSING',
      RowsAccepted: 2,
      Parked: 4,
    },
  ])
})

test('values that are measured stand in a list, of which a line takes a hundred', () => {
  const { measure, flush } = gatherMetrics()
  for (let ms = 0; ms < 101; ms++) measure('AcceptedToDelivered', ms, { kind: 'events' })
  const [first, second] = linesOf(flush)
  expect(first?.AcceptedToDelivered).toEqual(Array.from({ length: 100 }, (_, ms) => ms))
  expect(second?.AcceptedToDelivered).toBe(100)
})

test('nothing gathered is no line', () => {
  expect(linesOf(gatherMetrics().flush)).toEqual([])
})

const linesOf = (take: ReturnType<typeof gatherMetrics>['flush']): Record<string, unknown>[] =>
  metricLines(take(), 'fixed-stack', NOW).map((line) => JSON.parse(line))

const directive = (dimensions: string[][], ...metrics: object[]) => ({
  Namespace: 'ActionIQBrazeBridge',
  Dimensions: dimensions,
  Metrics: metrics,
})

const counted = (Name: string) => ({ Name, Unit: 'Count' })
