import { afterEach, beforeEach, expect, test } from 'vitest'
import { runOps } from '../bin/ops/run-ops.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

/** A night with a bad mapping: the operator runs the ops commands against a running bridge. */

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const ops = async (...argv: string[]) => {
  const { code, out, errors } = await runOps([...argv, '--local', '--state-dir', bridge.stateDir])
  const lines = out
    .slice(1)
    .map((line) => line.replace(bridge.stateDir, 'DIR').replace(/for \d+ s/, 'for N s'))
  return { code, lines, errors }
}

test('what is accepted while profiles are paused waits, and is delivered when they are resumed', async () => {
  expect(await ops('pause', 'profiles')).toEqual({
    code: 0,
    errors: [],
    lines: [
      'Paused: profiles. Messages that the worker already has are finished within 1 minute.',
      'Rows are still accepted. They wait in order, and SQS deletes them after 14 days.',
      'The alarm for the backlog fires during a pause.',
      'Waiting rows keep the mapping with which they were accepted. A corrected mapping applies to later rows.',
      '  profiles: 0 messages waiting, 0 in progress',
      'To resume: npm run ops -- resume profiles --local --state-dir DIR',
    ],
  })
  expect((await bridge.post('/v1/activations', { external_id: 'fixture-u1', tier: 'x' })).json.accepted).toBe(
    1,
  )
  await bridge.post('/v1/events', { external_id: 'fixture-u2', event_name: 'fixture-event' })
  expect((await ops('pause', 'profiles')).lines).toContain(
    '  profiles: 1 message waiting, 0 in progress, the oldest for N s',
  )
  expect(attributesOf(bridge, 'fixture-u1')).toBeUndefined()
  const resumed = await ops('resume')
  expect([resumed.code, resumed.lines[0]]).toEqual([
    0,
    'Resumed: profiles and events. Waiting messages are delivered in order.',
  ])
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'fixture-u1')).toEqual({ tier: 'x' })
})
