import { expect, test } from 'vitest'
import { runOps } from '../run-ops.ts'
import { type AwsResponder, stackOnLoopback } from '../stack-on-loopback.ts'

/** These tests run the commands against a deployed stack. The real SDK calls a server on loopback. */

/** Answers as Lambda does. An event source has the requested state when it is next read. */
function lambda(initial: 'Enabled' | 'Disabled', inFlight: number) {
  const states: Record<string, string> = { 'uuid-p': initial, 'uuid-e': initial }
  const updates: unknown[] = []
  const answer: AwsResponder = ({ what, body }) => {
    const uuid = what.slice(-'uuid-p'.length)
    if (what.startsWith('PUT /2015-03-31/event-source-mappings/')) {
      updates.push([uuid, body])
      states[uuid] = body.Enabled ? 'Enabled' : 'Disabled'
      return { UUID: uuid, State: body.Enabled ? 'Enabling' : 'Disabling' }
    }
    if (what.startsWith('GET /2015-03-31/event-source-mappings/')) return { UUID: uuid, State: states[uuid] }
    if (what === 'GetQueueAttributes')
      return {
        Attributes: {
          ApproximateNumberOfMessages: '7',
          ApproximateNumberOfMessagesNotVisible: String(inFlight),
        },
      }
    if (what === 'GetMetricData')
      return { MetricDataResults: [{ Id: 'age', Timestamps: [1_767_607_200], Values: [7_500] }] }
    return { httpStatus: 400, __type: 'InvalidAction' }
  }
  return { answer, updates }
}

test('pause turns off both event sources, waits until they are, and says what that means', async () => {
  const { answer, updates } = lambda('Enabled', 0)
  await stackOnLoopback(answer)
  const { code, out, errors } = await runOps(['pause'])
  expect([code, errors]).toEqual([0, []])
  expect(updates).toEqual([
    ['uuid-p', { Enabled: false }],
    ['uuid-e', { Enabled: false }],
  ])
  expect(out).toEqual([
    'Looking at ActionIqBraze-dev in eu-central-1',
    'Paused: profiles and events. What the worker has already ends within 1 minute.',
    'Intake goes on: rows are accepted and wait in order, for 14 days at most; then SQS deletes them.',
    'The alarm for the backlog fires meanwhile, as it should.',
    'What waits was mapped when it was accepted: a corrected mapping holds for the rows that come after it.',
    '  profiles: 7 messages waiting, 0 in flight, the oldest since 2 h 5 min',
    '  events: 7 messages waiting, 0 in flight, the oldest since 2 h 5 min',
    'To go on: npm run ops -- resume both --stage dev',
  ])
})

test('resume turns one on, and says how long its lanes may still wait', async () => {
  const { answer, updates } = lambda('Disabled', 3)
  await stackOnLoopback(answer)
  const { code, out } = await runOps(['resume', 'events'])
  expect(code).toBe(0)
  expect(updates).toEqual([['uuid-e', { Enabled: true }]])
  expect(out.slice(1)).toEqual([
    'On: events. What waits is delivered in order, by itself.',
    '  events: 7 messages waiting, 3 in flight, the oldest since 2 h 5 min',
    '3 messages with the worker, or told to wait. Those wait on, and what is behind them in their lanes:',
    '  up to 15 minutes where Braze failed,',
    '  up to 11 hours where Braze itself told how long to wait,',
    '  up to 6 minutes where the worker had them when it was stopped.',
  ])
})

test('interrupted, it says that AWS goes on', async () => {
  const { answer } = lambda('Enabled', 0)
  await stackOnLoopback(answer)
  const { code, errors } = await runOps(['pause', 'events'], AbortSignal.abort())
  expect([code, errors]).toEqual([
    1,
    [
      'AWS has not turned off events yet. It goes on with it; npm run ops -- status --stage dev shows when it is done.',
    ],
  ])
})
