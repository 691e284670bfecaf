import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plain } from '../../../../bin/cli/paint.ts'
import { main } from '../../../../bin/ops/main.ts'
import { discard, type RunningBridge, startBridge } from '../../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'

/** These tests run the command against a running bridge over HTTP, with dead letters of both functions. */

let bridge: RunningBridge
beforeEach(async () => {
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
afterEach(() => discard(bridge))

async function ops(...argv: string[]) {
  const lines: string[] = []
  const errors: string[] = []
  const stopping = new AbortController()
  if (argv.includes('stopped')) stopping.abort()
  const code = await main({
    argv: [
      'dead-letters',
      ...argv.filter((word) => word !== 'stopped'),
      '--local',
      '--state-dir',
      bridge.stateDir,
    ],
    env: {},
    paint: plain,
    columns: 80,
    out: (line) => lines.push(line),
    error: (line) => errors.push(line),
    startProgress: NO_PROGRESS,
    stop: stopping.signal,
  })
  return { code, lines, text: lines.join('\n'), errors: errors.join('\n') }
}

/** Replaces the times and ids of this run, so that the text can be compared. */
const normalised = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replace(/\b\d+ s ago/g, '<age>')

test('the listing tells what happened and what to do, of whom and since when, and nothing of a person', async () => {
  const { code, lines } = await ops()
  expect(code).toBe(0)
  expect(normalised(lines.slice(1).join('\n'))).toBe(
    [
      'Dead letters: 3 records in 3 letters',
      'The oldest came <age>, and is gone for good in 13 d 23 h, at <time>.',
      '',
      'ATTRIBUTE_REFUSED: 2 records in 2 letters',
      '  profiles, connection default, run 889',
      '  oldest <age>, message id <id>',
      '  Change or drop that column in the ActionIQ export. Correct it at the source and let it send the row again, or put the letter back once the cause is gone.',
      '',
      'IDENTIFIER_MISSING: 1 record in 1 letter',
      '  profiles, rows as they were sent, connection default, run 889',
      '  oldest <age>, message id <id>',
      '  Export a column external_id (also read: user_id, customer_id, consumer_id) or braze_id.',
      '',
      'dead-letters show <message id> shows one whole; redrive shows what can be put back.',
    ].join('\n'),
  )
  expect(lines.join('\n')).not.toMatch(SENSITIVE_FIXTURES)
})

test('--values shows what stands in some of each code', async () => {
  const { text } = await ops('--values', '--code', 'IDENTIFIER_MISSING')
  expect(text).toContain('Dead letters: 1 record in 1 letter, and 2 not asked for')
  expect(text).toContain(
    'The row names no person: it has no external id and no Braze id, or they are empty.\n',
  )
  expect(text).toContain('    [{"fixture_tier":"fixture-tier-7731"}]')
})

test('--json is one object for machines, and nothing else', async () => {
  const { code, lines } = await ops('--json', '--code', 'ATTRIBUTE_REFUSED', '--run', '889')
  expect([code, lines.length]).toEqual([0, 1])
  expect(lines[0]).not.toMatch(SENSITIVE_FIXTURES)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    queues: ['profiles', 'events'],
    listing: 'complete',
    letters: 2,
    records: 2,
    notAskedFor: 1,
    behind: 0,
    hiddenElsewhere: 0,
    groups: [{ code: 'ATTRIBUTE_REFUSED', connection: 'default', run: '889', letters: 2 }],
  })
})

test('looking leaves every letter where it is, to be looked at again', async () => {
  for (const argv of [[], ['--json'], ['--values']]) {
    expect((await ops(...argv)).code).toBe(0)
    expect((await ops('--queue', 'profiles')).text).toContain('Dead letters: 3 records in 3 letters')
  }
  expect(bridge.queues.deadLetters()).toHaveLength(3)
})

describe('show', () => {
  test('shows one letter as the console does', async () => {
    const deadLetter = bridge.queues
      .deadLetters()
      .find(({ failure }) => failure?.code === 'IDENTIFIER_MISSING')
    const { code, lines } = await ops('show', deadLetter?.messageId ?? '')
    expect(code).toBe(0)
    expect(normalised(lines.slice(1, 8).join('\n'))).toBe(
      [
        'Message ID  <id>, of profiles',
        'Sent        <time>, <age>; expires <time>',
        'code        IDENTIFIER_MISSING',
        'connection  default',
        'kind        rows',
        'run         889',
        '',
      ].join('\n'),
    )
    expect(lines.slice(8).join('\n')).toBe(deadLetter?.body)
    expect((await ops()).text).toContain('Dead letters: 3 records in 3 letters')
  })

  test('of no letter that is there says so', async () => {
    const { code, lines } = await ops('show', 'fixture-id')
    expect([code, lines[1]]).toEqual([1, 'No letter that can be seen now is fixture-id.'])
  })
})

describe('--export', () => {
  const file = () => join(bridge.stateDir, 'letters.jsonl')

  test('writes what the queue has, a letter a line, for nobody else to read', async () => {
    const { code, text } = await ops('--export', file())
    expect([code, text]).toEqual([0, expect.stringContaining(`Wrote 3 records in 3 letters to ${file()}.`)])
    const lines = (await readFile(file(), 'utf8')).trimEnd().split('\n')
    const deadLetters = lines.map((line) => JSON.parse(line))
    expect(new Set(deadLetters.map(({ body }) => body))).toEqual(
      new Set(bridge.queues.deadLetters().map(({ body }) => body)),
    )
    expect(deadLetters.find(({ attributes }) => attributes.kind === 'rows')).toMatchObject({
      queue: 'profiles',
      sentAt: expect.stringMatching(/^\d{4}-/),
      attributes: { code: 'IDENTIFIER_MISSING', connection: 'default', kind: 'rows', run: '889' },
    })
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await readdir(bridge.stateDir)).filter((name) => name.includes('letters.jsonl'))).toEqual([
      'letters.jsonl',
    ])
    expect((await ops()).text).toContain('Dead letters: 3 records in 3 letters')
  })

  test('leaves a file that is there as it is', async () => {
    await writeFile(file(), 'fixture')
    const { code, errors } = await ops('--export', file())
    expect([code, errors]).toEqual([1, `${file()} is there already.`])
    expect(await readFile(file(), 'utf8')).toBe('fixture')
  })

  test('stopped, leaves no file, and every letter visible', async () => {
    const { code, text } = await ops('--export', file(), 'stopped')
    expect([code, text]).toEqual([1, expect.stringContaining('nothing was written.')])
    expect((await readdir(bridge.stateDir)).filter((name) => name.includes('letters.jsonl'))).toEqual([])
    expect((await ops()).text).toContain('Dead letters: 3 records in 3 letters')
  })
})
