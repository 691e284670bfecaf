import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BRAZE_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { discard, type RunningBridge, startBridge } from '../../../end-to-end/bridge.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

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

/** @returns the output without the path of the state. Profiles that differ are not looked up again. */
const verify = async (...argv: string[]) => {
  const target = ['--local', '--state-dir', bridge.stateDir]
  const { code, out, errors } = await runOps(['verify', ...argv, '--wait', '0', ...target])
  return { code, text: [...out, ...errors].join('\n').replaceAll(bridge.stateDir, '/state') }
}

const ROWS = `external_id,audience_id,split_id,op,tier,first_name
fixture-u1,1042,2,enter,fixture-tier-1,fixture-name-1
fixture-u2,1042,2,leave,fixture-tier-2,fixture-name-2
fixture-u3,1042,2,enter,fixture-tier-3,fixture-name-3
fixture-u1,1042,2,enter,fixture-tier-4,fixture-name-1
`

const ONE_ROW = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"}]'

test('every profile holds what was sent', async () => {
  await send('/v1/activations', ROWS)
  const { code, text } = await verify(write('rows.csv', ROWS), '--endpoint', 'activations')
  expect(code).toBe(0)
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Rows         4 read: 4 for profiles, 0 events
    Profiles     3 looked up: 3 as sent, 0 different, 0 not in Braze
    Values       9 of 9 in Braze as sent
    Attributes   as sent  of  name
                 3        3   tier
                 3        3   first_name
                 3        3   AIQ_1042_2

    Every profile holds what was sent."
  `)
})

describe('some profiles differ', () => {
  let file: string
  beforeEach(async () => {
    bridge.simulator.script([{ do: 'reject', rejected: ['external_id:fixture-u3'], times: 'always' }])
    file = write('rows.csv.gz', gzipSync(ROWS))
    await send('/v1/activations', ROWS)
    await send('/v1/activations', '{"external_id":"fixture-u2","tier":"fixture-tier-later"}')
  })

  test('they are named by their rows; --values shows who, what was sent and what is held', async () => {
    const { code, text } = await verify(file)
    expect(code).toBe(1)
    expect(text).toMatchInlineSnapshot(`
      "Looking at the local run on /state
      Rows         4 read: 4 for profiles, 0 events
      Profiles     3 looked up: 1 as sent, 1 different, 1 not in Braze
      Values       5 of 9 in Braze as sent
      Attributes   as sent  of  name
                   1        3   tier
                   2        3   first_name
                   2        3   AIQ_1042_2
      Differ       row 1  tier (another value)
                   row 2  not in Braze

      Profiles that do not hold what was sent: 2 of 3.
      What is missing may still be in progress, or be parked: npm run ops -- dead-letters --local --state-dir /state
      Another value was written later, or Braze dropped it: it keeps the type that an attribute had first."
    `)
    expect(text).not.toMatch(SENSITIVE_FIXTURES)

    const withValues = await verify(file, '--values')
    expect(withValues.text).toContain(
      [
        'Differ       row 1  {"external_id":"fixture-u2"}',
        '               tier (another value): sent "fixture-tier-2", held "fixture-tier-later"',
        '             row 2  {"external_id":"fixture-u3"}  not in Braze',
      ].join('\n'),
    )
  })

  test('--json prints the report alone', async () => {
    const { code, text } = await verify(file, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(text)).toEqual({
      command: 'verify',
      target: 'the local run on /state',
      at: expect.stringMatching(/Z$/),
      ok: false,
      result: {
        rows: 4,
        profileRows: 4,
        events: 0,
        parked: 0,
        parkedByCode: [],
        persons: { asked: 3, hold: 1, differ: 1, notInBraze: 1, notCreated: 0, notAsked: 0, unverifiable: 0 },
        values: { compared: 9, hold: 5, unverifiable: 0 },
        attributes: [
          { name: 'tier', compared: 3, hold: 1 },
          { name: 'first_name', compared: 3, hold: 2 },
          { name: 'AIQ_1042_2', compared: 3, hold: 2 },
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
      },
    })
  })

  test('--json with --values names the persons; --seed selects the sample', async () => {
    for (const [seed, external_id] of [
      ['a', 'fixture-u3'],
      ['d', 'fixture-u2'],
    ] as const) {
      const { text } = await verify(file, '--json', '--values', '--sample', '1', '--seed', seed)
      expect(JSON.parse(text).result).toMatchObject({
        sample: 1,
        seed,
        persons: { asked: 1 },
        failures: [{ person: { external_id } }],
      })
    }
  })
})

test('ids are looked up in an audience, in it or not', async () => {
  await send(
    '/v1/activations?audience_id=7',
    '[{"external_id":"fixture-u1"},{"external_id":"fixture-u2","op":"leave"}]',
  )
  const file = write('ids.txt', 'fixture-u1\r\nfixture-u2\n\n')
  const of = (...argv: string[]) => verify(...argv, '--audience-id', '7')
  expect(await of('--ids', 'fixture-u1')).toMatchObject({ code: 0 })
  expect(await of('--ids', 'fixture-u2', '--op', 'leave')).toMatchObject({ code: 0 })
  const { code, text } = await of('--ids', file)
  expect([code, text]).toEqual([1, expect.stringContaining('row 1  AIQ_7_0 (another value)')])
})

test('a file of ids that cannot be read is a wrong command line, and not taken for an id', async () => {
  const damaged = write('ids.gz', gzipSync('fixture-u1\nfixture-u2\n').subarray(0, 20))
  for (const [ids, problem] of [
    [damaged, '/state/ids.gz cannot be read to its end and may be damaged: unexpected end of file.'],
    [bridge.stateDir, '/state is a directory; name a file.'],
  ] as const) {
    const { code, text } = await verify('--ids', ids, '--audience-id', '1042')
    expect([code, text]).toEqual([2, problem])
  }
})

test('the wait that a 429 asks for is kept', async () => {
  bridge.simulator.script([
    { do: 'rate limit', path: '/users/export/ids', dialect: 'retry-after', seconds: 1 },
  ])
  await send('/v1/activations', ONE_ROW)
  const begun = performance.now()
  expect(await verify(write('rows.json', ONE_ROW))).toMatchObject({ code: 0 })
  expect(performance.now() - begun).toBeGreaterThan(990)
})

test.each([
  ['a key that Braze does not know', { apiKey: 'fixture-other-key' }, 'Braze does not know the key'],
  ['no key yet', { apiKey: 'put-the-braze-rest-api-key-here' }, 'holds no key yet'],
  ['no secret of this kind', { restEndpoint: 'https://example.com' }, 'does not hold a key and an endpoint'],
])('with %s it says so, and ends with 1', async (_, change, sentence) => {
  bridge.putSecret(BRAZE_SECRET_ID, { apiKey: 'fixture-key', restEndpoint: bridge.brazeUrl, ...change })
  const { code, text } = await verify(write('rows.json', ONE_ROW))
  expect([code, text]).toEqual([1, expect.stringContaining(sentence)])
})

test('events cannot be verified, and a row that is never accepted is no success', async () => {
  const events = '[{"external_id":"fixture-u1","event_name":"Seen","time":"2026-01-05T10:00:00Z"}]'
  const onlyEvents = await verify(write('events.json', events))
  expect([onlyEvents.code, onlyEvents.text]).toEqual([
    1,
    expect.stringContaining('Nothing in these rows can be verified with profiles.'),
  ])
  const rows = '[{"external_id":"fixture-u1","tier":"fixture-tier-1"},{"tier":"fixture-tier-2"}]'
  await send('/v1/activations', rows)
  const withRejected = await verify(write('rows.json', rows))
  expect(withRejected.code).toBe(1)
  expect(withRejected.text).toMatchInlineSnapshot(`
    "Looking at the local run on /state
    Rows         2 read: 1 for profiles, 0 events
                 1 row cannot reach Braze and must be parked: IDENTIFIER_MISSING 1
    Profiles     1 looked up: 1 as sent, 0 different, 0 not in Braze
    Values       1 of 1 in Braze as sent
    Attributes   as sent  of  name
                 1        1   tier

    Every profile holds what was sent, but 1 row did not reach Braze."
  `)
})

test('a person whom the rows would not create need not be in Braze', async () => {
  const body = JSON.stringify({
    attributes: [{ external_id: 'fixture-u9', _update_existing_only: true, tier: 'fixture-tier-1' }],
  })
  const { code, text } = await verify(write('track.json', body), '--endpoint', 'users/track')
  expect([code, text]).toEqual([
    0,
    expect.stringContaining('1 more not in Braze, as expected: the rows would not create them'),
  ])
})
