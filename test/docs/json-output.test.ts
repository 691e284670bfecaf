import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runOps } from '../bin/ops/run-ops.ts'
import { discard, type RunningBridge, startBridge } from '../end-to-end/bridge.ts'

/** The tables in docs/operating.md name every key that a command prints with `--json`, and its type. */

const section = readFileSync('docs/operating.md', 'utf8').split('\n## JSON output\n')[1] ?? ''

/** The types of each key. */
const TYPES = new Map(
  [...section.matchAll(/^\| (`[^|]+) \| ([^|]+) \| [^|]+ \|$/gm)].flatMap(([, keys = '', types = '']) =>
    [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']): [string, string[]] => [key, types.split(' or ')]),
  ),
)

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const IS_OF_TYPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string' && !ISO_TIME.test(value),
  number: (value) => typeof value === 'number',
  time: (value) => typeof value === 'string' && ISO_TIME.test(value),
  'yes/no': (value) => typeof value === 'boolean',
  list: Array.isArray,
  object: isObject,
  'by name': isObject,
  any: () => true,
}

/** @returns a sentence for each key that the tables do not name, or whose value is not of the type there. */
function mistakesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mistakesIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, held]) => {
    const types = TYPES.get(key)
    if (!types) return [`${key} is not in the tables`]
    if (!types.some((type) => IS_OF_TYPE[type]?.(held)))
      return [`${key} is not ${types.join(' or ')}: ${held}`]
    // The keys of these are data.
    return types.includes('by name') || types.includes('any') ? [] : mistakesIn(held)
  })
}

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
  const rows = [
    { external_id: 'fixture-u1', audience_id: '1042', split_id: '2', op: 'enter', run_id: '889' },
    { external_id: 'fixture-u2', run_id: '889', fixture_tier: 'x'.repeat(257) },
    { run_id: '889', fixture_tier: 'fixture-tier-7731' },
  ]
  const others = ['fixture-u1', 'fixture-u9'].map((external_id) => ({ external_id, fixture_tier: 'b' }))
  writeFileSync(join(bridge.stateDir, 'FILE'), JSON.stringify(rows))
  writeFileSync(join(bridge.stateDir, 'OTHERS'), JSON.stringify(others))
  writeFileSync(
    join(bridge.stateDir, 'EVENTS'),
    'external_id,event_name,time\nfixture-u1,fixture-e,2026-01-05T10:00:00+02:00\n',
  )
  await bridge.post('/v1/activations', rows)
  await bridge.queues.waitUntilQuiet()
})
afterAll(() => discard(bridge))

const COMMAND_LINES = [
  'status',
  'status --run 889',
  'status --run 888',
  'status --person fixture-u2',
  'dead-letters',
  'redrive',
  'redrive --max-age 0m',
  'redrive --yes',
  'check',
  'captures --values',
  'send FILE',
  'send FILE --no-follow',
  'verify FILE --wait 0',
  'verify OTHERS --wait 0 --values',
  'pause profiles',
  'resume profiles',
  'rotate inbound',
  'rotate braze',
  'explain FILE --values',
  'explain EVENTS',
  'explain package.json',
]

/** Runs a command on the bridge. @returns the mistakes in what it prints. */
async function mistakesOf(line: string) {
  const words = line.split(' ').map((word) => (/^[A-Z]+$/.test(word) ? join(bridge.stateDir, word) : word))
  const target = line.startsWith('explain') ? [] : ['--local', '--state-dir', bridge.stateDir]
  const { code, out } = await runOps([...words, '--json', ...target])
  const report = JSON.parse(out.join('\n'))
  expect(report).toMatchObject({ command: expect.any(String), ok: code === 0 })
  return mistakesIn(report)
}

test.each(COMMAND_LINES)('the tables name the keys of %s --json and their types', async (line) => {
  expect(await mistakesOf(line)).toEqual([])
})

test('every duration is named after its unit, and every time is named as one', () => {
  const misnamed = [...TYPES].filter(
    ([key, types]) => /Ms$/.test(key) || types.includes('time') !== /^at$|At$/.test(key),
  )
  expect(misnamed.map(([key]) => key)).toEqual([])
})
