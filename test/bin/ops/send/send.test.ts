import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import {
  attributesOf,
  discard,
  eventsOf,
  type RunningBridge,
  startBridge,
} from '../../../end-to-end/bridge.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

/** These tests send files to a running bridge over real HTTP, and follow their rows. */

const connections = Connections.parse({
  basic: { authentication: [{ kind: 'basic', user: 'fixture-sender' }] },
  bearer: { authentication: [{ kind: 'bearer' }] },
  hmac: {
    authentication: [{ kind: 'hmac', header: 'x-signature', prefix: 'sha256=', timestampHeader: 'x-time' }],
  },
  standard: { authentication: [{ kind: 'standard-webhooks' }] },
  elsewhere: { allowedIps: ['192.0.2.1'] },
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

const ops = async (...argv: string[]) => {
  const { code, out, errors } = await runOps([...argv, '--local', '--state-dir', bridge.stateDir])
  return { code, text: [...out, ...errors].join('\n') }
}
const send = (...argv: string[]) => ops('send', ...argv, '--key', 'k')

const PEOPLE = Array.from({ length: 12 }, (_, n) => ({
  external_id: `fixture-u${n}`,
  tier: `fixture-tier-${n}`,
}))

test('a file goes in several requests, in its order, and is followed until Braze has it', async () => {
  const rows = [...PEOPLE, { external_id: 'fixture-u0', tier: 'fixture-tier-last' }]
  const file = write('rows.json', JSON.stringify(rows))
  const { code, text } = await send(file, '--endpoint', 'activations', '--audience-id', '1042', '--rows', '5')
  expect(text).toBe(
    [
      `Looking at the local run on ${bridge.stateDir}`,
      'Sends        13 rows in 3 requests, with the key k',
      'Accepted     13 rows',
      'Delivered    13',
      `Proof        npm run ops -- verify ${file} --endpoint activations --query audience_id=1042 --local --state-dir ${bridge.stateDir}`,
    ].join('\n'),
  )
  expect(code).toBe(0)
  expect(attributesOf(bridge, 'fixture-u0')).toEqual({ AIQ_1042_0: true, tier: 'fixture-tier-last' })
  expect(attributesOf(bridge, 'fixture-u11')).toEqual({ AIQ_1042_0: true, tier: 'fixture-tier-11' })
  const requests = bridge.logs.filter(({ message }) => message === 'request')
  expect(requests.map(({ accepted }) => accepted)).toEqual([5, 5, 3])
  const [, proof] = /npm run ops -- (verify .*)/.exec(text) ?? []
  expect((await runOps([...(proof?.split(' ') ?? []), '--wait', '0'])).code).toBe(0)
})

test('the parked are summed by reason, with what to type next', async () => {
  bridge.simulator.script([
    { do: 'reject', rejected: ['external_id:fixture-u3', 'external_id:fixture-u4'], times: 'always' },
  ])
  const rows = [...PEOPLE, { tier: 'fixture-tier' }, { external_id: 'fixture-u1', tier: 'x'.repeat(256) }]
  const { code, text } = await send(write('rows.json', JSON.stringify(rows)))
  expect(code).toBe(1)
  expect(text).toContain(
    [
      'Accepted     13 rows',
      'Delivered    10',
      'Parked       4',
      '             1 IDENTIFIER_MISSING',
      '             1 ATTRIBUTE_REFUSED',
      '             2 REJECTED_BY_BRAZE',
      `             npm run ops -- dead-letters --local --state-dir ${bridge.stateDir}   shows why, and what to do`,
    ].join('\n'),
  )
  expect(text.replaceAll(bridge.stateDir, '')).not.toMatch(SENSITIVE_FIXTURES)
})

test.each(['default', 'basic', 'bearer', 'hmac', 'standard'])(
  'the connection %s takes it with its own credentials',
  async (connection) => {
    const file = write('rows.csv', 'external_id,tier\nfixture-u1,fixture-tier-1\n')
    expect(await send(file, '--connection', connection)).toMatchObject({ code: 0 })
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'fixture-tier-1' })
  },
)

test('events, and Braze’s own body', async () => {
  expect(await send('test/fixtures/events.ndjson', '--endpoint', 'events')).toMatchObject({ code: 0 })
  expect(bridge.simulator.events()).toHaveLength(
    readFileSync('test/fixtures/events.ndjson', 'utf8').trim().split('\n').length,
  )
  const event = { external_id: 'fixture-u1', name: 'Seen', time: '2026-01-05T10:00:00Z' }
  const file = write('track.json', JSON.stringify({ events: [event] }))
  expect(await send(file, '--endpoint', 'users/track')).toMatchObject({ code: 0 })
  expect(eventsOf(bridge, 'fixture-u1')).toHaveLength(1)
})

test('the same key within five minutes doubles no event', async () => {
  const file = write('events.json', '[{"external_id":"fixture-u1","event_name":"Seen"}]')
  await send(file)
  await send(file, '--no-follow')
  await bridge.queues.waitUntilQuiet()
  expect(eventsOf(bridge, 'fixture-u1')).toHaveLength(1)
})

describe('what is refused stops it, in the answer’s words', () => {
  const ROW = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"}]'

  test('another token', async () => {
    const file = write('rows.json', ROW)
    await bridge.post('/v1/activations', '[]')
    // The receiver caches a secret for some seconds before it reads it again.
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-token-of-tomorrow' })
    const { code, text } = await send(file)
    expect(code).toBe(1)
    expect(text).toContain('Refused      at row 0, and nothing after it was sent: 401 ')
    expect(text).not.toContain('fixture-token-of-tomorrow')
  })

  test('another address', async () => {
    const { code, text } = await send(write('rows.json', ROW), '--connection', 'elsewhere')
    expect([code, text]).toEqual([1, expect.stringContaining('nothing after it was sent: 403 ')])
  })

  test('no row that can be used', async () => {
    const rows = write(
      'rows.json',
      '[{"tier":"fixture-1"},{"tier":"fixture-2"},{"external_id":"fixture-u1","tier":"x"}]',
    )
    const { code, text } = await send(rows, '--rows', '2')
    expect(code).toBe(1)
    expect(text).toContain(
      'Refused      at row 0, and nothing after it was sent: 422 None of the rows can be used.',
    )
    expect(text).toContain('Accepted     0 rows\nParked       2\n             2 IDENTIFIER_MISSING')
    expect(await send(rows, '--rows', '2', '--skip', '2')).toMatchObject({ code: 0 })
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'x' })
  })
})

test.each([
  [
    '[{"external_id":"fixture-u1","tier":"x"},{"external_id":]',
    'Nothing was sent. The request from row 0 on would not be taken: The body is not valid JSON.',
  ],
  ['', 'There are no rows to send.'],
])('a file that would not be taken to its end is not begun: %j', async (content, told) => {
  const { code, text } = await send(write('rows.json', content))
  expect([code, text]).toEqual([1, expect.stringContaining(told)])
  expect(bridge.logs.filter(({ message }) => message === 'request')).toEqual([])
})

test('a connection that only captures delivers nothing, and so it says', async () => {
  const { code, text } = await send(
    write('rows.json', '[{"external_id":"fixture-u1","tier":"x"}]'),
    '--connection',
    'trial',
  )
  expect(code).toBe(0)
  expect(text).toContain('Captured     this connection only captures: nothing is delivered')
  expect(attributesOf(bridge, 'fixture-u1')).toBeUndefined()
})

test('--no-follow ends when all is accepted; a time-out tells what is known', async () => {
  bridge.simulator.script([{ do: 'answer', status: 401, times: 'always' }])
  const file = write('rows.json', '[{"external_id":"fixture-u1","tier":"x"}]')
  const notFollowed = await send(file, '--no-follow')
  expect([notFollowed.code, notFollowed.text]).toEqual([
    0,
    expect.stringMatching(
      /Accepted {5}1 row\nNot followed: npm run ops -- status --local .*shows what is under way\./,
    ),
  ])
  const { code, text } = await send(file, '--timeout', '0m')
  expect([code, text]).toEqual([1, expect.stringContaining('Delivered    0, 1 not yet: they are under way')])
})

test('a connection that is not there is named', async () => {
  const { code, text } = await send(write('rows.json', '[]'), '--connection', 'nobody')
  expect([code, text]).toEqual([1, expect.stringContaining('There is no connection nobody: default, basic')])
})
