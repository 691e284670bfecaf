import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plain } from '../../../../bin/cli/paint.ts'
import { BRAZE_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { main } from '../../../../bin/ops/main.ts'
import { discard, type RunningBridge, startBridge } from '../../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'

/** These tests send rows to a running bridge over real HTTP, and let the command look them up in Braze. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const write = (name: string, content: string | Buffer) => {
  const file = join(bridge.stateDir, name)
  writeFileSync(file, content)
  return file
}

const send = async (path: string, body: string) => {
  await bridge.post(path, body)
  await bridge.queues.waitUntilQuiet()
}

const verify = async (...argv: string[]) => {
  const lines: string[] = []
  const code = await main({
    argv: ['verify', ...argv, '--local', '--state-dir', bridge.stateDir],
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  return { code, text: lines.join('\n') }
}

const ROWS = `external_id,audience_id,split_id,op,tier,first_name
fixture-u1,1042,2,enter,fixture-tier-1,fixture-name-1
fixture-u2,1042,2,leave,fixture-tier-2,fixture-name-2
fixture-u3,1042,2,enter,fixture-tier-3,fixture-name-3
fixture-u1,1042,2,enter,fixture-tier-4,fixture-name-1
`

test('every profile holds what was sent: so it says, and ends with 0', async () => {
  await send('/v1/activations', ROWS)
  const { code, text } = await verify(write('rows.csv', ROWS), '--endpoint', 'activations', '--wait', '0')
  expect(code).toBe(0)
  expect(text).toBe(
    [
      `Looking at the local run on ${bridge.stateDir}`,
      'Rows         4 read: 4 for profiles, 0 events',
      'Profiles     3 asked: 3 hold what was sent, 0 differ, 0 not in Braze',
      'Values       9 of 9 hold',
      'Attributes   name        hold  sent',
      '             tier        3     3',
      '             first_name  3     3',
      '             AIQ_1042_2  3     3',
      '',
      'Every profile holds what was sent.',
    ].join('\n'),
  )
})

describe('some differ', () => {
  let file: string
  beforeEach(async () => {
    bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u3'], times: 'always' }])
    file = write('rows.csv.gz', gzipSync(ROWS))
    await send('/v1/activations', ROWS)
    await send('/v1/activations', '{"external_id":"fixture-u2","tier":"fixture-tier-later"}')
  })

  test('they are named by their rows, without anything of a person', async () => {
    const { code, text } = await verify(file, '--wait', '0')
    expect(code).toBe(1)
    expect(text).toContain('Profiles     3 asked: 1 hold what was sent, 1 differ, 1 not in Braze')
    expect(text).toContain(`npm run ops -- dead-letters --local --state-dir ${bridge.stateDir} shows them.`)
    expect(text).toContain('Values       5 of 9 hold')
    expect(text).toContain('Differ       row 1  tier (another value)\n             row 2  not in Braze\n')
    expect(text).toContain('2 of 3 profiles do not hold what was sent.')
    expect(text.replaceAll(bridge.stateDir, '')).not.toMatch(SENSITIVE_FIXTURES)
  })

  test('--values shows who, what was sent and what is held', async () => {
    const { text } = await verify(file, '--wait', '0', '--values')
    expect(text).toContain(
      [
        'Differ       row 1  {"external_id":"fixture-u2"}',
        '               tier (another value): sent "fixture-tier-2", held "fixture-tier-later"',
        '             row 2  {"external_id":"fixture-u3"}  not in Braze',
      ].join('\n'),
    )
  })

  test('--json prints the report alone', async () => {
    const { code, text } = await verify(file, '--wait', '0', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(text)).toEqual({
      allHold: false,
      rows: { read: 4, profiles: 4, events: 0, parked: {} },
      persons: { asked: 3, hold: 1, differ: 1, notInBraze: 1, notCreated: 0, notAsked: 0, untold: 0 },
      values: { sent: 9, hold: 5, untold: 0 },
      attributes: [
        { name: 'tier', sent: 3, hold: 1 },
        { name: 'first_name', sent: 3, hold: 2 },
        { name: 'AIQ_1042_2', sent: 3, hold: 2 },
      ],
      failures: [
        { row: 1, inBraze: true, attributes: [{ name: 'tier', row: 1, how: 'another value' }] },
        {
          row: 2,
          inBraze: false,
          attributes: [
            { name: 'tier', row: 2, how: 'missing' },
            { name: 'first_name', row: 2, how: 'missing' },
            { name: 'AIQ_1042_2', row: 2, how: 'missing' },
          ],
        },
      ],
    })
  })
})

test('a sample is drawn again by its seed', async () => {
  const rows = Array.from({ length: 200 }, (_, n) => ({ external_id: `fixture-${n}`, n }))
  const file = write('rows.json', JSON.stringify(rows))
  const report = async (seed: string) =>
    JSON.parse((await verify(file, '--wait', '0', '--json', '--sample', '20', '--seed', seed)).text)
  const [first, second, other] = [await report('a'), await report('a'), await report('b')]
  expect(first.persons).toMatchObject({ asked: 20, notInBraze: 20 })
  expect(second).toEqual(first)
  expect(other.failures).not.toEqual(first.failures)
})

test('ids are looked for in an audience, in it or not', async () => {
  await send(
    '/v1/activations?audience_id=7',
    '[{"external_id":"fixture-u1"},{"external_id":"fixture-u2","op":"leave"}]',
  )
  const file = write('ids.txt', 'fixture-u1\r\nfixture-u2\n\n')
  const of = (...argv: string[]) => verify(...argv, '--audience-id', '7', '--wait', '0')
  expect(await of('--ids', 'fixture-u1')).toMatchObject({ code: 0 })
  expect(await of('--ids', 'fixture-u2', '--op', 'leave')).toMatchObject({ code: 0 })
  const { code, text } = await of('--ids', file)
  expect([code, text]).toEqual([1, expect.stringContaining('row 1  AIQ_7_0 (another value)')])
})

test('a 429 is obeyed', async () => {
  const body = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"}]'
  bridge.simulator.script([
    { do: 'rate limit', path: '/users/export/ids', dialect: 'retry-after', seconds: 1 },
  ])
  await send('/v1/activations', body)
  const begun = performance.now()
  expect(await verify(write('rows.json', body), '--wait', '0')).toMatchObject({ code: 0 })
  expect(performance.now() - begun).toBeGreaterThan(990)
})

test.each([
  ['a key that Braze does not know', { apiKey: 'fixture-other-key' }, 'Braze does not know the key'],
  ['no key yet', { apiKey: 'put-the-braze-rest-api-key-here' }, 'holds no key yet'],
  ['no secret of this kind', { restEndpoint: 'https://example.com' }, 'does not hold a key and an endpoint'],
])('with %s it says so, and ends with 1', async (_, change, told) => {
  const body = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"}]'
  bridge.putSecret(BRAZE_SECRET_ID, { apiKey: 'fixture-key', restEndpoint: bridge.brazeUrl, ...change })
  const { code, text } = await verify(write('rows.json', body), '--wait', '0')
  expect([code, text]).toEqual([1, expect.stringContaining(told)])
})

test('events can’t be verified, and a row that is never taken is no success', async () => {
  const events = '[{"external_id":"fixture-u1","event_name":"Seen","time":"2026-01-05T10:00:00Z"}]'
  const onlyEvents = await verify(write('events.json', events), '--wait', '0')
  expect([onlyEvents.code, onlyEvents.text]).toEqual([
    1,
    expect.stringContaining('Nothing here can be verified by a look at profiles.'),
  ])
  const rows = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"},{"tier":"fixture-tier-2"}]'
  await send('/v1/activations', rows)
  const withRefused = await verify(write('rows.json', rows), '--wait', '0')
  expect(withRefused.code).toBe(1)
  expect(withRefused.text).toContain('are parked: IDENTIFIER_MISSING 1')
  expect(withRefused.text).toContain('Every profile holds what was sent, but 1 row never got to Braze.')
})

test('somebody whom the rows would not create need not be in Braze', async () => {
  const body = JSON.stringify({
    attributes: [{ external_id: 'fixture-u9', _update_existing_only: true, tier: 'fixture-tier-1' }],
  })
  const { code, text } = await verify(write('track.json', body), '--endpoint', 'users/track', '--wait', '0')
  expect(text).toContain('1 more are not in Braze, and were to be updated only if they are')
  expect(code).toBe(0)
})

test('a damaged file of ids is a wrong command line', async () => {
  const file = write('ids.gz', gzipSync('fixture-u1\nfixture-u2\n').subarray(0, 20))
  const { code, text } = await verify('--ids', file, '--audience-id', '1042')
  expect([code, text]).toEqual([2, expect.stringContaining(`${file} can't be read to its end.`)])
})
