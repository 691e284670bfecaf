import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { StartProgress } from '../../../../bin/cli/progress.ts'
import { INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { main } from '../../../../bin/ops/main.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import {
  attributesOf,
  discard,
  eventsOf,
  type RunningBridge,
  startBridge,
} from '../../../end-to-end/bridge.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { createTestIo } from '../../../test-io.ts'

/** These tests send files to a running bridge over real HTTP, and follow their rows. */

const connections = Connections.parse({
  basic: { authentication: [{ kind: 'basic', user: 'fixture-sender' }] },
  bearer: { authentication: [{ kind: 'bearer' }] },
  hmac: {
    authentication: [{ kind: 'hmac', header: 'x-signature', prefix: 'sha256=', timestampHeader: 'x-time' }],
    signedEndpoint: 'records',
  },
  standard: { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'records' },
  trial: { mode: 'capture' },
})

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge({ connections })
})
afterEach(() => discard(bridge))

const write = (name: string, content: string) => {
  const file = join(bridge.stateDir, name)
  writeFileSync(file, content)
  return file
}

/** @returns the output without the path of the state. */
const ops = async (...argv: string[]) => {
  const progress: string[] = []
  const startProgress: StartProgress = (total) => ({
    to: (done, what) => progress.push(`${done} of ${total}: ${what}`),
    end: (what) => progress.push(what),
  })
  const { io, out, errors } = createTestIo([...argv, '--local', '--state-dir', bridge.stateDir], {
    startProgress,
  })
  const code = await main(io)
  return { code, text: [...out, ...errors].join('\n').replaceAll(bridge.stateDir, '/state'), progress }
}
const send = (...argv: string[]) => ops('send', ...argv, '--key', 'k')

const ROW = '[{"external_id":"fixture-u1","tier":"x"}]'
const PEOPLE = Array.from({ length: 12 }, (_, n) => ({
  external_id: `fixture-u${n}`,
  tier: `fixture-tier-${n}`,
}))

test('a file is sent in several requests, in its order, and is followed until Braze has it', async () => {
  const rows = [...PEOPLE, { external_id: 'fixture-u0', tier: 'fixture-tier-last' }]
  const file = write('rows.json', JSON.stringify(rows))
  const activation = ['--endpoint', 'activations', '--audience-id', '1042']
  const { code, text, progress } = await send(file, ...activation, '--rows', '5')
  expect(code).toBe(0)
  expect(progress.slice(-2)).toEqual([
    '13 of 13: delivered 13, parked 0, accepted 13',
    '13 accepted, 13 known to be delivered.',
  ])
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Sending      13 rows in 3 requests, with the key k
    Accepted     13 rows
    Delivered    13
    Check with   npm run ops -- verify /state/rows.json --endpoint activations --query audience_id=1042 --local --state-dir /state"
  `)
  expect(attributesOf(bridge, 'fixture-u0')).toEqual({ AIQ_1042_0: true, tier: 'fixture-tier-last' })
  expect(attributesOf(bridge, 'fixture-u11')).toEqual({ AIQ_1042_0: true, tier: 'fixture-tier-11' })
  const requests = bridge.logs.filter(({ message }) => message === 'request')
  expect(requests.map(({ accepted }) => accepted)).toEqual([5, 5, 3])
  const [, proof = ''] = /npm run ops -- (verify .*)/.exec(text) ?? []
  const argv = proof.replaceAll('/state', bridge.stateDir).split(' ')
  expect(await ops(...argv, '--wait', '0')).toMatchObject({ code: 0 })
})

test('parked rows are summed by reason, with the next command', async () => {
  bridge.simulator.script([
    { do: 'reject', rejected: ['external_id:fixture-u3', 'external_id:fixture-u4'], times: 'always' },
  ])
  const rows = [...PEOPLE, { tier: 'fixture-tier' }, { external_id: 'fixture-u1', tier: 'x'.repeat(256) }]
  const file = write('rows.json', JSON.stringify(rows))
  const { code, text } = await send(file)
  expect(code).toBe(1)
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Sending      14 rows in 1 request, with the key k
    Accepted     13 rows
    Delivered    10
    Parked       4
                 1 IDENTIFIER_MISSING
                 1 ATTRIBUTE_REFUSED
                 2 REJECTED_BY_BRAZE
                 npm run ops -- dead-letters --local --state-dir /state   shows why, and what to do
    Check with   npm run ops -- verify /state/rows.json --endpoint records --local --state-dir /state"
  `)
  expect(text).not.toMatch(SENSITIVE_FIXTURES)

  const json = await ops('send', file, '--json', '--key', 'k2')
  expect(json.code).toBe(1)
  expect(JSON.parse(json.text)).toEqual({
    command: 'send',
    target: 'the local run on /state',
    at: expect.stringMatching(/Z$/),
    ok: false,
    result: {
      connection: 'default',
      endpoint: 'records',
      idempotencyKey: 'k2',
      rows: 14,
      requests: 1,
      captured: false,
      accepted: 13,
      parked: 4,
      parkedByCode: [
        { code: 'IDENTIFIER_MISSING', rows: 1 },
        { code: 'ATTRIBUTE_REFUSED', rows: 1 },
        { code: 'REJECTED_BY_BRAZE', rows: 2 },
      ],
      delivered: 10,
      inProgress: 0,
      following: { outcome: 'all' },
    },
  })
})

test.each(['default', 'basic', 'bearer', 'hmac', 'standard'])(
  'the connection %s accepts it with its own credentials',
  async (connection) => {
    const file = write('rows.csv', 'external_id,tier\nfixture-u1,fixture-tier-1\n')
    expect(await ops('send', file, '--connection', connection)).toMatchObject({ code: 0 })
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'fixture-tier-1' })
  },
)

describe('what a signature does not cover is not sent', () => {
  test.each([
    ['a parameter of the URL', ['--audience-id', '1042'], '"audience_id" could be changed by others'],
    ['another endpoint', ['--endpoint', 'events'], 'accepts signed requests at /v1/standard/records only'],
  ])('%s', async (_, options, says) => {
    const file = write('rows.json', ROW)
    const { code, text } = await send(file, '--connection', 'standard', ...options)
    expect(code).toBe(1)
    expect(text).toContain(`Nothing was sent. The request from row 0 on would be refused: `)
    expect(text).toContain(says)
  })

  test('with hmac, no key is sent or mentioned', async () => {
    const file = write('rows.json', ROW)
    expect(await send(file, '--connection', 'hmac')).toMatchObject({
      code: 1,
      text: expect.stringContaining(
        'Nothing was sent: the connection hmac signs with hmac, and its signature covers no Idempotency-Key. Leave out --key.',
      ),
    })
    expect((await ops('send', file, '--connection', 'hmac')).text).toContain(
      'Sending      1 row in 1 request\n',
    )
  })
})

test('events, and Braze’s own format', async () => {
  expect(await send('test/fixtures/events.ndjson', '--endpoint', 'events')).toMatchObject({ code: 0 })
  expect(bridge.simulator.events()).toHaveLength(
    readFileSync('test/fixtures/events.ndjson', 'utf8').trim().split('\n').length,
  )
  const event = { external_id: 'fixture-u1', name: 'Seen', time: '2026-01-05T10:00:00Z' }
  const file = write('track.json', JSON.stringify({ events: [event] }))
  expect(await send(file, '--endpoint', 'users/track')).toMatchObject({ code: 0 })
  expect(eventsOf(bridge, 'fixture-u1')).toHaveLength(1)
})

test('the same key within five minutes doubles no event, also when only the rest is sent again', async () => {
  const event = (name: string) => ({ external_id: 'fixture-u1', event_name: name })
  const file = write('events.json', JSON.stringify([event('First'), event('Second'), event('Third')]))
  await send(file, '--rows', '1')
  await send(file, '--rows', '1', '--no-follow')
  await send(file, '--rows', '1', '--no-follow', '--skip', '1')
  await bridge.queues.waitUntilQuiet()
  expect(eventsOf(bridge, 'fixture-u1').map(({ name }) => name)).toEqual(['First', 'Second', 'Third'])
})

test('lines that hold no data count as rows of the file, and are not sent to Braze', async () => {
  const file = write('rows.csv', 'external_id,tier\nfixture-u1,x\nexternal_id,tier\n,\nfixture-u2,x\n')
  const { code, text } = await send(file, '--rows', '2')
  expect(code).toBe(0)
  expect(text).toContain('Sending      4 rows in 2 requests')
  expect(text).toMatch(
    /Accepted +2 rows\n +Skipped +2 lines that hold no data|Accepted +2 rows\nSkipped +2 lines that hold no data/,
  )
})

describe('a refusal stops it, in the words of the answer', () => {
  test('another token', async () => {
    await bridge.post('/v1/activations', '[]')
    // The receiver caches a secret for some seconds before it reads it again.
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-token-of-tomorrow' })
    const { code, text } = await send(write('rows.json', ROW))
    expect(code).toBe(1)
    expect(text).toContain('Refused      at row 0, and nothing after it was sent: 401 ')
    expect(text).not.toContain('fixture-token-of-tomorrow')
  })

  test('no row that can be used', async () => {
    const rows = '[{"tier":"fixture-1"},{"tier":"fixture-2"},{"external_id":"fixture-u1","tier":"x"}]'
    const file = write('rows.json', rows)
    const { code, text } = await send(file, '--rows', '2')
    expect(code).toBe(1)
    expect(text).toMatchInlineSnapshot(`
      "Looking at the local run on /state
      Sending      3 rows in 2 requests, with the key k
      Refused      at row 0, and nothing after it was sent: 422 None of the rows can be used. All rows were rejected; "errors" says why, with rows counted from 0. The rows are in the dead-letter queue. Correct the export and send it again.
                   When you have corrected the cause, repeat the command
      Accepted     0 rows
      Parked       2
                   2 IDENTIFIER_MISSING
                   npm run ops -- dead-letters --local --state-dir /state   shows why, and what to do"
    `)
    expect(await send(file, '--rows', '2', '--skip', '2')).toMatchObject({ code: 0 })
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'x' })
  })
})

test('a file that would be refused later is not begun', async () => {
  const broken = await send(write('rows.json', '[{"external_id":"fixture-u1","tier":"x"},{"external_id":]'))
  expect([broken.code, broken.text]).toEqual([
    1,
    expect.stringContaining(
      'Nothing was sent. The request from row 0 on would be refused: The body is not valid JSON.',
    ),
  ])
  const empty = await send(write('rows.json', ''))
  expect([empty.code, empty.text]).toEqual([1, expect.stringContaining('There are no rows to send.')])
  expect(bridge.logs.filter(({ message }) => message === 'request')).toEqual([])
})

test('a connection in capture mode delivers and parks nothing, and captures shows how it read', async () => {
  const trial = ['--connection', 'trial']
  const rows = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"},{"tier":"fixture-tier-2"}]'
  const { code, text } = await send(write('rows.json', rows), ...trial)
  expect(code).toBe(1)
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Sending      2 rows in 1 request, with the key k
    Captured     2 rows: the connection trial is in capture mode, so nothing is
                 delivered to Braze or parked
    Would accept 1
    Would park   1
                 1 IDENTIFIER_MISSING
                 npm run ops -- captures --connection trial --local --state-dir /state   shows how they were read"
  `)
  const refused = await send(write('none.json', '[{"tier":"fixture-tier-2"}]'), ...trial, '--json')
  expect(refused.code).toBe(1)
  expect(JSON.parse(refused.text).result).toMatchObject({
    captured: true,
    accepted: 0,
    wouldPark: 1,
    wouldParkByCode: [{ code: 'IDENTIFIER_MISSING', rows: 1 }],
    ended: { kind: 'refused', row: 0, reason: expect.stringMatching(/^422 /) },
  })
  expect(await send(write('good.json', ROW), ...trial)).toMatchObject({ code: 0 })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'fixture-u1')).toBeUndefined()
  expect(bridge.queues.deadLetters()).toEqual([])

  const captures = await ops('captures', ...trial, '--json')
  expect(captures.code).toBe(0)
  expect(captures.text).not.toMatch(SENSITIVE_FIXTURES)
  const { result } = JSON.parse(captures.text)
  expect(result).toMatchObject({ requests: 3, complete: true })
  expect(result.captures).toContainEqual(expect.objectContaining({ rows: 2, accepted: 1, rejected: 1 }))
})

test('--no-follow ends when all is accepted; --timeout ends with what is known', async () => {
  bridge.simulator.script([{ do: 'answer', status: 401, times: 'always' }])
  const file = write('rows.json', ROW)
  const notFollowed = await send(file, '--no-follow')
  const timedOut = await send(file, '--timeout', '0m')
  expect([notFollowed.code, timedOut.code]).toEqual([0, 1])
  expect(`${notFollowed.text}\n\n${timedOut.text}`).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Sending      1 row in 1 request, with the key k
    Accepted     1 row
    Not followed npm run ops -- status --local --state-dir /state   shows what is in progress
    Check with   npm run ops -- verify /state/rows.json --endpoint records --local --state-dir /state

    Looking at the local run on /state
    Sending      1 row in 1 request, with the key k
    Accepted     1 row
    Delivered    0, and 1 in progress: the bridge continues with them
                 npm run ops -- status --local --state-dir /state   shows the queues
    Check with   npm run ops -- verify /state/rows.json --endpoint records --local --state-dir /state"
  `)
})

test('an unknown connection is a wrong command line', async () => {
  expect(await send(write('rows.json', ROW), '--connection', 'basik')).toMatchObject({
    code: 2,
    text: expect.stringContaining('There is no connection basik. Known connections: default, basic'),
  })
})
