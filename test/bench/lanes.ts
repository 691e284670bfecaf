import { enqueue } from '../../functions/receiver/store/enqueue.ts'
import { MAX_SAFE_RECORDS } from '../../functions/shared/message.ts'
import type { Outgoing } from '../../functions/shared/queue.edge.ts'
import { QUEUES } from './effects.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { outgoingOf, receiveAll, TAKES_ALL } from './pipeline.ts'
import { recut } from './recut.ts'
import { type Post, requestsOf } from './requests-of.ts'
import { type Fleet, runVirtualBridge, type VirtualWorld } from './virtual-bridge.ts'
import { workload } from './workload.ts'

const LANES = [4, 8, 16, 32, 64]
const ROWS_PER_REQUEST = [500, 5_000, 30_000]

/** Of plain profile values in one message, beside the receiver's own limit. */
const OTHER_RECORDS_PER_MESSAGE = [75, 150, 1_000]
/** Whose lanes hold more records than a message does. */
const LARGE_REQUEST = 30_000

const ROWS = 120_000
const FEW_ROWS = 30_000
const MILLION = 1_000_000

const BRAZE_MS = 100
const OBJECTS = 75

type Settings = { lanes: number; rowsPerRequest: number; recordsPerMessage: number }

/** What lanes and the size of messages cost, at Braze and at SQS, for a workload that waits in the queues. */
export async function lanes({ short, seed }: Options): Promise<Figure[]> {
  const rows = short ? FEW_ROWS : ROWS
  const made = workload(rows, { seed, repeats: 0.2 })
  const figures: Figure[] = []
  for (const settings of allSettings()) {
    const { lanes, rowsPerRequest, recordsPerMessage } = settings
    const row = `${lanes} lanes, ${rowsPerRequest.toLocaleString('en')} rows a request, ≤ ${recordsPerMessage} records a message`
    const { requests, objects, sqs } = await deliver(requestsOf(made, rowsPerRequest), settings, seed)
    const figure = (column: string, value: number, unit = '') =>
      figures.push({ name: `${row}: ${column}`, value, unit, at: { row, column } })
    figure('requests to Braze', (requests * MILLION) / rows)
    figure('full', (100 * objects) / (OBJECTS * requests), '%')
    figure('messages', (sqs.messages * MILLION) / rows)
    figure('requests that SQS bills', (sqs.billedRequests * MILLION) / rows)
  }
  return figures
}

function allSettings(): Settings[] {
  const byLanes = LANES.flatMap((lanes) =>
    ROWS_PER_REQUEST.map((rowsPerRequest) => ({
      lanes,
      rowsPerRequest,
      recordsPerMessage: MAX_SAFE_RECORDS,
    })),
  )
  const bySize = OTHER_RECORDS_PER_MESSAGE.map((recordsPerMessage) => ({
    lanes: PROD.lanes,
    rowsPerRequest: LARGE_REQUEST,
    recordsPerMessage,
  }))
  return [...byLanes, ...bySize]
}

async function deliver(posts: readonly Post[], settings: Settings, seed: number) {
  const { profiles, events } = PROD.queues
  const atMost = (queue: typeof profiles) => ({
    ...queue,
    concurrency: Math.min(queue.concurrency, settings.lanes),
  })
  const fleet: Fleet = {
    lanes: settings.lanes,
    queues: { profiles: atMost(profiles), events: atMost(events) },
  }
  return runVirtualBridge({
    fleet,
    seed,
    send: async (world) => {
      for (const post of posts) await send(post, settings, world)
    },
    track: async (_, { sleep }) => {
      await sleep(BRAZE_MS)
      return TAKES_ALL
    },
  })
}

async function send(
  post: Post,
  { lanes, recordsPerMessage }: Settings,
  { sendBatch, sleep, now }: VirtualWorld,
): Promise<void> {
  const messages = (await receiveAll([post], { lanes })).messages.map(outgoingOf)
  const lists = [...Map.groupBy(messages, ({ queueUrl, group }) => `${queueUrl} ${group}`).values()].map(
    (list) =>
      recordsPerMessage === MAX_SAFE_RECORDS || !isPlain(list) ? list : recut(list, recordsPerMessage),
  )
  const complete = await enqueue(lists, Number.POSITIVE_INFINITY, { sendBatch, pause: sleep, now })
  if (!complete) throw new Error('SQS did not take everything')
}

const isPlain = (list: readonly Outgoing[]) => list.every(({ queueUrl }) => queueUrl === QUEUES.profiles)
