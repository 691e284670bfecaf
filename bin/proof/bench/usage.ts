import type { Quantity } from '../../cost/usage.ts'
import type { Figure, Options } from './figure.ts'
import {
  type MeasureFunction,
  type ToppedUpBatch,
  toFirstReceiveEvent,
  withFunctions,
} from './function-usage.ts'
import { toEvent } from './pipeline.ts'
import { type Shape, shapes } from './usage-shapes.ts'
import { runVirtual } from './virtual.ts'
import type { SenderRequest } from './workload.ts'

const MILLION = 1_000_000

/** An HTTP API bills each started 512 KB as one request (Amazon API Gateway pricing). In bytes. */
const BILLED_HTTP_BYTES = 512 * 1024

/**
 * The assumed size of the headers of an answer, with the status line and API Gateway's own headers, in bytes.
 */
const ANSWER_HEADER_BYTES = 300

/** The limits for the number of measured invocations, so that each function takes only a few seconds. */
const MAX_INVOCATIONS = 1_500
const MIN_INVOCATIONS = 30
const MEASURED_ROWS = 400_000
const SAMPLES = 200

/**
 * Determines what AWS bills for a million rows in each shape. Requests and messages are counted in virtual
 * time; CPU time and log bytes of the functions are measured.
 */
export async function usage({ short, seed }: Options): Promise<Figure[]> {
  return withFunctions(async (measure) => {
    const figures: Figure[] = []
    for (const shape of shapes({ short, seed })) figures.push(...(await measureUsage(shape, seed, measure)))
    return figures
  })
}

export async function measureUsage(shape: Shape, seed: number, measure: MeasureFunction): Promise<Figure[]> {
  const { rows, rowsPerRequest } = shape
  const counted = await count(shape, seed)
  const times = Math.max(
    MIN_INVOCATIONS,
    Math.min(MAX_INVOCATIONS, Math.round(MEASURED_ROWS / rowsPerRequest)),
  )
  const { posts, batches, invocations } = counted
  const receiver = await measure('receiver', sampleOf(posts).map(toEvent), times, [])
  const sampled = sampleOf(batches)
  const found = sampled.flatMap(({ toppedUp }) => toppedUp)
  const worker = await measure('worker', sampled.map(toFirstReceiveEvent), times, found)
  const brazeRequests = counted.brazeRequests.profiles + counted.brazeRequests.events

  const figure = (quantity: Quantity, value: number): Figure => ({
    name: `${shape.name}: ${quantity}`,
    value,
    unit: '',
    at: { row: quantity, column: shape.name },
  })
  const perMillion = (quantity: Quantity, value: number) => figure(quantity, (value * MILLION) / rows)
  const { profiles, events } = shape.fleet.queues
  return [
    figure('lanes', shape.fleet.lanes),
    figure('concurrency of profiles', profiles.concurrency),
    figure('requests a second of profiles', profiles.requestsPerSecond),
    figure('concurrency of events', events.concurrency),
    figure('requests a second of events', events.requestsPerSecond),
    figure('requests a second of the API', shape.throttle),
    figure('rows a request', rowsPerRequest),
    figure('rows a second', (1_000 * rows) / counted.durationMs),
    perMillion('HTTP API requests', counted.httpRequests),
    perMillion('answered bytes', counted.answeredBytes),
    perMillion('receiver invocations', invocations.receiver.times),
    perMillion('receiver wait ms', invocations.receiver.ms),
    perMillion('receiver processor ms', receiver.cpuMs * invocations.receiver.times),
    perMillion('receiver log bytes', receiver.logBytes * invocations.receiver.times),
    perMillion('SQS requests', counted.sqsRequests),
    perMillion('messages', counted.messages),
    perMillion('worker invocations', invocations.worker.times),
    perMillion('worker wait ms', invocations.worker.ms),
    perMillion('worker processor ms', worker.cpuMs * invocations.worker.times),
    perMillion('worker log bytes', worker.logBytes * invocations.worker.times),
    perMillion('requests to Braze of profiles', counted.brazeRequests.profiles),
    perMillion('requests to Braze of events', counted.brazeRequests.events),
    perMillion('bytes to Braze', counted.brazeBytes + worker.brazeHeaderBytes * brazeRequests),
    figure('custom metrics', new Set([...receiver.metrics, ...worker.metrics]).size),
  ]
}

/** Counts the billed quantities of a run in virtual time. They are the same on every machine. */
async function count({ fleet, send }: Shape, seed: number) {
  const posts: SenderRequest[] = []
  const batches: ToppedUpBatch[] = []
  const counted = {
    httpRequests: 0,
    answeredBytes: 0,
    brazeBytes: 0,
    brazeRequests: { profiles: 0, events: 0 },
  }
  const { invocations, sqs, durationMs } = await runVirtual({
    fleet,
    seed,
    send,
    observer: {
      asked: ({ kind, body }) => {
        counted.brazeRequests[kind] += 1
        counted.brazeBytes += Buffer.byteLength(body)
      },
      answered: (post, { body }) => {
        posts.push(post)
        counted.httpRequests += Math.max(1, Math.ceil(post.body.length / BILLED_HTTP_BYTES))
        counted.answeredBytes += Buffer.byteLength(body) + ANSWER_HEADER_BYTES
      },
      received: (batch, toppedUp) => batches.push({ batch, toppedUp }),
    },
  })
  return {
    ...counted,
    invocations,
    durationMs,
    posts,
    batches,
    sqsRequests: sqs.billedRequests,
    messages: sqs.messages,
  }
}

/** Takes up to `SAMPLES` items, spread evenly over all. */
function sampleOf<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / SAMPLES)
  return Array.from({ length: Math.min(SAMPLES, all.length) }, (_, n) => all[Math.floor(n * step)]).filter(
    (one) => one !== undefined,
  )
}
