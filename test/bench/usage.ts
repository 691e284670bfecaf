import type { Quantity } from '../../bin/cost/usage.ts'
import type { Answer } from '../../functions/receiver/answer/answer.ts'
import type { Handed } from '../../functions/worker/invocation.ts'
import type { Figure, Options } from './figure.ts'
import { TAKES_ALL, toEvent } from './pipeline.ts'
import type { Post } from './requests-of.ts'
import { toSqsEvent } from './sqs-event.ts'
import { type MeasureFunction, withFunctions } from './usage-of-function.ts'
import { type Shape, shapes } from './usage-shapes.ts'
import { runVirtualBridge } from './virtual-bridge.ts'

const MILLION = 1_000_000
const BRAZE_MS = 100

/** What an HTTP API bills as one request (Amazon API Gateway pricing). In bytes. */
const BILLED_HTTP_BYTES = 512 * 1024

/** Of an answer to a sender, with the status line and what API Gateway adds: assumed, in bytes. */
const ANSWER_HEADER_BYTES = 300

/** So many invocations are measured, and no more of each function than a few seconds take. */
const MOST_INVOCATIONS = 1_500
const LEAST_INVOCATIONS = 30
const MEASURED_ROWS = 400_000
const SAMPLES = 200

/** For a million rows in each shape: what AWS bills by, counted in virtual time, and what the functions take, measured. */
export async function usage({ short, seed }: Options): Promise<Figure[]> {
  return withFunctions(async (measure) => {
    const figures: Figure[] = []
    for (const shape of shapes({ short, seed })) figures.push(...(await usageOf(shape, seed, measure)))
    return figures
  })
}

export async function usageOf(shape: Shape, seed: number, measure: MeasureFunction): Promise<Figure[]> {
  const { rows, rowsPerRequest } = shape
  const counted = await count(shape, seed)
  const times = Math.max(
    LEAST_INVOCATIONS,
    Math.min(MOST_INVOCATIONS, Math.round(MEASURED_ROWS / rowsPerRequest)),
  )
  const { posts, batches, ran } = counted
  const receiver = await measure('receiver', sampleOf(posts).map(toEvent), times)
  const worker = await measure('worker', sampleOf(batches).map(toSqsEvent), times)
  const brazeRequests = counted.brazeRequests.profiles + counted.brazeRequests.events

  const figure = (quantity: Quantity, value: number, unit = ''): Figure => ({
    name: `${shape.name}: ${quantity}`,
    value,
    unit,
    at: { row: quantity, column: shape.name },
  })
  const million = (quantity: Quantity, value: number, unit = '') =>
    figure(quantity, (value * MILLION) / rows, unit)
  const { profiles, events } = shape.fleet.queues
  return [
    figure('lanes', shape.fleet.lanes),
    figure('concurrency of profiles', profiles.concurrency),
    figure('requests a second of profiles', profiles.requestsPerSecond),
    figure('concurrency of events', events.concurrency),
    figure('requests a second of events', events.requestsPerSecond),
    figure('requests a second of the API', shape.throttle),
    figure('rows a request', rowsPerRequest),
    figure('rows a second', (1_000 * rows) / counted.lastedMs),
    million('HTTP API requests', counted.httpRequests),
    million('answered bytes', counted.answeredBytes),
    million('receiver invocations', ran.receiver.times),
    million('receiver waits', ran.receiver.ms, 'ms'),
    million('receiver processor', receiver.cpuMs * ran.receiver.times, 'ms'),
    million('receiver log bytes', receiver.logBytes * ran.receiver.times),
    million('SQS requests', counted.sqsRequests),
    million('messages', counted.messages),
    million('worker invocations', ran.worker.times),
    million('worker waits', ran.worker.ms, 'ms'),
    million('worker processor', worker.cpuMs * ran.worker.times, 'ms'),
    million('worker log bytes', worker.logBytes * ran.worker.times),
    million('requests to Braze of profiles', counted.brazeRequests.profiles),
    million('requests to Braze of events', counted.brazeRequests.events),
    million('bytes to Braze', counted.brazeBytes + worker.brazeHeaderBytes * brazeRequests),
    figure('custom metrics', new Set([...receiver.metrics, ...worker.metrics]).size),
  ]
}

/** Of a run in virtual time: the same on every machine. */
async function count({ fleet, send }: Shape, seed: number) {
  const posts: Post[] = []
  const batches: (readonly Handed[])[] = []
  const counted = {
    httpRequests: 0,
    answeredBytes: 0,
    brazeBytes: 0,
    brazeRequests: { profiles: 0, events: 0 },
  }
  const { ran, sqs, lastedMs } = await runVirtualBridge({
    fleet,
    seed,
    send,
    track: async (body, { sleep }, kind) => {
      counted.brazeRequests[kind] += 1
      counted.brazeBytes += Buffer.byteLength(body)
      await sleep(BRAZE_MS)
      return TAKES_ALL
    },
    watch: {
      answered: (post: Post, { body }: Answer) => {
        posts.push(post)
        counted.httpRequests += Math.max(1, Math.ceil(post.body.length / BILLED_HTTP_BYTES))
        counted.answeredBytes += Buffer.byteLength(body) + ANSWER_HEADER_BYTES
      },
      handed: (batch) => batches.push(batch),
    },
  })
  return {
    ...counted,
    ran,
    lastedMs,
    posts,
    batches,
    sqsRequests: sqs.billedRequests,
    messages: sqs.messages,
  }
}

/** Evenly spread over all. */
function sampleOf<T>(all: readonly T[]): T[] {
  const step = Math.max(1, all.length / SAMPLES)
  return Array.from({ length: Math.min(SAMPLES, all.length) }, (_, n) => all[Math.floor(n * step)]).filter(
    (one) => one !== undefined,
  )
}
