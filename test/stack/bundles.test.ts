import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { synthesizeBundles } from '../../bin/proof/cloud-assembly.ts'
import type { ExporterEnv, ReceiverEnv, WorkerEnv } from '../../functions/shared/env.ts'
import { SENSITIVE_FIXTURES } from '../sensitive-fixtures.ts'
import { startAwsStandIn } from './aws-stand-in.ts'

/** Tests the deployed bundles: each runs in its own process, with only the stack's environment variables. */

/** In KiB. A larger bundle starts more slowly. */
const MAX_BUNDLE_KIB = { Receiver: 390, Worker: 315, Exporter: 250 }

const folder = mkdtempSync(join(tmpdir(), 'bridge-bundles-'))
const bundleOf = synthesizeBundles(folder)
afterAll(() => rmSync(folder, { recursive: true }))

const aws = await startAwsStandIn({
  'secret-inbound': JSON.stringify({ token: 'fixture-inbound-token-4410' }),
  'secret-log-key': JSON.stringify({ key: 'fixture-log-key-of-the-bundles-22' }),
  'secret-braze': JSON.stringify({
    apiKey: 'put-the-braze-rest-api-key-here',
    restEndpoint: 'https://rest.iad-01.braze.com',
  }),
})
afterAll(() => aws.stop())

const shared = {
  STACK_NAME: 'bundled',
  LOG_KEY_SECRET_ID: 'secret-log-key',
  PROFILES_QUEUE_URL: `${aws.endpoint}/000000000000/bundled-profiles.fifo`,
  EVENTS_QUEUE_URL: `${aws.endpoint}/000000000000/bundled-events.fifo`,
  PROFILES_DLQ_URL: `${aws.endpoint}/000000000000/bundled-profiles-dlq.fifo`,
  EVENTS_DLQ_URL: `${aws.endpoint}/000000000000/bundled-events-dlq.fifo`,
} as const
const receiverEnv = {
  ...shared,
  CAPTURES_QUEUE_URL: `${aws.endpoint}/000000000000/bundled-captures`,
  INBOUND_SECRET_ID: 'secret-inbound',
  CONNECTIONS_FILE: resolve('test/fixtures/connections.json'),
  INBOUND_SECRET_PREFIX: 'connections/',
  LANES: '16',
  OBJECTS_PER_REQUEST: '75',
} satisfies z.input<typeof ReceiverEnv>
const workerEnv = {
  ...shared,
  BRAZE_SECRET_ID: 'secret-braze',
  OBJECTS_PER_REQUEST: '75',
  PROFILES_BATCH_SIZE: '3',
  EVENTS_BATCH_SIZE: '10',
  PROFILES_REQUEST_SPACING_MS: '200',
  EVENTS_REQUEST_SPACING_MS: '200',
  PROFILES_DELAY_MS: '0',
} satisfies z.input<typeof WorkerEnv>

const exporterEnv = {
  STACK_NAME: 'bundled',
  BRAZE_SECRET_ID: 'secret-braze',
  LOG_KEY_SECRET_ID: 'secret-log-key',
  INBOUND_SECRET_ID: 'secret-inbound',
  INBOUND_SECRET_PREFIX: 'connections/',
  CONNECTIONS_FILE: receiverEnv.CONNECTIONS_FILE,
} satisfies z.input<typeof ExporterEnv>

/** The environment variables that Lambda itself sets. */
const lambdaEnv = {
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'nobody',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_ENDPOINT_URL: aws.endpoint,
}

test.each(Object.entries(MAX_BUNDLE_KIB))('the bundle of the %s stays under %i KiB', (id, most) => {
  const kib = Math.ceil(statSync(bundleOf(id)).size / 1024)
  console.info(`${id}: ${kib} KiB`)
  expect(kib).toBeLessThanOrEqual(most)
})

test.each(Object.keys(MAX_BUNDLE_KIB))(
  'the bundle of the %s starts with nothing beside it but Node',
  (id) => {
    const imported = readFileSync(bundleOf(id), 'utf8').matchAll(/\bfrom"([^"]+)"/g)
    const modules = new Set([...imported].map(([, module]) => module))
    expect(modules).toContain('node:crypto')
    expect([...modules].filter((module) => !module?.startsWith('node:'))).toEqual([])
    // Importing it as a module evaluates Node's whole fetch, 40 ms of the start. The SDK uses https.
    expect(modules).not.toContain('node:http')
  },
)

test('Lambda’s Node runs the bundles here', () => {
  expect(process.version).toMatch(/^v24\./)
})

describe('the bundled receiver', () => {
  const receiver = running('Receiver', receiverEnv)

  test('answers 401 to a request without a token', async () => {
    expect(await receiver.invoke(httpEvent({}))).toMatchObject({ statusCode: 401 })
  })

  test('reads its secret, queues a row, and answers 200', async () => {
    const answer = await receiver.invoke(httpEvent({ 'x-api-key': 'fixture-inbound-token-4410' }))
    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining('"accepted":1') })
    expect(aws.calls).toContainEqual({ action: 'GetSecretValue', input: { SecretId: 'secret-inbound' } })
    expect(aws.calls).toContainEqual({
      action: 'SendMessageBatch',
      input: {
        QueueUrl: shared.PROFILES_QUEUE_URL,
        Entries: [expect.objectContaining({ MessageBody: expect.stringContaining('fixture-person-5521') })],
      },
    })
  })

  test('logs what it did, and nobody’s data', async () => {
    await expect.poll(receiver.logged).toContain('"service":"receiver"')
    expect(receiver.logged()).not.toMatch(SENSITIVE_FIXTURES)
  })

  test('says of its first request, and of no other, that it had to start for it', async () => {
    await expect.poll(receiver.logged).toMatch(/"cold_start":true.*"status":401/)
    await expect.poll(receiver.logged).toContain('"status":200')
    expect(receiver.logged()).not.toMatch(/"cold_start".*"status":200/)
  })

  test('writes its metrics past Lambda’s console, where CloudWatch finds them', async () => {
    await expect.poll(receiver.logged).toMatch(/^\{"_aws":.*"RowsAccepted":1\}$/m)
  })
})

describe('the bundled worker', () => {
  const worker = running('Worker', workerEnv)

  test('holds a message while the Braze secret is the placeholder', async () => {
    const answer = await worker.invoke(sqsEvent)
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'message-8830' }] })
    expect(aws.calls).toContainEqual({ action: 'GetSecretValue', input: { SecretId: 'secret-braze' } })
  })

  test('logs what it waits for, and nobody’s data', async () => {
    await expect.poll(worker.logged).toContain('BRAZE_SECRET_PLACEHOLDER')
    expect(worker.logged()).not.toMatch(SENSITIVE_FIXTURES)
  })
})

const QUESTION = '{"external_ids":["fixture-u1"]}'

describe('the bundled exporter', () => {
  const exporter = running('Exporter', exporterEnv)

  test('says that there is no key yet, to who knows the token', async () => {
    const event = httpEvent({ 'x-api-key': 'fixture-inbound-token-4410' }, '/users/export/ids', QUESTION)
    expect(await exporter.invoke(event)).toMatchObject({ statusCode: 503 })
    expect(await exporter.invoke(httpEvent({}, '/users/export/ids'))).toMatchObject({ statusCode: 401 })
  })
})

function httpEvent(
  headers: Record<string, string>,
  path = '/v1/activations',
  body = JSON.stringify({ external_id: 'fixture-person-5521', audience_id: '1042', split_id: '2' }),
) {
  return {
    version: '2.0',
    routeKey: 'ANY /v1/{kind}',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    pathParameters: { kind: 'activations' },
    requestContext: {
      requestId: 'request-1',
      http: { method: 'POST', path, protocol: 'HTTP/1.1', sourceIp: '', userAgent: '' },
      timeEpoch: 1_767_571_200_000,
    },
    body,
    isBase64Encoded: false,
  }
}

const sqsEvent = {
  Records: [
    {
      messageId: 'message-8830',
      receiptHandle: 'receipt-8830',
      body: JSON.stringify({
        v: 1,
        id: 'id-8830',
        connection: 'default',
        receivedAt: '2026-01-05T10:00:00.000Z',
        requestId: 'request-1',
        records: [
          {
            type: 'profile',
            external_id: 'fixture-person-5521',
            memberships: [{ audience_id: '1042', split_id: '2', member: true }],
          },
        ],
      }),
      attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'lane-3' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:bundled-profiles.fifo',
    },
  ],
}

/** Starts a bundle before the tests of its block, and stops it after them. */
function running(id: string, env: Record<string, string>) {
  let child: ChildProcess
  const logged: string[] = []
  beforeAll(async () => {
    child = fork('test/stack/run-bundle.ts', [pathToFileURL(resolve(bundleOf(id))).href], {
      env: { ...env, ...lambdaEnv },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => logged.push(String(chunk)))
    expect(await nextMessage(child)).toBe('ready')
  })
  afterAll(() => {
    child.kill()
  })
  return {
    invoke: (event: object) => {
      child.send(event)
      return nextMessage(child)
    },
    logged: () => logged.join(''),
  }
}

/** Resolves with the next message of the process, or rejects if the process ends first. */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  const onExit = (code: number | null) => ended.abort(new Error(`the bundle ended with ${code}`))
  child.once('exit', onExit)
  const [message] = await once(child, 'message', { signal: ended.signal })
  child.off('exit', onExit)
  return message
}
