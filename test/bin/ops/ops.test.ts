import { randomUUID } from 'node:crypto'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { plain } from '../../../bin/cli/paint.ts'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { main } from '../../../bin/ops/main.ts'
import type { RedriveOptions } from '../../../bin/ops/redrive/options.ts'
import { type RedriveDeps, redrive } from '../../../bin/ops/redrive/redrive.ts'
import { sqsDeadLetters } from '../../../bin/ops/sqs.edge.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { sqsSendBatch } from '../../../functions/shared/queue.edge.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../sensitive-fixtures.ts'

/** These tests work on a running bridge over HTTP: they park records, fix the cause, list and redrive. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

/** Makes Braze reject everything that is sent for these people. */
const reject = (...people: string[]) =>
  bridge.simulator.script([
    { do: 'reject', rejected: people.map((id) => `external_id:${id}`), times: 'always' },
  ])

const send = async (path: string, body: unknown) => {
  expect((await bridge.post(path, body)).json.accepted).toBeGreaterThan(0)
  await bridge.queues.waitUntilQuiet()
}

const ops = async (...argv: string[]) => {
  const lines: string[] = []
  const code = await main({
    argv: ['redrive', '--local', '--state-dir', bridge.stateDir, ...argv],
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  await bridge.queues.waitUntilQuiet()
  return { code, text: lines.join('\n') }
}

const codes = () => bridge.queues.deadLetters().map(({ failure }) => failure?.code)
const eventNames = () => bridge.simulator.events().map(({ name }) => name)

const CHOICE: RedriveOptions = {
  queues: ['profiles', 'events'],
  codes: [],
  deadLetterIds: [],
  connection: undefined,
  run: undefined,
  maxAgeMs: 86_400_000,
  includeStale: false,
  includeDoubtful: false,
  rate: Number.POSITIVE_INFINITY,
  yes: true,
  show: false,
}

/** The dependencies that the command passes to `redrive`, with the changes of a test. */
const redriveDeps = (changed: Partial<RedriveDeps>): RedriveDeps => {
  const announced = readAnnounced(bridge.stateDir)
  if (!announced) throw new Error('the local run does not tell where its queues are')
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: announced.sqsEndpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  onTestFinished(() => sqs.destroy())
  return {
    ...sqsDeadLetters(sqs, announced.settings.deadLetters, 0),
    sendBatch: sqsSendBatch(sqs, () => undefined),
    now: Date.now,
    newId: randomUUID,
    pause: async () => undefined,
    stop: new AbortController().signal,
    settings: announced.settings,
    startProgress: NO_PROGRESS,
    out: () => undefined,
    ...changed,
  }
}

describe('of a profile that Braze refused', () => {
  beforeEach(async () => {
    reject('fixture-u1')
    await send('/v1/activations', [
      { external_id: 'fixture-u1', audience_id: '1042', split_id: '2', fixture_tier: 'fixture-tier-7731' },
      { external_id: 'fixture-u2', fixture_tier: 'fixture-tier-7732' },
    ])
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
    bridge.simulator.clearScript()
  })

  test('without --yes it is shown, without the person, and stays', async () => {
    const { code, text } = await ops()
    expect(code).toBe(0)
    expect(text).toContain('Would go back: 1 record of 1 letter')
    expect(text).toContain('REJECTED_BY_BRAZE')
    expect(text).toContain('Nothing was changed.')
    expect(text).not.toMatch(SENSITIVE_FIXTURES)
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
  })

  test('--show shows the record', async () => {
    expect((await ops('--show')).text).toContain('"fixture_tier":"fixture-tier-7731"')
  })

  test('with --yes it reaches Braze, and its letter is gone', async () => {
    const { code, text } = await ops('--yes')
    expect(code).toBe(0)
    expect(text).toContain('Put back: 1 record of 1 letter.')
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({
      AIQ_1042_2: true,
      fixture_tier: 'fixture-tier-7731',
    })
    expect(codes()).toEqual([])
  })

  test('it can be put back after it was looked at: looking leaves the letter visible', async () => {
    await ops()
    expect((await ops('--yes')).text).toContain('Put back: 1 record of 1 letter.')
  })

  test('too old, it stays, and the command says how to put it back all the same', async () => {
    const { code, text } = await ops('--yes', '--max-age', '0m')
    expect(code).toBe(0)
    expect(text).toContain('Stays: 1 record of 1 letter: accepted more than 0 minutes ago')
    expect(text).toContain('--include-stale')
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
    expect(attributesOf(bridge, 'fixture-u1')).toBeUndefined()
  })
})

test('what a later letter overtakes stays; the rest goes back, in order', async () => {
  reject('fixture-u1')
  await send('/v1/activations', {
    external_id: 'fixture-u1',
    fixture_tier: 'fixture-tier-old',
    fixture_city: 'fixture-city-7731',
  })
  await send('/v1/activations', { external_id: 'fixture-u1', fixture_tier: 'fixture-tier-new' })
  bridge.simulator.clearScript()
  const { code, text } = await ops('--yes')
  expect(code).toBe(0)
  expect(text).toContain('1 record of these without the attributes that a later letter sets')
  expect(attributesOf(bridge, 'fixture-u1')).toEqual({
    fixture_tier: 'fixture-tier-new',
    fixture_city: 'fixture-city-7731',
  })
  expect(bridge.queues.deadLetters().flatMap(({ records }) => records)).toEqual([
    { type: 'profile', external_id: 'fixture-u1', attributes: { fixture_tier: 'fixture-tier-old' } },
  ])
  expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
})

test('interrupted between send and delete and run again, an event arrives once', async () => {
  reject('fixture-u1')
  await send('/v1/events', { external_id: 'fixture-u1', event_name: 'fixture-event-7731' })
  bridge.simulator.clearScript()
  const first = await redrive(CHOICE, redriveDeps({ remove: async () => false }))
  expect([first.complete, first.partlySent.size]).toEqual([false, 1])
  await bridge.queues.waitUntilQuiet()
  expect(eventNames()).toEqual(['fixture-event-7731'])
  const second = await redrive(CHOICE, redriveDeps({}))
  expect([second.complete, second.done.size]).toEqual([true, 1])
  await bridge.queues.waitUntilQuiet()
  expect(eventNames()).toEqual(['fixture-event-7731'])
  expect(codes()).toEqual([])
})

test('a row that today’s settings can read goes back through the receiver’s code, its numbers digit by digit', async () => {
  const row = (id: string, more = '') =>
    `{"user_id":${id},"audience_id":"7","op":"enter","AIQ_7_0":false${more}}`
  const { json } = await bridge.post(
    '/v1/activations',
    `[${row('12345678901234567891')},${row('"fixture-u2"', ',"fixture_n":12345678901234567891')}]`,
  )
  expect(json.errors?.map(({ code }) => code)).toEqual(['MEMBERSHIP_CONFLICT', 'NUMBER_NOT_EXACT'])
  expect((await ops('--yes')).text).toContain('Nothing goes back.')

  const deps = redriveDeps({})
  const { complete } = await redrive(CHOICE, {
    ...deps,
    settings: { ...deps.settings, connections: Connections.parse({ default: { defaultSplitId: '9' } }) },
  })
  expect(complete).toBe(true)
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, '12345678901234567891')).toEqual({ AIQ_7_0: false, AIQ_7_9: true })
  expect(attributesOf(bridge, 'fixture-u2')).toBeUndefined()
  const [deadLetter, ...others] = bridge.queues.deadLetters()
  expect([deadLetter?.failure?.code, others]).toEqual(['NUMBER_NOT_EXACT', []])
  expect(deadLetter?.body).toContain('"fixture_n":12345678901234567891')
})

test('with no local run on the folder it says so', async () => {
  const lines: string[] = []
  const code = await main({
    argv: ['redrive', '--local', '--state-dir', `${bridge.stateDir}/none`],
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  expect([code, lines]).toEqual([1, [expect.stringContaining('No npm start is running on')]])
})
