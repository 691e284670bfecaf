import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunProgress, reportRun } from '../../bin/ops/status/run.ts'
import type { Verdict } from '../../bin/ops/verdict.ts'
import { discard, type RunningBridge, startBridge } from '../end-to-end/bridge.ts'

/** What the pages for the admin and the marketer show as output must be what the bridge answers and prints. */

const admin = readFileSync('docs/admin.md', 'utf8')
const marketer = readFileSync('docs/marketer.md', 'utf8')

/** The code blocks in this language. In a list, they are indented. */
const blocks = (page: string, language: string) =>
  [...page.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, 'gm'))].map(
    ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  )

const [tenRows = ''] = blocks(admin, 'csv')
const [allAccepted = '', oneRejected = ''] = blocks(admin, 'json')

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
})
afterAll(() => discard(bridge))

test.each([
  ['ten rows', tenRows, allAccepted],
  ['ten rows, one of them without an id', tenRows.replace('cust-0009', 'NULL'), oneRejected],
])('the answer to %s', async (_name, body, answer) => {
  const { status, json } = await bridge.post('/v1/activations', body)
  expect(status).toBe(200)
  expect({ ...json, requestId: '' }).toEqual({ ...JSON.parse(answer), requestId: '' })
})

test.each([
  ['without rows', 200, '', '/v1/activations'],
  ['with an unknown path', 404, tenRows, '/v1/activation'],
  ['without a header line', 400, 'cust-0001,1042,2\n', '/v1/activations'],
  [
    'with an unknown column for the person',
    400,
    tenRows.replace('EXTERNAL_ID', 'PERSON_KEY'),
    '/v1/activations',
  ],
  [
    'with an unknown column for the audience',
    422,
    tenRows.replace('AIQ_SEGMENTID', 'AUDIENCE'),
    '/v1/activations',
  ],
  ['with an unknown column for the operation', 422, tenRows.replace(',OP,', ',ACTION,'), '/v1/activations'],
])('what the admin looks for in the answer to a request %s', async (_name, expected, body, path) => {
  const { status, json } = await bridge.post(path, body)
  expect(status).toBe(expected)
  const { title, message, errors } = json as { title?: string; message?: string; errors?: { code: string }[] }
  const [error] = errors ?? []
  expect(admin).toContain(error ? `422 with \`${error.code}\`` : (title ?? message))
})

const PROGRESS: RunProgress = {
  accepted: 10,
  delivered: 10,
  parked: 0,
  unreadable: 0,
  open: 0,
  repeated: 0,
  audiences: [{ audience: '1042_2', accepted: 10, delivered: 10, parked: 0 }],
}
const QUERY = { run: '889', sinceMs: 3 * 86_400_000, queuesEmpty: false, targetFlags: '' }
const HOLD: Verdict = {
  severity: 'problem',
  code: 'PAUSED',
  headline: 'Delivery of profiles is paused.',
  meaning: '',
}

test.each([
  ['arrived', PROGRESS, {}],
  ['in progress', { ...PROGRESS, delivered: 0, open: 10 }, {}],
  ['held', { ...PROGRESS, delivered: 0, open: 10 }, { hold: HOLD }],
  ['incomplete', { ...PROGRESS, accepted: 9, delivered: 9, parked: 1, unreadable: 1 }, {}],
  ['unknown', undefined, {}],
])('the first line of a run that is %s', (state, progress, query) => {
  const { lines, result } = reportRun(progress, { ...QUERY, ...query })
  expect(result).toMatchObject({ state })
  expect(marketer).toContain(`| \`${lines[0]}\` | ${state} |`)
})
