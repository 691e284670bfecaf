import { expect, test, vi } from 'vitest'
import type { Io } from '../../../../bin/cli/io.ts'
import { main } from '../../../../bin/ops/main.ts'
import { createTestIo } from '../../../test-io.ts'
import { type AwsResponder, stackOnLoopback } from '../stack-on-loopback.ts'

/** These tests run the commands against a deployed stack. The real SDK calls a server on loopback. */

/**
 * Answers as Lambda does. An event source has the requested state when it is next read.
 * @param stopping if given, a change does not end, and the operator stops waiting for it.
 */
async function stackWith(initial: 'Enabled' | 'Disabled', inFlight = 0, stopping?: AbortController) {
  const states: Record<string, string> = { 'uuid-p': initial, 'uuid-e': initial }
  const updates: unknown[] = []
  const answer: AwsResponder = ({ what, body }) => {
    const uuid = what.slice(-'uuid-p'.length)
    if (what.startsWith('PUT /2015-03-31/event-source-mappings/')) {
      updates.push([uuid, body])
      states[uuid] = stopping ? 'Updating' : body.Enabled ? 'Enabled' : 'Disabled'
      stopping?.abort()
      return { UUID: uuid, State: body.Enabled ? 'Enabling' : 'Disabling' }
    }
    if (what.startsWith('GET /2015-03-31/event-source-mappings/')) return { UUID: uuid, State: states[uuid] }
    if (what === 'GetQueueAttributes')
      return {
        Attributes: {
          ApproximateNumberOfMessages: '7000',
          ApproximateNumberOfMessagesNotVisible: String(inFlight),
        },
      }
    if (what === 'GetMetricData')
      return { MetricDataResults: [{ Id: 'age', Timestamps: [1_767_607_200], Values: [7_500] }] }
    return { httpStatus: 400, __type: 'InvalidAction' }
  }
  await stackOnLoopback(answer)
  return updates
}

async function run(argv: readonly string[], changed: Partial<Io> = {}) {
  const { io, out, errors } = createTestIo(argv, changed)
  return { code: await main(io), out: out.join('\n'), errors: errors.join('\n') }
}

const BOTH_PAUSED = [
  ['uuid-p', { Enabled: false }],
  ['uuid-e', { Enabled: false }],
]

test('pause turns off both event sources, waits until they are off, and says what that means', async () => {
  const updates = await stackWith('Enabled')
  const { code, out, errors } = await run(['pause'])
  expect([code, errors, updates]).toEqual([0, '', BOTH_PAUSED])
  expect(out).toMatchInlineSnapshot(`
    "Pausing on ActionIqBraze-dev in eu-central-1
    Paused: profiles and events. Messages that the worker already has are finished within 1 minute.
    Rows are still accepted. They wait in order, and SQS deletes them after 14 days.
    The alarm for the backlog fires during a pause.
    Waiting rows keep the mapping with which they were accepted. A corrected mapping applies to later rows.
      profiles: 7,000 messages waiting, 0 in progress, the oldest for 2 h 5 min
      events: 7,000 messages waiting, 0 in progress, the oldest for 2 h 5 min
    To resume: npm run ops -- resume both --stage dev"
  `)
})

test('resume turns on one event source, and says how long its lanes may still wait', async () => {
  const updates = await stackWith('Disabled', 3)
  const { code, out } = await run(['resume', 'events'])
  expect([code, updates]).toEqual([0, [['uuid-e', { Enabled: true }]]])
  expect(out).toMatchInlineSnapshot(`
    "Resuming on ActionIqBraze-dev in eu-central-1
    Resumed: events. Waiting messages are delivered in order.
      events: 7,000 messages waiting, 3 in progress, the oldest for 2 h 5 min
    3 messages in progress or waiting for a retry. Each delays the messages behind it in its lane
      up to 15 minutes if Braze failed,
      up to 65 minutes if Braze asked for a longer wait,
      up to 6 minutes if the worker had it when it was stopped."
  `)
})

test('--json prints the state of each queue and nothing else', async () => {
  await stackWith('Enabled', 3)
  const { code, out } = await run(['pause', 'profiles', '--json'])
  const { at, ...report } = JSON.parse(out)
  expect(code).toBe(0)
  expect(report).toEqual({
    command: 'pause',
    target: 'ActionIqBraze-dev in eu-central-1',
    ok: true,
    result: {
      queues: [
        { queue: 'profiles', delivery: 'disabled', waiting: 7000, inProgress: 3, oldestSeconds: 7500 },
      ],
    },
  })
})

test('an interrupted command says that AWS continues, if it was asked', async () => {
  const stopping = new AbortController()
  const updates = await stackWith('Enabled', 0, stopping)
  expect(await run(['pause', 'events'], { stop: stopping.signal })).toMatchObject({
    code: 1,
    errors:
      'AWS has not turned events off yet, and continues without this command. See when it is done: npm run ops -- status --stage dev',
  })
  expect(updates).toEqual([['uuid-e', { Enabled: false }]])
})

test('an interrupted command says that nothing was changed, if nothing was', async () => {
  const updates = await stackWith('Enabled')
  expect(await run(['pause', 'events'], { stop: AbortSignal.abort() })).toMatchObject({
    code: 1,
    errors: 'Nothing was changed for events. Run it again: npm run ops -- pause events --stage dev',
  })
  expect(updates).toEqual([])
})

test.each([
  ['the right name', ['--stage', 'prod'], 'prod', 0, BOTH_PAUSED],
  ['another name', ['--stage', 'prod'], 'dev', 1, []],
  ['a name for a script', ['--stage', 'prod', '--json'], 'dev', 1, []],
])('on a stage that keeps its data, pause requires its name: %s', async (_, argv, answer, code, expected) => {
  const updates = await stackWith('Enabled')
  const ask = vi.fn(async () => answer)
  expect((await run(['pause', ...argv], { ask })).code).toBe(code)
  expect(ask.mock.calls).toEqual([['Type prod to pause delivery on the stage prod: ']])
  expect(updates).toEqual(expected)
})

test.each([
  ['--yes', ['pause', '--stage', 'prod', '--yes'], true],
  ['another stage', ['pause', '--stage', 'dev'], true],
  ['no terminal', ['pause', '--stage', 'prod'], false],
])('pause asks nothing with %s', async (_, argv, isTerminal) => {
  const updates = await stackWith('Enabled')
  const ask = vi.fn(async () => '')
  expect((await run(argv, isTerminal ? { ask } : {})).code).toBe(0)
  expect([ask.mock.calls, updates]).toEqual([[], BOTH_PAUSED])
})

test('resume asks nothing', async () => {
  await stackWith('Disabled')
  const ask = vi.fn(async () => '')
  expect((await run(['resume', '--stage', 'prod'], { ask })).code).toBe(0)
  expect(ask).not.toHaveBeenCalled()
})
