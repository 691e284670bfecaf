import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { StartProgress } from '../../../../bin/cli/progress.ts'
import { main } from '../../../../bin/ops/main.ts'
import { createTestIo } from '../../../test-io.ts'
import { type AwsResponder, stackOnLoopback } from '../stack-on-loopback.ts'

/** These tests send a file to the deployed stack of a stage. A server on loopback is AWS and the webhook. */

const FILE = join('test', 'fixtures', 'activation.json')

async function sendTo(
  stage: string,
  typed: string | undefined,
  argv: string[] = [],
  changed = {},
  follow = false,
) {
  const posts: string[] = []
  const answer: AwsResponder = ({ what }) => {
    if (what === 'GetSecretValue') return { SecretString: '{"token":"fixture-inbound-token"}' }
    if (!what.startsWith('POST /v1/')) return { httpStatus: 400, __type: 'InvalidAction' }
    posts.push(what)
    return { accepted: 5, rejected: 0 }
  }
  await stackOnLoopback(answer, changed)
  const asked: string[] = []
  const ask = async (question: string) => {
    asked.push(question)
    // Nothing must have been sent when the question is asked.
    expect(posts).toEqual([])
    return typed ?? ''
  }
  const line = ['send', FILE, '--stage', stage, ...(follow ? [] : ['--no-follow']), ...argv]
  const progress: string[] = []
  const startProgress: StartProgress = () => ({
    to: (done, what) => progress.push(`${done}: ${what}`),
    end: (what) => progress.push(what),
  })
  const { io, out, errors } = createTestIo(line, { startProgress, ...(typed !== undefined && { ask }) })
  const code = await main(io)
  return { code, asked, errors, sent: posts.length > 0, out, progress }
}

const QUESTION = 'Type prod to send 5 rows in 1 request to the stage prod: '

test.each([
  ['prod', { typed: 'prod' }, { code: 0, sent: true, asked: [QUESTION] }],
  ['prod', { typed: 'yes' }, { code: 1, sent: false, asked: [QUESTION] }],
  ['prod', { typed: '', argv: ['--yes'] }, { code: 0, sent: true, asked: [] }],
  ['prod', { typed: undefined }, { code: 0, sent: true, asked: [] }],
  ['dev', { typed: '' }, { code: 0, sent: true, asked: [] }],
])(
  'to the stage %s with %j',
  async (stage, { typed, argv = [] }: { typed: string | undefined; argv?: string[] }, expected) => {
    const result = await sendTo(stage, typed, argv)
    expect(result).toMatchObject(expected)
    expect(result.errors).toEqual(expected.sent ? [] : ['Nothing was changed. --yes skips this question.'])
  },
)

test('--json prints nothing but the report, also after a question', async () => {
  const { code, out } = await sendTo('prod', 'prod', ['--json'])
  expect(code).toBe(0)
  expect(JSON.parse(out.join('\n'))).toMatchObject({
    command: 'send',
    ok: true,
    result: { rows: 5, accepted: 5, parked: 0 },
  })
})

test('without following, the progress is what was accepted', async () => {
  const { progress } = await sendTo('dev', undefined)
  expect(progress).toEqual(['5: accepted 5, rejected 0', '5 accepted.'])
})

test('a stack with other connections than cdk.json is pointed out', async () => {
  const { code, errors } = await sendTo('dev', undefined, [], { digests: { connections: 'another' } })
  expect([code, errors]).toEqual([
    0,
    [expect.stringContaining('The connections in cdk.json differ from those that are deployed')],
  ])
})

test('rows whose request no answer names are not waited for', async () => {
  const { code, out } = await sendTo('dev', undefined, [], {}, true)
  expect(code).toBe(1)
  expect(out.slice(-4)).toEqual([
    'Accepted     5 rows',
    'Delivered    unknown: the answers have neither a "requestId" nor the header apigw-requestid, so these rows cannot be',
    "             found in the worker's log. Look for a proxy that drops the header. The command below asks Braze.",
    'Check with   npm run ops -- verify test/fixtures/activation.json --endpoint records --stage dev',
  ])
})
