import { randomUUID } from 'node:crypto'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { DEFAULT_OPTIONS, type RedriveOptions } from '../../../bin/ops/redrive/options.ts'
import { type RedriveDeps, redrive } from '../../../bin/ops/redrive/redrive.ts'
import { sqsDeadLetters } from '../../../bin/ops/sqs.edge.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { sqsSendBatch } from '../../../functions/shared/queue.edge.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../sensitive-fixtures.ts'
import { runOps } from './run-ops.ts'

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
  const { code, out, errors } = await runOps(['redrive', '--local', '--state-dir', bridge.stateDir, ...argv])
  await bridge.queues.waitUntilQuiet()
  return { code, text: masked([...out, ...errors].join('\n')) }
}

/** Replaces the folder, the ids and the times of this run. */
const masked = (text: string) =>
  text
    .replaceAll(bridge.stateDir, 'STATE_DIR')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')

const codes = () => bridge.queues.deadLetters().map(({ failure }) => failure?.code)
const eventNames = () => bridge.simulator.events().map(({ name }) => name)

const REDRIVE: RedriveOptions = { ...DEFAULT_OPTIONS, rate: Number.POSITIVE_INFINITY, yes: true }

/** The dependencies that the command passes to `redrive`, with the changes of a test. */
const redriveDeps = (changed: Partial<RedriveDeps>): RedriveDeps => {
  const announced = readAnnounced(bridge.stateDir)
  if (!announced) throw new Error('the local run has not announced its queues')
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: announced.sqsEndpoint,
    credentials: announced.awsCredentials,
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

describe('a profile that Braze rejected', () => {
  beforeEach(async () => {
    reject('fixture-u1')
    await send('/v1/activations', [
      { external_id: 'fixture-u1', audience_id: '1042', split_id: '2', fixture_tier: 'fixture-tier-7731' },
      { external_id: 'fixture-u2', fixture_tier: 'fixture-tier-7732' },
    ])
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
    bridge.simulator.clearScript()
  })

  test('stays without --yes, and is shown without personal data, which --show adds', async () => {
    const { code, text } = await ops()
    expect(code).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "Looking at the local run on STATE_DIR
      Dead letters: 1 in profiles, 0 in events.

      Would redrive 1 record of 1 dead letter, in about 0 s at 100 records a second
        REJECTED_BY_BRAZE        profiles  1 record  accepted TIME
          message id ID

      Nothing has been changed. --yes redrives them."
    `)
    expect(text).not.toMatch(SENSITIVE_FIXTURES)
    expect((await ops('--show')).text).toContain('"fixture_tier":"fixture-tier-7731"')
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
  })

  test('stays with --yes if it is too old, and the command says how to redrive it anyway', async () => {
    const { code, text } = await ops('--yes', '--max-age', '0m')
    expect(code).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "Redriving on the local run on STATE_DIR
      Dead letters: 1 in profiles, 0 in events.

      Nothing is redriven.

      Stays: 1 record of 1 dead letter
        Why: accepted more than 0 minutes ago: newer data of the same person may have been delivered since
        Next: Let ActionIQ send the person again. A longer --max-age or --include-stale redrives it anyway.
        REJECTED_BY_BRAZE        profiles  1 record  accepted TIME
          message id ID"
    `)
    expect(codes()).toEqual(['REJECTED_BY_BRAZE'])
    expect(attributesOf(bridge, 'fixture-u1')).toBeUndefined()
  })

  test('reaches Braze with --yes, and its dead letter is gone', async () => {
    const { code, text } = await ops('--yes')
    expect(code).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "Redriving on the local run on STATE_DIR
      Dead letters: 1 in profiles, 0 in events.

      Redriving 1 record of 1 dead letter, in about 0 s at 100 records a second
        REJECTED_BY_BRAZE        profiles  1 record  accepted TIME
          message id ID

      Redriven: 1 record of 1 dead letter."
    `)
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({
      AIQ_1042_2: true,
      fixture_tier: 'fixture-tier-7731',
    })
    expect(codes()).toEqual([])
  })

  test('is counted by --json before and after', async () => {
    const json = async (...argv: string[]) => JSON.parse((await ops('--json', ...argv)).text)
    expect(await json('--max-age', '0m')).toMatchInlineSnapshot(
      { at: expect.any(String) },
      `
      {
        "at": Any<String>,
        "command": "redrive",
        "ok": true,
        "result": {
          "stays": [
            {
              "deadLetters": 1,
              "hint": "Let ActionIQ send the person again. A longer --max-age or --include-stale redrives it anyway.",
              "reason": "accepted more than 0 minutes ago: newer data of the same person may have been delivered since",
              "records": 1,
              "rule": "too old",
            },
          ],
          "wouldRedrive": {
            "deadLetters": 0,
            "records": 0,
          },
        },
        "target": "the local run on STATE_DIR",
      }
    `,
    )
    expect(await json()).toMatchObject({
      ok: true,
      result: { wouldRedrive: { deadLetters: 1, records: 1 }, stays: [] },
    })
    expect(await json('--yes')).toMatchObject({
      ok: true,
      result: { redriven: { deadLetters: 1, partlySent: 0 }, stays: [] },
    })
    expect(codes()).toEqual([])
  })
})

test('attributes that a later dead letter sets stay; the rest is redriven in order', async () => {
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
  expect(text).toContain('1 record of these without the attributes that a later dead letter sets.')
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
  const first = await redrive(REDRIVE, redriveDeps({ remove: async () => false }))
  expect([first.complete, first.partlySent.size]).toEqual([false, 1])
  await bridge.queues.waitUntilQuiet()
  expect(eventNames()).toEqual(['fixture-event-7731'])
  const second = await redrive(REDRIVE, redriveDeps({}))
  expect([second.complete, second.done.size]).toEqual([true, 1])
  await bridge.queues.waitUntilQuiet()
  expect(eventNames()).toEqual(['fixture-event-7731'])
  expect(codes()).toEqual([])
})

test('a row that the current settings can read is redriven through the receiver’s code, its numbers digit by digit', async () => {
  const row = (id: string, more = '') =>
    `{"user_id":${id},"audience_id":"7","op":"enter","AIQ_7_0":false${more}}`
  const { json } = await bridge.post(
    '/v1/activations',
    `[${row('12345678901234567891')},${row('"fixture-u2"', ',"fixture_n":12345678901234567891')}]`,
  )
  expect(json.errors?.map(({ code }) => code)).toEqual(['MEMBERSHIP_CONFLICT', 'NUMBER_NOT_EXACT'])
  expect((await ops('--yes')).text).toContain('Nothing is redriven.')

  const deps = redriveDeps({})
  const { complete } = await redrive(REDRIVE, {
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

test('without a local run on the folder it says so', async () => {
  const { code, errors } = await runOps(['redrive', '--local', '--state-dir', `${bridge.stateDir}/none`])
  expect([code, errors]).toEqual([1, [expect.stringContaining('No npm start is running on')]])
})
