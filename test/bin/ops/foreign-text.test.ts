import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge, TOKEN } from '../../end-to-end/bridge.ts'
import { runOps } from './run-ops.ts'
import { stackOnLoopback } from './stack-on-loopback.ts'

/**
 * The text of a sender, of Braze, of AWS and of a file reaches a terminal. These tests put characters that a
 * terminal obeys wherever text can come from.
 */

/** ESC, CSI, DEL, turned text, a lone surrogate, a carriage return, a bell, and a line of its own. */
const HOSTILE = 'x\u001b[2J\u009b31m\u007f\u202e\u2066\ud800\r\u0007\nFORGED'

/** What a sender can put into a name, which may not be that long. */
const NAME = 'n\u001b[2J\u009b\u202e\nFORGED'

let bridge: RunningBridge
let file = ''
let deadLetterIds: string[] = []
beforeAll(async () => {
  bridge = await startBridge({ connections: Connections.parse({ trial: { mode: 'capture' } }) })
  const rows = [
    { external_id: `u1${NAME}`, [NAME]: HOSTILE, audience_id: '1042', split_id: '2' },
    { external_id: 'u2', [NAME]: 'y'.repeat(300), export_id: NAME },
    { [NAME]: HOSTILE, export_id: NAME },
    { external_id: 'u3', audience_id: NAME, split_id: HOSTILE, op: HOSTILE },
    HOSTILE,
  ]
  file = join(bridge.stateDir, 'rows.json')
  writeFileSync(file, JSON.stringify(rows))
  bridge.simulator.script([{ do: 'reject', rejected: ['external_id:u4'], type: HOSTILE, times: 'always' }])
  await bridge.post('/v1/records', rows)
  await bridge.post('/v1/records', [{ external_id: 'u4', [NAME]: HOSTILE }])
  await bridge.post('/v1/events', [{ external_id: 'u4', event_name: NAME, [NAME]: HOSTILE }])
  await bridge.post('/v1/users/track', { attributes: [{ [NAME]: HOSTILE }, HOSTILE] })
  const captured = await bridge.post('/v1/trial/records', rows, {
    'x-api-key': `${TOKEN}-trial`,
    'content-type': 'application/json; x="\u009b31m"',
  })
  expect(captured.json.accepted).toBeGreaterThan(0)
  await parkForeign()
  await bridge.queues.waitUntilQuiet()
  deadLetterIds = bridge.queues.deadLetters().map(({ messageId }) => messageId)
  expect(deadLetterIds.length).toBeGreaterThan(6)
})
afterAll(() => discard(bridge))

/** Dead letters that another program wrote, in part as the bridge does. */
async function parkForeign(): Promise<void> {
  const announced = readAnnounced(bridge.stateDir)
  if (!announced) throw new Error('the local run has not announced its queues')
  const { sqsEndpoint: endpoint, awsCredentials: credentials } = announced
  const sqs = new SQSClient({ region: 'us-east-1', endpoint, credentials })
  const envelope = { v: 1, id: 'm', connection: 'default', receivedAt: NAME, requestId: NAME }
  const failure = { code: 'REJECTED_BY_BRAZE', reason: HOSTILE, hint: HOSTILE, at: HOSTILE }
  const bodies = [
    {
      ...envelope,
      failure,
      records: [{ type: 'profile', external_id: 'u5', attributes: { [NAME]: HOSTILE } }],
    },
    { ...envelope, failure, endpoint: 'users/track', inherited: {}, rows: [{ index: 0, row: HOSTILE }] },
    { failure: { ...failure, code: NAME }, [NAME]: HOSTILE },
  ]
  for (const [index, body] of bodies.entries())
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: announced.settings.deadLetters.profiles,
        MessageBody: JSON.stringify(body),
        MessageGroupId: `foreign-${index}`,
        MessageDeduplicationId: `foreign-${index}`,
        MessageAttributes: { code: { DataType: 'String', StringValue: 'x\rFORGED' } },
      }),
    )
  sqs.destroy()
}

/** @returns what a terminal would obey, and lines that the command did not write. */
function obeyed(lines: readonly string[]): string[] {
  const text = lines.join('\n')
  return [...(text.match(/[\p{C}--\n]/gv) ?? []), ...(text.match(/^\s*FORGED/gm) ?? [])]
}

const local = () => ['--local', '--state-dir', bridge.stateDir]

test.each<[string[], string?]>([
  [['check']],
  [['status']],
  [['status', '--run', 'x']],
  [['status', '--person', HOSTILE]],
  [['dead-letters'], 'REJECTED_BY_BRAZE'],
  [['dead-letters', '--values'], 'x\ufffd[2J'],
  [['dead-letters', '--run', NAME]],
  [['dead-letters', '--json'], 'REJECTED_BY_BRAZE'],
  [['redrive'], 'REJECTED_BY_BRAZE'],
  [['redrive', '--show', '--include-stale'], '[2J'],
  [['redrive', '--letter', HOSTILE]],
  [['redrive', '--json']],
  [['captures', '--values'], 'x'],
  [['captures', '--values', '--json'], '\\u009b'],
  [['pause', 'events']],
  [['resume', 'events']],
  [['rotate', 'inbound']],
  [['rotate', 'braze']],
])('%j', async (argv, shown = '') => {
  const { out, errors } = await runOps([...argv, ...local()])
  expect(obeyed([...out, ...errors])).toEqual([])
  expect(out.join('\n')).toContain(shown)
})

test('every dead letter can be shown', async () => {
  for (const id of deadLetterIds) {
    const { code, out, errors } = await runOps(['dead-letters', 'show', id, ...local()])
    expect([code, errors, obeyed(out)]).toEqual([0, [], []])
  }
})

test.each([
  [['explain', '--values']],
  [['explain', '--values', '--json']],
  [['send', '--key', 'k']],
  [['send', '--key', 'k2', '--json']],
  [['verify', '--values', '--wait', '0']],
  [['verify', '--values', '--wait', '0', '--json']],
])('%j of a file', async ([command = '', ...argv]) => {
  const where = command === 'explain' ? [] : local()
  const { out, errors } = await runOps([command, file, '--audience-id', NAME, ...argv, ...where])
  expect(obeyed([...out, ...errors])).toEqual([])
  expect(out.length).toBeGreaterThan(0)
})

test.each([
  [['explain', HOSTILE]],
  [['status', `--${HOSTILE}`]],
  [[HOSTILE]],
  [['check', '--stage', HOSTILE]],
  [['dead-letters', '--code', HOSTILE]],
  [['captures', '--connection', HOSTILE]],
])('the command line %j', async (argv) => {
  const { code, out, errors } = await runOps(argv)
  expect([code, errors.join('').match(/[\p{C}--\n]/gv)]).toEqual([expect.any(Number), null])
  expect(out).toEqual([])
})

describe('a stack, where every answer of AWS holds such characters', () => {
  test.each([
    [['check']],
    [['status']],
    [['status', '--run', '889']],
    [['status', '--person', 'x']],
    [['dead-letters']],
    [['redrive', '--show']],
    [['captures', '--values']],
    [['pause', '--yes']],
    [['resume']],
    [['rotate', 'inbound']],
    [['rotate', 'braze']],
    [['send', 'test/fixtures/activation.json', '--yes']],
  ])('%j', async (argv) => {
    await stackOnLoopback(() => ({ httpStatus: 400, __type: 'FixtureException', message: HOSTILE }))
    const { out, errors } = await runOps(argv)
    expect(obeyed([...out, ...errors])).toEqual([])
    expect([...out, ...errors].join('\n')).toContain('[2J')
  })

  test.each([
    [['status']],
    [['status', '--run', '889']],
    [['status', '--person', 'x']],
    [['status', '--json']],
  ])('the values that %j reads', async (argv) => {
    const fields = [
      'connection',
      'kind',
      'audience',
      'message',
      'status',
      'code',
      'run',
      'requestId',
      'endpoint',
    ]
    const line = [
      ...fields.map((field) => ({ field, value: HOSTILE })),
      { field: '@timestamp', value: '2026-01-05 10:00:00.000' },
      { field: 'stage', value: 'accepted' },
      { field: 'acceptedRows', value: '1' },
      { field: 'firstAt', value: '1767600000000' },
      { field: 'lastAt', value: '1767600000000' },
    ]
    await stackOnLoopback(({ what, body }) => {
      if (what === 'StartQuery') return { queryId: 'q' }
      if (what === 'GetQueryResults') return { status: 'Complete', results: [line] }
      if (what === 'ListMetrics') return { Metrics: [{ Dimensions: [{ Name: 'code', Value: HOSTILE }] }] }
      if (what === 'GetSecretValue')
        return { SecretString: '{"key":"fixture-log-key-of-no-stack-0123456789"}' }
      if (what !== 'GetMetricData') return {}
      const queries = Array.isArray(body.MetricDataQueries) ? body.MetricDataQueries : []
      return { MetricDataResults: queries.map(({ Id }) => ({ Id, Values: [1] })) }
    })
    const { out, errors } = await runOps(argv)
    expect(errors).toEqual([])
    expect(obeyed(out)).toEqual([])
    expect(out.join('\n')).toContain('[2J')
  })
})
