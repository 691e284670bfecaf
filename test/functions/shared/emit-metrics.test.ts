import { expect, test } from 'vitest'
import { gatherMetrics } from '../../../functions/shared/emit-metrics.ts'

test('what is told by the same dimensions is one group, added up; nothing is left out but nothing', () => {
  const { count, flush } = gatherMetrics()
  count('RowsAccepted', 3, { connection: 'crm', kind: 'profiles' })
  count('RowsParked', 1, { connection: 'crm', kind: 'profiles' })
  count('RowsAccepted', 2, { connection: 'crm', kind: 'events' })
  count('RowsAccepted', 4, { connection: 'crm', kind: 'profiles' })
  count('RequestsRefused', 1)
  count('RequestsUnavailable', 0)
  expect(flush()).toEqual([
    {
      sets: [[], ['connection', 'kind']],
      dimensions: { connection: 'crm', kind: 'profiles' },
      values: new Map([
        ['RowsAccepted', [7]],
        ['RowsParked', [1]],
      ]),
    },
    {
      sets: [[], ['connection', 'kind']],
      dimensions: { connection: 'crm', kind: 'events' },
      values: new Map([['RowsAccepted', [2]]]),
    },
    { sets: [[]], dimensions: {}, values: new Map([['RequestsRefused', [1]]]) },
  ])
  expect(flush()).toEqual([])
})

test('measured values stay apart, in groups that one line takes', () => {
  const { measure, flush } = gatherMetrics()
  for (let ms = 0; ms < 250; ms++) measure('AcceptedToDelivered', ms, { kind: 'events' })
  const values = flush().map((group) => group.values.get('AcceptedToDelivered') ?? [])
  expect(values.map(({ length }) => length)).toEqual([100, 100, 50])
  expect(values.flat()).toEqual(Array.from({ length: 250 }, (_, ms) => ms))
})
