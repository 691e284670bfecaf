import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runOps } from '../bin/ops/run-ops.ts'
import { discard, type RunningBridge, startBridge } from './bridge.ts'

/** These tests run `npm run ops -- status` against a running bridge that they bring into each state. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const status = async (...argv: string[]) => {
  const { code, out, errors } = await runOps(['status', '--local', '--state-dir', bridge.stateDir, ...argv])
  expect([code, errors]).toEqual([0, []])
  return out.map(normalised)
}

/** Replaces times, ids and the state folder, which differ from run to run. */
const normalised = (line: string) =>
  line
    .replace(bridge.stateDir, 'DIR')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replace(/ *\b\d+\.\d s\b/g, ' N s')
    .replace(/ *\b\d+ s\b/g, ' N s')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'REQUEST')
    .replace(/\b[0-9a-f]{16}\b/g, 'PERSON')

const rowsOf = (run: string, ...people: string[]) =>
  people.map((external_id) => ({ external_id, run_id: run, audience_id: '1042', split_id: '2', op: 'enter' }))

test('a bridge at rest', async () => {
  expect(await status()).toEqual([
    'the local run on DIR, TIME',
    '',
    '                                profiles        events',
    'Delivery                              on            on',
    'Messages waiting                       0             0',
    '  in flight                            0             0',
    '  oldest since                         -             -',
    'Dead letters                           0             0',
    'Last 5 minutes',
    '  rows accepted                        0             0',
    '  delivered                            0             0',
    '  parked                               0             0',
    'Last hour',
    '  rows accepted                        0             0',
    '  delivered                            0             0',
    '  parked                               0             0',
    '  requests full                        -             -',
    '  until Braze has it, p50              -             -',
    '  p99                                  -             -',
    '',
    'Braze was not asked in the last hours.',
    'Nothing was parked in the last 24 hours.',
  ])
})

test('profiles paused, events delivered, a row parked', async () => {
  await bridge.post('/v1/activations', [
    ...rowsOf('889', 'fixture-u1', 'fixture-u2', 'fixture-u3'),
    { tier: 'x' },
  ])
  await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: 'fixture-event' })
  await bridge.queues.waitUntilQuiet()
  await runOps(['pause', 'profiles', '--local', '--state-dir', bridge.stateDir])
  await bridge.post('/v1/activations', rowsOf('890', 'fixture-u4'))
  expect((await status()).slice(3)).toEqual([
    'Delivery                          PAUSED            on',
    'Messages waiting                       1             0',
    '  in flight                            0             0',
    '  oldest since N s             -',
    'Dead letters                           1             0',
    'Last 5 minutes',
    '  rows accepted                        4             1',
    '  delivered                            3             1',
    '  parked                               1             0',
    'Last hour',
    '  rows accepted                        4             1',
    '  delivered                            3             1',
    '  parked                               1             0',
    '  requests full                      4 %           1 %',
    '  until Braze has it, p50 N s N s',
    '  p99 N s N s',
    '',
    'Braze answered 201 N s ago; in the last hour 2 requests: 100 % 2xx.',
    'Parked in the last 24 hours: IDENTIFIER_MISSING 1. docs/dead-letters.md explains each.',
  ])
})

test('Braze fails on events and tells profiles to wait: both hold, nothing is parked', async () => {
  bridge.simulator.script([
    { do: 'answer', status: 500, event: 'fixture-event', times: 'always' },
    {
      do: 'answer',
      status: 429,
      users: ['external_id:fixture-u2'],
      headers: { 'retry-after': '60' },
      times: 'always',
    },
  ])
  const answers = (answer: string) => bridge.measurements.sum('BrazeAnswers', { answer })
  await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: 'fixture-event' })
  await vi.waitFor(() => expect(answers('5xx')).toBe(1))
  await bridge.post('/v1/activations', { external_id: 'fixture-u2', tier: 'x' })
  await vi.waitFor(() => expect(answers('429')).toBe(1))
  const lines = await status()
  expect(lines.slice(4, 6)).toEqual([
    'Messages waiting                       0             0',
    '  in flight                            1             1',
  ])
  expect(lines.slice(-2)).toEqual([
    'Braze answered 429 N s ago; in the last hour 2 requests: 50 % 429, 50 % 5xx.',
    'Nothing was parked in the last 24 hours.',
  ])
})

test('runs: one that has arrived, one with parked rows, one that waits, one that nobody knows', async () => {
  bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u5'], times: 'always' }])
  await bridge.post('/v1/activations', [
    ...rowsOf('889', 'fixture-u1', 'fixture-u2'),
    ...rowsOf('890', 'fixture-u3', 'fixture-u4', 'fixture-u5'),
    { run_id: '890', tier: 'x' },
  ])
  await bridge.queues.waitUntilQuiet()
  await runOps(['pause', 'profiles', '--local', '--state-dir', bridge.stateDir])
  await bridge.post('/v1/activations', rowsOf('891', 'fixture-u6', 'fixture-u7'))
  expect(await status('--run', '889')).toEqual([
    'Run 889 has arrived: Braze has taken all 2 rows.',
    '',
    'Accepted              2  first TIME, last TIME',
    'Delivered             2  last TIME',
    'Parked                0',
    'Under way             0',
    '',
    'Audience    accepted   delivered      parked',
    '1042_2             2           2           0',
  ])
  expect(await status('--run', '890')).toEqual([
    'Run 890 has arrived: Braze has taken 2 of 4 rows, 2 are parked.',
    '',
    'Accepted              3  first TIME, last TIME',
    'Delivered             2  last TIME',
    'Parked                2  1 that could not be read',
    'Under way             0',
    '',
    'Audience    accepted   delivered      parked',
    '1042_2             3           2           1',
  ])
  expect(await status('--run', '891')).toEqual([
    'Run 891: 2 of 2 rows are still on the way.',
    '',
    'Accepted              2  first TIME, last TIME',
    'Delivered             0',
    'Parked                0',
    'Under way             2',
    '',
    'Audience    accepted   delivered      parked',
    '1042_2             2           0           0',
    '',
    'Delivery is paused of profiles: npm run ops -- resume --local --state-dir DIR goes on with it.',
  ])
  expect(await status('--run', '892', '--since', '24h')).toEqual([
    'Nothing is known of run 892 in the last 1 day.',
    'Is it written as the sender writes it? --since looks further back, as far as the log is kept (logRetentionDays in cdk.json).',
  ])
})

test('a person can be followed without being named', async () => {
  bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u5'], times: 'always' }])
  await bridge.post('/v1/activations', rowsOf('890', 'fixture-u4', 'fixture-u5'))
  await bridge.queues.waitUntilQuiet()
  const footer = [
    'Requests of more than 10 rows name nobody, and the worker tells of each record that it parks, 20 an invocation. What',
    'was accepted and is not parked is delivered, or waits: status shows how long.',
  ]
  const request = '  TIME  accepted by request REQUEST to activations of default: 200, 2 accepted, 0 rejected'
  expect(await status('--person', 'fixture-u5')).toEqual([
    'Of this person, 1 request in the last 3 days, and 1 record parked.',
    'The log calls them PERSON.',
    '',
    request,
    '  TIME  parked from profiles of run 890, request REQUEST: REJECTED_BY_BRAZE',
    '',
    ...footer,
  ])
  expect(await status('--person', 'fixture-u4')).toEqual([
    'Of this person, 1 request in the last 3 days, and nothing was parked.',
    'The log calls them PERSON.',
    '',
    request,
    '',
    ...footer,
  ])
  // The command must not find an external id as a Braze id.
  expect(await status('--braze-id', 'fixture-u5')).toEqual([
    'Nothing is told of this person in the last 3 days.',
    'The log calls them PERSON.',
    '',
    ...footer,
  ])
})

test('--json is one object in a line, for each kind of question', async () => {
  await bridge.post('/v1/activations', rowsOf('889', 'fixture-u1'))
  await bridge.queues.waitUntilQuiet()
  const [seen = '', ...more] = await status('--json')
  expect(more).toEqual([])
  expect(JSON.parse(seen)).toMatchObject({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    queues: {
      profiles: {
        delivery: 'enabled',
        waiting: 0,
        inFlight: 0,
        letters: 0,
        lastHour: { accepted: 1, delivered: 1, parked: 0, requests: 1, objects: 1 },
      },
      events: { lastFiveMinutes: { accepted: 0 } },
    },
    braze: { last: { status: '201' }, lastHour: { '2xx': 1, '429': 0 } },
    parkedLastDay: {},
  })
  const [run = ''] = await status('--json', '--run', '889')
  expect(JSON.parse(run)).toMatchObject({ run: '889', progress: { accepted: 1, delivered: 1, underWay: 0 } })
  const [unknown = ''] = await status('--json', '--run', '890')
  expect(JSON.parse(unknown)).toMatchObject({ run: '890', progress: null })
  const [person = ''] = await status('--json', '--person', 'fixture-u1')
  expect(JSON.parse(person)).toMatchObject({ lines: [{ message: 'request', accepted: '1' }] })
})

test('--watch looks until the person has seen enough', async () => {
  const stopping = new AbortController()
  const { code, out } = await runOps(
    ['status', '--watch', '--local', '--state-dir', bridge.stateDir],
    stopping.signal,
    (line) => {
      if (line.startsWith('Nothing was parked')) stopping.abort()
    },
  )
  expect([code, out.length]).toEqual([0, 22])
})
