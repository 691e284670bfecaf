import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
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
]

/** Runs a command on a bridge. @returns the mistakes in what it prints. */
async function mistakesOf(line: string, { stateDir }: RunningBridge) {
  const { code, out } = await runOps([...line.split(' '), '--json', '--local', '--state-dir', stateDir])
  const report = JSON.parse(out.join('\n'))
  expect(report.ok).toBe(code === 0)
  return mistakesIn(report)
}

test.each(COMMAND_LINES)('the tables name the keys of %s --json and their types', async (line) => {
  expect(await mistakesOf(line, bridge)).toEqual([])
})

test('the tables name the keys of check --json of a bridge at rest and their types', async () => {
  const atRest = await startBridge()
  onTestFinished(() => discard(atRest))
  expect(await mistakesOf('check', atRest)).toEqual([])
})

test('every duration is named after its unit, and every time is named as one', () => {
  const misnamed = [...TYPES].filter(
    ([key, types]) => /Ms$/.test(key) || types.includes('time') !== /^at$|At$/.test(key),
  )
  expect(misnamed.map(([key]) => key)).toEqual([])
})
