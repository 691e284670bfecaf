import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { onTestFinished, vi } from 'vitest'
import { listen } from '../../../bin/local/listen.ts'

/**
 * The output that describes a deployed stack. The SDK calls a queue at its URL, so `url` is on loopback where
 * a test reads a queue.
 */
export const operatorOutput = (url: string) => ({
  v: 1,
  stage: 'dev',
  stackName: 'ActionIqBraze-dev',
  webhookUrl: 'https://fixture.execute-api.eu-central-1.amazonaws.com/',
  functions: { receiver: 'fixture-receiver', worker: 'fixture-worker', exporter: 'fixture-exporter' },
  logGroups: { receiver: 'log-r', worker: 'log-w', exporter: 'log-e', api: 'log-a' },
  eventSources: { profiles: 'uuid-p', events: 'uuid-e' },
  queues: { profiles: `${url}/1/p.fifo`, events: `${url}/1/e.fifo` },
  deadLetters: { profiles: `${url}/1/p-dlq.fifo`, events: `${url}/1/e-dlq.fifo` },
  captures: `${url}/1/captures`,
  secrets: {
    inbound: 'arn:inbound',
    inboundPrefix: 'ActionIqBraze-dev/connections/',
    braze: 'arn:braze',
    logKey: 'arn:log-key',
  },
  lanes: 8,
})

const describeStacksXml = (outputs: object) =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>ActionIqBraze-dev</StackName><CreationTime>2026-01-05T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs><member><OutputKey>ForOperators</OutputKey><OutputValue>${JSON.stringify(outputs).replaceAll('"', '&quot;')}</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`

/**
 * One call of the SDK: `GetMetricData`, or `GET /2015-03-31/…` in the REST protocol of Lambda. Requests to the
 * webhook arrive here too: `POST /v1/…`.
 */
export type AwsCall = { what: string; body: Record<string, unknown> }

/** @returns the body of AWS's answer; a failure has `httpStatus` and the SDK's `__type`. */
export type AwsResponder = (call: AwsCall) => object & { httpStatus?: number }

/**
 * Starts AWS on loopback for the real SDK: CloudFormation knows one stack, `answer` gives the rest.
 * @param outputs what the stack says about itself besides `operatorOutput`.
 */
export async function stackOnLoopback(answer: AwsResponder, outputs: object = {}): Promise<void> {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (body.includes('Action=DescribeStacks')) {
      response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(describeStacksXml({ ...operatorOutput(url), webhookUrl: url, ...outputs }))
      return
    }
    const target = request.headers['x-amz-target']
    const what =
      typeof target === 'string'
        ? target.slice(target.indexOf('.') + 1)
        : `${request.method} ${request.url?.replace(/\/$/, '')}`
    const { httpStatus = 200, ...json } = answer({ what, body: body === '' ? {} : JSON.parse(body) })
    response.writeHead(httpStatus, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json))
  })
  const url = await listen(server, 0)
  onTestFinished(() => {
    vi.unstubAllEnvs()
    server.closeAllConnections()
    server.close()
  })
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'fixture',
    AWS_SECRET_ACCESS_KEY: 'fixture',
  }))
    vi.stubEnv(name, value)
}
