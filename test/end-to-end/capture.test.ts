import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { runOps } from '../bin/ops/run-ops.ts'
import { SENSITIVE_FIXTURES } from '../sensitive-fixtures.ts'
import { discard, type RunningBridge, startBridge } from './bridge.ts'

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge({ connections: Connections.parse({ default: { mode: 'capture' } }) })
})
afterAll(() => discard(bridge))

const ops = async (...argv: string[]) => {
  const { code, out, errors } = await runOps(argv)
  return { code, lines: [...out, ...errors], text: [...out, ...errors].join('\n') }
}
const captures = (...argv: string[]) => ops('captures', '--local', '--state-dir', bridge.stateDir, ...argv)

const ROWS = JSON.stringify([
  { external_id: 'fixture-p1', audience_id: '1042', split_id: '2', tier: 'fixture-tier-7731' },
  { external_id: 'fixture-p2', event_name: 'Seen', page: 'fixture-page-7731' },
  { tier: 'fixture-tier-7732' },
])

/** Leaves out the time, id and headers, which differ from request to request. */
const reading = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith('  ')).filter((line) => !line.includes('Body'))

test('what a connection in capture mode is sent reaches no queue and no Braze, and can be looked at', async () => {
  const { status, json } = await bridge.post('/v1/records', ROWS)
  expect([status, json]).toMatchObject([200, { accepted: 2, rejected: 1, captured: true }])
  expect(bridge.queues.waiting()).toEqual({ profiles: 0, events: 0 })
  await bridge.queues.waitUntilQuiet()
  expect(bridge.queues.deadLetters()).toEqual([])
  expect(bridge.simulator.events()).toEqual([])
  expect(bridge.simulator.profile({ external_id: 'fixture-p1' })).toBeUndefined()

  const first = await captures()
  expect(first.code).toBe(0)
  expect(first.text).toContain('Captured: 1 request, 1 shown')
  expect(first.text).toContain('3 received, 2 accepted, 1 rejected')
  expect(first.text).not.toMatch(SENSITIVE_FIXTURES)

  const file = join(bridge.stateDir, 'sent.json')
  await writeFile(file, ROWS)
  const offline = await ops('explain', file)
  expect(offline.code).toBe(1)
  expect(reading(offline.lines)).toEqual(reading(first.lines))
})

test('a body that can’t be read is captured too, and the older one can be looked at again', async () => {
  expect((await bridge.post('/v1/records', '{"fixture-')).status).toBe(400)
  const { text } = await captures('--values')
  expect(text).toContain('Captured: 2 requests, 2 shown')
  expect(text).toMatch(/400 not-json[\s\S]*"tier":"fixture-tier-7731","AIQ_1042_2":true/)
})
