import { afterAll, beforeAll, expect, test } from 'vitest'
import { discard, type RunningBridge, startBridge } from './bridge.ts'

/**
 * Logs and metrics of rows that went through the whole bridge. Dashboards, alarms and ops commands depend on
 * them.
 */

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
  const rows = [
    ...['fixture-u1', 'fixture-u2', 'fixture-u3'].map((external_id) => ({ external_id, run_id: '889' })),
    { external_id: 'fixture-u4', run_id: '890' },
  ].map((row) => ({ ...row, audience_id: '1042', split_id: '2', op: 'enter' }))
  await bridge.post('/v1/activations', [
    ...rows,
    // The worker withholds `$bad` from the first row, and the receiver rejects the second.
    { external_id: 'fixture-u5', run_id: '890', AIQ_1043_1: true, $bad: 'fixture' },
    { run_id: '890', tier: 'fixture' },
  ])
  await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: 'Seen', run_id: '889' })
  await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: 'Seen' }, { 'x-api-key': 'wrong' })
  await bridge.queues.waitUntilQuiet()
})
afterAll(() => discard(bridge))

test('rows and records are counted by stack, and by connection and queue', () => {
  const { sum } = bridge.measurements
  const [profiles, events] = [
    { connection: 'default', kind: 'profiles' },
    { connection: 'default', kind: 'events' },
  ]
  expect([sum('RowsAccepted'), sum('RowsAccepted', profiles), sum('RowsAccepted', events)]).toEqual([6, 5, 1])
  expect([sum('RowsParked'), sum('RowsParked', profiles), sum('RowsParked', events)]).toEqual([1, 1, 0])
  expect([
    sum('RecordsDelivered'),
    sum('RecordsDelivered', profiles),
    sum('RecordsDelivered', events),
  ]).toEqual([6, 5, 1])
  expect([sum('RecordsParked'), sum('RecordsParked', profiles)]).toEqual([0, 0])
  expect(sum('Parked', { code: 'IDENTIFIER_MISSING' })).toBe(1)
  expect(sum('Parked', { code: 'ATTRIBUTE_REFUSED' })).toBe(1)
  expect(sum('RequestsRefused')).toBe(1)
})

test('so are Braze’s answers, the objects it was sent, and the time on the way', () => {
  const { sum, percentile } = bridge.measurements
  const requests = sum('BrazeRequests')
  expect(requests).toBe(bridge.simulator.requests().length)
  expect(sum('BrazeAnswers', { answer: '2xx' })).toBe(requests)
  expect(sum('BrazeRequests', { kind: 'events' })).toBe(1)
  expect(sum('BrazeObjects', { kind: 'events' })).toBe(1)
  expect(sum('BrazeObjects', { kind: 'profiles' })).toBe(5)
  expect(percentile('AcceptedToDelivered', 0.5, { kind: 'events' })).toBeGreaterThanOrEqual(0)
  expect(percentile('AcceptedToDelivered', 0.5, { kind: 'profiles' })).toBeLessThan(30_000)
})

test('the log tells how far each run has come', () => {
  expect(added('run progress', ['stage', 'kind', 'run'])).toEqual({
    'accepted profiles 889': { accepted: 3, parked: 0 },
    'accepted profiles 890': { accepted: 2, parked: 1 },
    'accepted events 889': { accepted: 1, parked: 0 },
    'delivered profiles 889': { delivered: 3, parked: 0 },
    'delivered profiles 890': { delivered: 2, parked: 0 },
    'delivered events 889': { delivered: 1, parked: 0 },
  })
  expect(added('audience progress', ['stage', 'run', 'audience'])).toEqual({
    'accepted 889 1042_2': { accepted: 3, parked: 0 },
    'accepted 890 1042_2': { accepted: 1, parked: 0 },
    'accepted 890 1043_1': { accepted: 1, parked: 0 },
    'delivered 889 1042_2': { delivered: 3, parked: 0 },
    'delivered 890 1042_2': { delivered: 1, parked: 0 },
    'delivered 890 1043_1': { delivered: 1, parked: 0 },
  })
})

test('one person can be followed from the request to the dead letter, by a hash', () => {
  const request = bridge.logs.find(({ message, accepted }) => message === 'request' && accepted === 5)
  const parked = bridge.logs.find(({ message, service }) => message === 'parked' && service === 'worker')
  expect(request?.people).toHaveLength(5)
  expect(parked).toMatchObject({
    code: 'ATTRIBUTE_REFUSED',
    connection: 'default',
    kind: 'profiles',
    run: '890',
    person: expect.stringMatching(/^[0-9a-f]{16}$/),
    requestId: request?.requestId,
  })
  expect(request?.people).toContain(parked?.person)
})

test('the log is kept in memory, with its times', () => {
  const stored = bridge.logStore.entries()
  expect(stored.map(({ entry }) => entry)).toEqual(bridge.logs)
  expect(stored.every(({ at }) => Math.abs(at - Date.now()) < 60_000)).toBe(true)
})

/**
 * Adds up the counts in the log lines with this message, grouped by the given fields in order of first
 * appearance.
 */
function added(message: string, by: readonly string[]) {
  const sums: { [key: string]: { [count: string]: number } } = {}
  for (const line of bridge.logs.filter((entry) => entry.message === message)) {
    const key = by.map((name) => line[name]).join(' ')
    const stage = String(line.stage)
    const { [stage]: before = 0, parked = 0 } = sums[key] ?? {}
    sums[key] = { [stage]: before + Number(line[stage]), parked: parked + Number(line.parked ?? 0) }
  }
  return sums
}
