import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { discard, type RunningBridge, startBridge } from '../../../end-to-end/bridge.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

/** These tests run the command against a running bridge over HTTP, with dead letters of both functions. */

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
  await bridge.post('/v1/activations', {
    export_id: '889',
    rows: [
      { external_id: 'fixture-u1', fixture_tier: 'x'.repeat(256) },
      { external_id: 'fixture-u2', fixture_tier: 'x'.repeat(257) },
      { fixture_tier: 'fixture-tier-7731' },
      { external_id: 'fixture-u3', fixture_tier: 'fixture-tier-7732' },
    ],
  })
  await bridge.queues.waitUntilQuiet()
  expect(bridge.queues.deadLetters()).toHaveLength(3)
})
afterAll(() => discard(bridge))

async function deadLetters(argv: readonly string[], stop?: AbortSignal) {
  const { code, out, errors } = await runOps(
    ['dead-letters', ...argv, '--local', '--state-dir', bridge.stateDir],
    stop,
  )
  return { code, text: masked(out.join('\n')), errors: masked(errors.join('\n')) }
}

/** Replaces the folder, the ids and the times of this run, and shortens the long value. */
const masked = (text: string) =>
  text
    .replaceAll(bridge.stateDir, 'STATE_DIR')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME_WITH_MS')
    .replace(/\b\d+ s ago/g, 'N s ago')
    .replace(/x{50,}/g, 'xxx')

test('lists the dead letters by cause, without personal data', async () => {
  const { code, text } = await deadLetters([])
  expect(code).toBe(0)
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on STATE_DIR
    3 dead letters with 3 records.
    The oldest arrived N s ago and expires in 13 d 23 h (TIME).

    ATTRIBUTE_REFUSED: 2 dead letters with 2 records
      profiles, connection default, run 889
      oldest N s ago, message id ID
      Braze would refuse or silently drop the attribute 'fixture_tier': a string has at most 255 characters.
      Change or drop that column in the ActionIQ export. Correct it at the source and send the row again, or redrive the dead letter once the cause is gone.

    IDENTIFIER_MISSING: 1 dead letter with 1 record
      profiles, rows as they were sent, connection default, run 889
      oldest N s ago, message id ID
      The row names no person: it has no external id and no Braze id, or both are empty.
      Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.

    To see one in full, or what can be redriven:
      npm run ops -- dead-letters show MESSAGE_ID --local --state-dir STATE_DIR
      npm run ops -- redrive --local --state-dir STATE_DIR"
  `)
  expect(text).not.toMatch(SENSITIVE_FIXTURES)
})

test('--values shows the content of some of each code', async () => {
  const { code, text } = await deadLetters(['--values', '--code', 'IDENTIFIER_MISSING'])
  expect(code).toBe(0)
  expect(text).toMatchInlineSnapshot(`
    "Looking at the local run on STATE_DIR
    1 dead letter with 1 record. Not selected: 2.
    The oldest arrived N s ago and expires in 13 d 23 h (TIME).

    IDENTIFIER_MISSING: 1 dead letter with 1 record
      profiles, rows as they were sent, connection default, run 889
      oldest N s ago, message id ID
      The row names no person: it has no external id and no Braze id, or both are empty.
      Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.

    Of IDENTIFIER_MISSING
      ID  The row names no person: it has no external id and no Braze id, or both are empty.
        [{"fixture_tier":"fixture-tier-7731"}]

    To see one in full, or what can be redriven:
      npm run ops -- dead-letters show MESSAGE_ID --local --state-dir STATE_DIR
      npm run ops -- redrive --local --state-dir STATE_DIR"
  `)
})

test('--json prints one object and nothing else, without personal data', async () => {
  const { code, text } = await deadLetters(['--json', '--code', 'ATTRIBUTE_REFUSED', '--run', '889'])
  expect(code).toBe(0)
  expect(text).not.toMatch(SENSITIVE_FIXTURES)
  expect(JSON.parse(text)).toMatchInlineSnapshot(`
    {
      "at": "TIME_WITH_MS",
      "command": "dead-letters",
      "ok": true,
      "result": {
        "deadLetters": 2,
        "firstExpiresAt": "TIME_WITH_MS",
        "groups": [
          {
            "code": "ATTRIBUTE_REFUSED",
            "connection": "default",
            "deadLetters": 2,
            "hint": "Change or drop that column in the ActionIQ export. Correct it at the source and send the row again, or redrive the dead letter once the cause is gone.",
            "kind": "records",
            "messageId": "ID",
            "oldestSentAt": "TIME_WITH_MS",
            "queue": "profiles",
            "reasons": [
              "Braze would refuse or silently drop the attribute 'fixture_tier': a string has at most 255 characters.",
            ],
            "records": 2,
            "run": "889",
          },
        ],
        "hiddenElsewhere": 0,
        "listing": "complete",
        "notListed": 0,
        "notSelected": 1,
        "oldestSentAt": "TIME_WITH_MS",
        "records": 2,
      },
      "target": "the local run on STATE_DIR",
    }
  `)
})

test.each([[[]], [['--json']]])('an unknown run is an error, with %j too', async (argv) => {
  const { code, text, errors } = await deadLetters(['--run', '888', ...argv])
  expect([code, errors]).toEqual([
    1,
    'No dead letter belongs to run 888. Did you mean 889? Dead letters belong to 889.',
  ])
  if (argv.length > 0) expect(JSON.parse(text)).toMatchObject({ ok: false, result: { deadLetters: 0 } })
})

test('an unknown connection is an error', async () => {
  expect(await deadLetters(['--connection', 'defualt'])).toMatchObject({
    code: 2,
    errors: 'There is no connection defualt. Known connections: default. Did you mean default?',
  })
})

describe('show', () => {
  test('shows one dead letter as the console does', async () => {
    const [parked] = bridge.queues
      .deadLetters()
      .filter(({ failure }) => failure?.code === 'IDENTIFIER_MISSING')
    const { code, text } = await deadLetters(['show', parked?.messageId ?? ''])
    expect(code).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "Looking at the local run on STATE_DIR
      Message id  ID
      Queue       profiles
      Arrived     TIME, N s ago
      Expires     TIME
      code        IDENTIFIER_MISSING
      connection  default
      kind        rows
      run         889

      {"failure": {
        "reason": "The row names no person: it has no external id and no Braze id, or both are empty.",
        "hint": "Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.",
        "code": "IDENTIFIER_MISSING",
        "at": "TIME_WITH_MS",
        "requestId": "ID"
      },
      "v":1,"id":"ID","connection":"default","receivedAt":"TIME_WITH_MS","requestId":"ID","endpoint":"activations","inherited":{"run":"889"},"rows":[{"index":2,"row":{"fixture_tier":"fixture-tier-7731"}}]}"
    `)
  })

  test('says so if there is no such dead letter', async () => {
    const { code, errors } = await deadLetters(['show', 'fixture-id'])
    expect(code).toBe(1)
    expect(errors).toMatchInlineSnapshot(
      `"There is no visible dead letter fixture-id. It may have been redriven or deleted, or the console or another command holds it. npm run ops -- dead-letters --local --state-dir STATE_DIR lists those that are visible."`,
    )
  })
})

describe('--export', () => {
  const newFile = (name: string) => join(bridge.stateDir, name)

  test('writes each dead letter to a line, exactly as it is in the queue, for its owner only', async () => {
    const file = newFile('letters-1')
    const { code, text } = await deadLetters(['--export', file])
    expect(code).toBe(0)
    expect(text).toMatchInlineSnapshot(`
      "Looking at the local run on STATE_DIR
      Wrote 3 dead letters with 3 records to STATE_DIR/letters-1.
      The file holds personal data."
    `)
    const lines = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(new Set(lines.map(({ body }) => body))).toEqual(
      new Set(bridge.queues.deadLetters().map(({ body }) => body)),
    )
    expect(lines.find(({ attributes }) => attributes.kind === 'rows')).toMatchObject({
      queue: 'profiles',
      sentAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      attributes: { code: 'IDENTIFIER_MISSING', connection: 'default', kind: 'rows', run: '889' },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}.partial`)).toBe(false)
  })

  test.each([
    ['after Ctrl-C', [], 'Stopped before all dead letters were listed. Nothing was written.'],
    ['for an unknown run', ['--run', '888'], 'No dead letter belongs to run 888.'],
  ])('leaves no file %s', async (_, argv, message) => {
    const stop = argv.length === 0 ? AbortSignal.abort() : undefined
    const { code, text, errors } = await deadLetters(['--export', newFile('letters-2'), ...argv], stop)
    expect([code, text + errors]).toEqual([1, expect.stringContaining(message)])
    expect(existsSync(newFile('letters-2'))).toBe(false)
    expect(existsSync(newFile('letters-2.partial'))).toBe(false)
  })

  test('does not replace an existing file', async () => {
    writeFileSync(newFile('letters-3'), 'fixture')
    onTestFinished(() => expect(readFileSync(newFile('letters-3'), 'utf8')).toBe('fixture'))
    const { code, errors } = await deadLetters(['--export', newFile('letters-3')])
    expect([code, errors]).toEqual([1, 'STATE_DIR/letters-3 already exists. Name another file.'])
  })
})

test.each([[[]], [['--json']], [['--values']], [['show', 'fixture-id']], [['--export', 'PATH']]])(
  '%j leaves every dead letter visible',
  async (argv) => {
    await deadLetters(argv.map((word) => word.replace('PATH', join(bridge.stateDir, 'letters-4'))))
    expect((await deadLetters(['--queue', 'profiles'])).text).toContain('3 dead letters with 3 records.')
  },
)
