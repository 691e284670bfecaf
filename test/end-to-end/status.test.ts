import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { runOps } from '../bin/ops/run-ops.ts'
import { discard, type RunningBridge, startBridge } from './bridge.ts'

/** These tests run `npm run ops -- status` against a running bridge that they bring into each state. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const ops = (...argv: string[]) => runOps([...argv, '--local', '--state-dir', bridge.stateDir])

/** What `status` prints, in a form that can be compared. */
async function status(...argv: string[]) {
  const { code, out, errors } = await ops('status', ...argv)
  expect(errors).toEqual([])
  return { code, text: normalised(out.join('\n')) }
}

/** Replaces times, ids and the state folder, which differ from run to run. */
const normalised = (text: string) =>
  text
    .replaceAll(bridge.stateDir, 'DIR')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/ *\b\d+\.\d s\b/g, ' N s')
    .replace(/ *\b\d+ s\b/g, ' N s')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'REQUEST')
    .replace(/\b[0-9a-f]{16}\b/g, 'PERSON')

const rowsOf = (run: string, ...people: string[]) =>
  people.map((external_id) => ({ external_id, run_id: run, audience_id: '1042', split_id: '2', op: 'enter' }))

test('a bridge at rest', async () => {
  const { code, text } = await status()
  expect(code).toBe(0)
  expect(text).toMatchInlineSnapshot(`
    "ok  Everything is delivered.
        Nothing waits.

    the local run on DIR, TIME

                                    profiles        events
    Delivery                              on            on
    Messages waiting                       0             0
      in flight                            0             0
      oldest waiting                       -             -
    Dead letters                           0             0
    Last 5 minutes
      rows accepted                        0             0
      delivered                            0             0
      parked                               0             0
    Last hour
      rows accepted                        0             0
      delivered                            0             0
      parked                               0             0
      requests filled                      -             -
      time to Braze, median                -             -
      99th percentile                      -             -

    No request was sent to Braze in the last hours.
    Nothing was parked in the last 24 hours."
  `)
})

test('profiles paused, events delivered, a row parked', async () => {
  await bridge.post('/v1/activations', [
    ...rowsOf('889', 'fixture-u1', 'fixture-u2', 'fixture-u3'),
    { tier: 'x' },
  ])
  await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: 'fixture-event' })
  await bridge.queues.waitUntilQuiet()
  await ops('pause', 'profiles')
  await bridge.post('/v1/activations', rowsOf('890', 'fixture-u4'))
  expect((await status()).text).toMatchInlineSnapshot(`
    "!!  Delivery of profiles is paused.
        1 message waits, the oldest for N s. Nothing is lost: delivery goes on when the cause is gone.
        Next: npm run ops -- resume profiles --local --state-dir DIR

    the local run on DIR, TIME

                                    profiles        events
    Delivery                          PAUSED            on
    Messages waiting                       1             0
      in flight                            0             0
      oldest waiting N s             -
    Dead letters                           1             0
    Last 5 minutes
      rows accepted                        4             1
      delivered                            3             1
      parked                               1             0
    Last hour
      rows accepted                        4             1
      delivered                            3             1
      parked                               1             0
      requests filled                    4 %           1 %
      time to Braze, median N s N s
      99th percentile N s N s

    Braze answered 201 N s ago.
    2 requests to Braze in the last hour: 100 % 2xx.
    Parked in the last 24 hours (docs/dead-letters.md explains each code):
      1 IDENTIFIER_MISSING"
  `)
})

test('runs whose ids could be personal data are shown together', async () => {
  await bridge.post('/v1/activations', [
    ...rowsOf('anna.schmidt', 'fixture-u1'),
    ...rowsOf('4917612345678', 'fixture-u2'),
  ])
  await bridge.queues.waitUntilQuiet()
  const { code, text } = await status('--run', '(other)')
  expect([code, text.split('\n')[0]]).toEqual([0, 'Run (other) has arrived: all 2 rows are in Braze.'])
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
  const { text } = await status()
  expect(text).toContain('  in flight                            1             1')
  expect(text).toContain(
    'Braze answered 429 N s ago.\n2 requests to Braze in the last hour: 50 % 429, 50 % 5xx.',
  )
})

test('runs: one that is complete, one with parked rows, one that waits, one that is unknown', async () => {
  bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u5'], times: 'always' }])
  await bridge.post('/v1/activations', [
    ...rowsOf('889', 'fixture-u1', 'fixture-u2'),
    ...rowsOf('890', 'fixture-u3', 'fixture-u4', 'fixture-u5'),
    { run_id: '890', tier: 'x' },
  ])
  await bridge.queues.waitUntilQuiet()
  await ops('pause', 'profiles')
  await bridge.post('/v1/activations', rowsOf('891', 'fixture-u6', 'fixture-u7'))
  const runs = [await status('--run', '889'), await status('--run', '890'), await status('--run', '891')]
  expect(runs.map(({ code }) => code)).toEqual([0, 1, 1])
  expect(runs.map(({ text }) => text).join('\n\n')).toMatchInlineSnapshot(`
    "Run 889 has arrived: all 2 rows are in Braze.

    Accepted              2  first TIME, last TIME
    Delivered             2  last TIME
    Parked                0
    In progress           0

    Audience    accepted   delivered      parked
    1042_2             2           2           0

    Run 890 is incomplete: 2 of 4 rows are in Braze, 2 are parked.

    Accepted              3  first TIME, last TIME
    Delivered             2  last TIME
    Parked                2  1 could not be read
    In progress           0

    Audience    accepted   delivered      parked
    1042_2             3           2           1

    Run 891 is held: 2 of 2 rows are not in Braze yet.
    !!  Delivery of profiles is paused.
        2 messages wait, the oldest for N s. Nothing is lost: delivery goes on when the cause is gone.
        Next: npm run ops -- resume profiles --local --state-dir DIR

    Accepted              2  first TIME, last TIME
    Delivered             0
    Parked                0
    In progress           2

    Audience    accepted   delivered      parked
    1042_2             2           0           0"
  `)
  const unknown = await status('--run', '892', '--since', '24h')
  expect(unknown.code).toBe(1)
  expect(unknown.text).toMatchInlineSnapshot(`
    "Nothing is known of run 892 in the last day.
    Check that this is the id that the sender uses. --since looks further back, as
    far as the log is kept (logRetentionDays in cdk.json)."
  `)
})

test('a person can be followed without being named', async () => {
  bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u5'], times: 'always' }])
  await bridge.post('/v1/activations', rowsOf('890', 'fixture-u4', 'fixture-u5'))
  await bridge.queues.waitUntilQuiet()
  const parked = await status('--person', 'fixture-u5')
  const accepted = await status('--person', 'fixture-u4')
  // The command must not find an external id as a Braze id.
  const unknown = await status('--braze-id', 'fixture-u5')
  expect([parked.code, accepted.code, unknown.code]).toEqual([0, 0, 1])
  expect(parked.text).toMatchInlineSnapshot(`
    "This person: 1 request in the last 3 days, 1 record parked.
    The log identifies them as PERSON.

      TIME  request to activations of default: 200, 2 accepted, 0 unreadable
                            request id REQUEST
      TIME  parked from profiles of run 890: REJECTED_BY_BRAZE
                            request id REQUEST

    The log identifies the people of requests of at most 10 rows, and those of up
    to 20 parked records for each invocation of the worker. What was accepted and is
    not parked is delivered or waits; status shows how long."
  `)
  expect(accepted.text).toContain('This person: 1 request in the last 3 days, nothing parked.')
  expect(unknown.text).toContain('The log does not mention this person in the last 3 days.')
})

test('--json prints one object for each kind of question', async () => {
  await bridge.post('/v1/activations', rowsOf('889', 'fixture-u1'))
  await bridge.queues.waitUntilQuiet()
  const json = async (...argv: string[]) => JSON.parse((await status('--json', ...argv)).text)
  expect(await json()).toMatchObject({
    command: 'status',
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    ok: true,
    result: {
      queues: [
        {
          ...{ queue: 'profiles', delivery: 'enabled', waiting: 0, inProgress: 0, deadLetters: 0 },
          lastHour: { accepted: 1, delivered: 1, parked: 0, requests: 1, objects: 1 },
        },
        { queue: 'events', lastFiveMinutes: { accepted: 0 } },
      ],
      lastAnswer: { status: 201 },
      answersLastHour: [{ answer: '2xx', requests: 1 }],
      parkedLastDay: [],
    },
  })
  expect(await json('--run', '889')).toMatchObject({
    ok: true,
    result: { run: '889', known: true, accepted: 1, delivered: 1, inProgress: 0 },
  })
  expect(await json('--run', '890')).toMatchObject({ ok: false, result: { run: '890', known: false } })
  expect(await json('--person', 'fixture-u1')).toMatchObject({
    ok: true,
    result: { requests: 1, parked: 0, entries: [{ message: 'request', accepted: 1, status: 200 }] },
  })
})

describe('--watch', () => {
  test('reads the status until Ctrl-C', async () => {
    const stopping = new AbortController()
    const { code, out } = await runOps(
      ['status', '--watch', '--local', '--state-dir', bridge.stateDir],
      stopping.signal,
      (line) => {
        if (line.startsWith('Nothing was parked')) stopping.abort()
      },
    )
    expect([code, out.length]).toEqual([0, 25])
  })

  test('ends quietly when the reader of its output has seen enough', async () => {
    const argv = ['bin/run.js', 'ops', 'status', '--local', '--state-dir', bridge.stateDir, '--watch']
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const errors = text(child.stderr)
    const exit = once(child, 'exit')
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect(await exit).toEqual([0, null])
    expect(await errors).toBe('')
  })
})
