import { expect, test } from 'vitest'
import { startLiveCounters } from '../../../bin/local/live-counters.ts'

const entry = (message: string, fields: object) => ({ level: 'INFO', service: 'x', message, ...fields })

test('rows are counted as the receiver logs them, records as the worker does, and both may park', () => {
  const { take, totals } = startLiveCounters()
  take(entry('request', { received: 5, accepted: 3, rejected: 2, status: 200 }), 1)
  take(entry('request', { received: 1, accepted: 1, rejected: 0, status: 200 }), 2)
  take(entry('worked', { messages: 1, delivered: 3, parked: 1, returned: 0 }), 3)
  take(entry('something else', { received: 100, delivered: 100 }), 4)
  expect(totals()).toEqual({ received: 6, accepted: 4, delivered: 3, parked: 3 })
})

test('what is captured goes nowhere, so it is not counted', () => {
  const { take, totals } = startLiveCounters()
  take(entry('request', { received: 5, accepted: 3, rejected: 2, captured: true }), 1)
  expect(totals()).toEqual({ received: 0, accepted: 0, delivered: 0, parked: 0 })
})

test('of the requests to Braze the latest fifty are kept, newest first', () => {
  const { take, brazeRequests } = startLiveCounters()
  for (let at = 1; at <= 60; at++) take(entry('braze answered', { status: 201, attributes: 75, ms: at }), at)
  take(entry('braze answered', { status: 'timeout', events: 2, ms: 30_000 }), 61)
  const requests = brazeRequests()
  expect(requests.length).toBe(50)
  expect(requests.slice(0, 2)).toEqual([
    { number: 61, at: 61, status: 'timeout', profiles: 0, events: 2, purchases: 0, ms: 30_000 },
    { number: 60, at: 60, status: 201, profiles: 75, events: 0, purchases: 0, ms: 60 },
  ])
})

test('of the requests of senders the latest fifty are kept, newest first, also those that were refused', () => {
  const { take, inboundRequests } = startLiveCounters()
  const counts = { received: 1, accepted: 1, rejected: 0 }
  for (let at = 1; at <= 60; at++)
    take(entry('request', { ...counts, status: 200, endpoint: 'events', connection: 'crm', ms: at }), at)
  const refused = { received: 0, accepted: 0, rejected: 0, problem: 'json-broken' }
  take(entry('request', { ...refused, status: 400, endpoint: 'records', ms: 3 }), 61)
  expect(inboundRequests()).toHaveLength(50)
  expect(inboundRequests()[0]).toEqual({
    ...{ number: 61, at: 61, status: 400, endpoint: 'records', accepted: 0, rejected: 0 },
    ...{ problem: 'json-broken', ms: 3 },
  })
})
