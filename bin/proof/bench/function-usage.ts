import { fork } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import * as z from 'zod'
import type { ReceiverEnv, WorkerEnv } from '../../../functions/shared/env.ts'
import type { ReceivedMessage } from '../../../functions/worker/invocation.ts'
import { MetricLine, openMeasurements } from '../../local/measurements.ts'
import { awsOnLoopback, environmentOn } from '../aws-on-loopback.ts'
import { bundle } from '../bundle.ts'
import { INBOUND_TOKEN } from '../world.ts'

/** The resources that one invocation uses on average. */
type FunctionUsage = {
  cpuMs: number
  /** Bytes of log, as CloudWatch Logs counts them. */
  logBytes: number
  /** The bytes that one request to Braze sends in addition to its body. */
  brazeHeaderBytes: number
  /** The distinct custom metrics of all invocations together, each with all its dimensions. */
  metrics: string[]
}

/** The bytes that CloudWatch Logs adds to each line (CloudWatch Logs API reference, "PutLogEvents"). */
const BYTES_PER_LINE = 26

/** A key with as many characters as a Braze API key. */
const BRAZE_KEY = 'x'.repeat(36)

const Measured = z.object({ cpuMs: z.number() })

/**
 * Handles `events` over and over, `times` in all. `found` holds what each receive by the worker finds while it
 * handles all of them once.
 */
export type MeasureFunction = (
  name: 'receiver' | 'worker',
  events: readonly object[],
  times: number,
  found: readonly (readonly ReceivedMessage[])[],
) => Promise<FunctionUsage>

/** A batch from Lambda, and what each receive of the worker itself found. */
export type ToppedUpBatch = {
  batch: readonly ReceivedMessage[]
  toppedUp: readonly (readonly ReceivedMessage[])[]
}

/**
 * Calls `run` with a function that measures the deployed handlers, bundled, with AWS and Braze on loopback.
 */
export async function withFunctions<T>(run: (measure: MeasureFunction) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-usage-'))
  const bundled = bundle(join(import.meta.dirname, 'usage-process.ts'), folder)
  const braze = await brazeOnLoopback()
  const aws = await awsOnLoopback({
    token: INBOUND_TOKEN,
    key: INBOUND_TOKEN.repeat(2),
    apiKey: BRAZE_KEY,
    restEndpoint: braze.url,
  })

  const environment = {
    ...environmentOn(aws.url),
    ...LAMBDA_ENVIRONMENT,
    MARKER_DIR: folder,
  } satisfies z.input<typeof ReceiverEnv> & z.input<typeof WorkerEnv>

  const measure: MeasureFunction = async (name, events, times, found) => {
    const receives = found.map((messages) => messages.map(toSqsMessage))
    let received = 0
    aws.found = () => receives[received++ % receives.length] ?? []
    const file = join(folder, 'events.json')
    writeFileSync(file, JSON.stringify(events.map((event) => JSON.stringify(event))))
    braze.reset()
    const child = fork(bundled, [name, file, String(times)], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const log = readLog(child.stdout)
    const [message] = await once(child, 'message')
    await once(child, 'close')
    aws.sent = []
    const { bytes, metrics } = await log
    return {
      cpuMs: Measured.parse(message).cpuMs,
      logBytes: bytes / times,
      brazeHeaderBytes: braze.headerBytes(),
      metrics,
    }
  }

  try {
    return await run(measure)
  } finally {
    await Promise.all([aws.close(), braze.close()])
    rmSync(folder, { recursive: true })
  }
}

const LAMBDA_ENVIRONMENT = {
  STACK_NAME: 'ActionIqBraze-prod',
  BRAZE_SECRET_ID: 'braze',
  ALLOW_LOOPBACK_BRAZE: 'true',
  PROFILES_BATCH_SIZE: '10',
  EVENTS_BATCH_SIZE: '10',
  // The pace only adds waits, which are calculated separately.
  PROFILES_REQUEST_SPACING_MS: '0',
  EVENTS_REQUEST_SPACING_MS: '0',
  PROFILES_DELAY_MS: '0',
  POWERTOOLS_DEV: 'false',
} as const

async function readLog(stdout: NodeJS.ReadableStream | null) {
  if (!stdout) throw new Error('the process has no output')
  const measurements = openMeasurements(() => 0)
  let bytes = 0
  for await (const line of createInterface({ input: stdout })) {
    bytes += Buffer.byteLength(line) + BYTES_PER_LINE
    const { data } = MetricLine.safeParse(JSON.parse(line))
    if (data) measurements.add(data)
  }
  return { bytes, metrics: measurements.series().map((series) => JSON.stringify(series)) }
}

/** Starts a server that accepts every request and counts the bytes of request lines and headers. */
async function brazeOnLoopback() {
  let requests = 0
  let bytes = 0
  const server = createServer(async (request, response) => {
    requests += 1
    bytes += `${request.method} ${request.url} HTTP/1.1\r\n\r\n`.length
    // A colon and a space follow each name, and the two characters of a line ending follow each value.
    for (const text of request.rawHeaders) bytes += text.length + 2
    for await (const _ of request);
    response.writeHead(201, { 'content-type': 'application/json' })
    response.end('{"message":"success"}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    headerBytes: () => (requests === 0 ? 0 : bytes / requests),
    reset: () => {
      requests = 0
      bytes = 0
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const HOUR_MS = 3_600_000

/** The attributes of a first receive. The times are in the future, so that the message never counts as old. */
const firstReceive = (lane: string, sentAt = Date.now() + HOUR_MS) => ({
  ApproximateReceiveCount: '1',
  ApproximateFirstReceiveTimestamp: String(Date.now() + HOUR_MS),
  SentTimestamp: String(sentAt),
  MessageGroupId: lane,
})

/** A message as ReceiveMessage returns it. */
const toSqsMessage = ({ receiptHandle, lane, body }: ReceivedMessage) => ({
  MessageId: randomUUID(),
  ReceiptHandle: receiptHandle,
  Body: body,
  MD5OfBody: createHash('md5').update(body).digest('hex'),
  Attributes: firstReceive(lane),
})

/**
 * A batch as Lambda's event source mapping passes it to the worker for the first time. It is old if the worker
 * topped it up, because the worker may do so only with old messages.
 */
export function toFirstReceiveEvent({ batch, toppedUp }: ToppedUpBatch) {
  return {
    Records: batch.map(({ receiptHandle, queue, lane, body }) => ({
      // A UUID is as long as a message id of SQS.
      messageId: randomUUID(),
      receiptHandle,
      body,
      attributes: { ...firstReceive(lane, toppedUp.length > 0 ? 0 : undefined), SenderId: '' },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}.fifo`,
      awsRegion: 'us-east-1',
    })),
  }
}
