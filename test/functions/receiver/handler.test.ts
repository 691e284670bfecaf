import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Aws, awsOnLoopback, environmentOn } from '../../../bin/proof/aws-on-loopback.ts'
import { CONTEXT } from '../../../bin/proof/lambda-context.ts'
import { eventOf, type RawRequest } from '../../hostile/gateway.ts'

const TOKEN = 'fixture-token-5f3a90b1'
let aws: Aws
let handle: (event: APIGatewayProxyEventV2) => Promise<{ statusCode: number; headers: object; body: string }>
let lines: string[] = []

beforeAll(async () => {
  aws = await awsOnLoopback({ token: TOKEN, key: 'fixture-log-key-of-the-receiver-9931' })
  const env = { ...environmentOn(aws.url), STACK_NAME: 'fixed-stack', OBJECTS_PER_REQUEST: '2' }
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  // Another test file in this process may have loaded the handler with an environment of its own.
  vi.resetModules()
  const { handler } = await import('../../../functions/receiver/handler.ts')
  handle = async (event) => {
    const { statusCode = 0, headers = {}, body = '' } = await handler(event, CONTEXT)
    return { statusCode, headers, body }
  }
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await aws.close()
})

beforeEach(() => {
  lines = []
  aws.sent = []
  aws.takes = () => true
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => {
      lines.push(words.map(String).join(' '))
    })
})
afterEach(() => {
  vi.restoreAllMocks()
})

const event = (
  body: string,
  { headers = [['x-api-key', TOKEN]], path = '/v1/activations', asText = true }: Partial<RawRequest> = {},
) => eventOf({ method: 'POST', path, query: [], headers, body: Buffer.from(body), asText })

const ROW =
  '{"external_id":"fixture-person-4471","audience_id":"1042","split_id":"2","tier":"fixture-tier-7731"}'

const metricLines = () => lines.map((text) => JSON.parse(text)).filter((entry) => '_aws' in entry)

const directive = (dimensions: string[][], ...names: string[]) => ({
  Namespace: 'ActionIQBrazeBridge',
  Dimensions: dimensions,
  Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
})
const metadata = (...directives: object[]) => ({
  Timestamp: expect.any(Number),
  CloudWatchMetrics: directives,
})

describe('the deployed handler', () => {
  it('takes an activation from the HTTP event into SQS', async () => {
    const answer = await handle(event(ROW))

    expect(answer.statusCode).toBe(200)
    expect(JSON.parse(answer.body)).toEqual({
      requestId: 'request-1',
      received: 1,
      accepted: 1,
      rejected: 0,
      profiles: 1,
      events: 0,
      enteredByPresence: 1,
      errors: [],
    })
    expect(aws.sent).toHaveLength(1)
    expect(aws.sent[0]?.queueUrl).toBe(`${aws.url}/000000000000/profiles.fifo`)
    expect(JSON.parse(aws.sent[0]?.body ?? '')).toMatchObject({
      v: 1,
      connection: 'default',
      requestId: 'request-1',
      records: [
        {
          type: 'profile',
          external_id: 'fixture-person-4471',
          memberships: [{ audience_id: '1042', split_id: '2', member: true }],
          attributes: { tier: 'fixture-tier-7731' },
        },
      ],
    })
  })

  it('puts as many events into a message as the environment says', async () => {
    const row = '{"external_id":"fixture-person-4471","event_name":"Seen"}'
    const answer = await handle(event(`[${row},${row},${row}]`, { path: '/v1/events' }))
    expect(answer.statusCode).toBe(200)
    expect(aws.sent.map(({ body }) => JSON.parse(body).records.length)).toEqual([2, 1])
  })

  it('reads a body that API Gateway hands over in base64', async () => {
    const answer = await handle(event(ROW, { asText: false }))
    expect(answer.statusCode).toBe(200)
    expect(aws.sent).toHaveLength(1)
  })

  it('runs its middleware: the log line carries the Lambda context and metrics are written', async () => {
    await handle(event(ROW))

    const line = lines.map((text) => JSON.parse(text)).find(({ message }) => message === 'request')
    expect(line).toEqual({
      level: 'INFO',
      message: 'request',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'receiver',
      function_request_id: 'lambda-request-1',
      requestId: 'request-1',
      endpoint: 'activations',
      connection: 'default',
      status: 200,
      received: 1,
      accepted: 1,
      rejected: 0,
      people: ['2bfa2798d58e302d'],
      ms: expect.any(Number),
    })
    expect(metricLines()).toHaveLength(1)
  })

  it('writes its metrics in CloudWatch’s embedded format, by stack, connection and kind, and by code', async () => {
    await handle(event(`[${ROW},${ROW},{"tier":1},{"event_name":"Seen"}]`, { path: '/v1/records' }))
    const byConnection = [['stack'], ['stack', 'connection', 'kind']]
    expect(metricLines()).toEqual([
      {
        _aws: metadata(
          directive(byConnection, 'RowsAccepted', 'RowsParked'),
          directive([['stack', 'code']], 'Parked'),
        ),
        stack: 'fixed-stack',
        connection: 'default',
        kind: 'profiles',
        code: 'IDENTIFIER_MISSING',
        RowsAccepted: 2,
        RowsParked: 1,
        Parked: 2,
      },
      {
        _aws: metadata(directive(byConnection, 'RowsParked')),
        stack: 'fixed-stack',
        connection: 'default',
        kind: 'events',
        RowsParked: 1,
      },
    ])
  })

  it('counts requests that it refuses, that it can’t take and that it fails on', async () => {
    await handle(event(ROW, { headers: [['x-api-key', 'fixture-wrong-token-11']] }))
    aws.takes = () => false
    await handle(event(ROW))
    const broken = event(ROW)
    Object.defineProperty(broken, 'headers', {
      get: () => {
        throw new Error('fixture-error')
      },
    })
    await handle(broken)
    const ofStack = (name: string) => ({
      _aws: metadata(directive([['stack']], name)),
      stack: 'fixed-stack',
      [name]: 1,
    })
    expect(metricLines()).toEqual([
      ofStack('RequestsRefused'),
      ofStack('RequestsUnavailable'),
      ofStack('RequestsFailed'),
    ])
  })

  it('answers all the same where its metrics can not be written', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => {
      throw new Error('fixture-error')
    })
    expect((await handle(event(ROW))).statusCode).toBe(200)
    expect(lines.map((text) => JSON.parse(text).message)).toContain('metrics could not be written')
    vi.mocked(console.log).mockImplementation((text) => void lines.push(text))
    lines = []
    await handle(event(ROW, { headers: [] }))
    expect(metricLines()).toMatchObject([{ RequestsRefused: 1 }])
  })

  it('answers 503 when SQS takes nothing, after trying again', async () => {
    aws.takes = () => false
    const answer = await handle(event(ROW))
    expect(answer.statusCode).toBe(503)
    expect(answer.headers).toMatchObject({ 'retry-after': '10' })
  })

  it('turns a surprise into a 500 that says nothing, and logs where it happened', async () => {
    const broken = event(ROW)
    Object.defineProperty(broken, 'headers', {
      get: () => {
        throw new Error(`cannot handle ${ROW}`)
      },
    })
    const answer = await handle(broken)

    expect(answer.statusCode).toBe(500)
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json' })
    expect(JSON.parse(answer.body)).toMatchObject({ status: 500, requestId: 'request-1' })
    const line = lines.map((text) => JSON.parse(text)).find(({ level }) => level === 'ERROR')
    expect(line).toMatchObject({ error: 'Error' })
    expect(line.trace[0]).toContain('handler.test.ts')
  })

  it('logs no token and nothing of a row, whatever happens', async () => {
    await handle(event(ROW))
    await handle(event(`[${ROW},{"tier":"fixture-tier-7731"}]`))
    await handle(event(`{"fixture-tier-7731`))
    await handle(event(ROW, { headers: [['x-api-key', 'fixture-wrong-token-11']] }))
    await handle(event(ROW, { path: '/v1/fixture-path-88/activations' }))
    aws.takes = () => false
    await handle(event(ROW))

    expect(lines.length).toBeGreaterThan(6)
    expect(lines.filter((text) => text.includes('fixture-'))).toEqual([])
  })
})
