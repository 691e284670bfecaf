import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import { MAX_MESSAGE_BYTES, MAX_SAFE_RECORDS, Message } from '../../../functions/shared/message.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import { type Fleet, QUEUE_URLS } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { outgoingOf, receiveAll } from './pipeline.ts'
import { runVirtual, type Sender } from './virtual.ts'
import { requestsOf, type SenderRequest, workload } from './workload.ts'

const LANES = [4, 8, 16, 32, 64]
const ROWS_PER_REQUEST = [500, 5_000, 30_000]

/** Numbers of plain profile records in one message, to compare with the receiver's own limit. */
const OTHER_RECORDS_PER_MESSAGE = [75, 150, 1_000]

/** A request of this size has more records in each lane than fit into one message. */
const LARGE_REQUEST = 30_000

const ROWS = 120_000
const FEW_ROWS = 30_000
const MILLION = 1_000_000

const OBJECTS_PER_REQUEST = 75

type LaneSettings = { lanes: number; rowsPerRequest: number; recordsPerMessage: number }

/**
 * Measures how the number of lanes and the size of messages change the requests to Braze and to SQS, for a
 * workload that waits in the queues.
 */
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
    figure('full', (100 * objects) / (OBJECTS_PER_REQUEST * requests), '%')
    figure('messages', (sqs.messages * MILLION) / rows)
    figure('requests that SQS bills', (sqs.billedRequests * MILLION) / rows)
  }
  return figures
}

function allSettings(): LaneSettings[] {
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

async function deliver(posts: readonly SenderRequest[], settings: LaneSettings, seed: number) {
  const { profiles, events } = PROD.queues
  const atMost = (queue: typeof profiles) => ({
    ...queue,
    concurrency: Math.min(queue.concurrency, settings.lanes),
  })
  const fleet: Fleet = {
    lanes: settings.lanes,
    queues: { profiles: atMost(profiles), events: atMost(events) },
  }
  return runVirtual({
    fleet,
    seed,
    send: async (sender) => {
      for (const post of posts) await send(post, settings, sender)
    },
  })
}

async function send(
  post: SenderRequest,
  { lanes, recordsPerMessage }: LaneSettings,
  { sendBatch, sleep, now }: Sender,
): Promise<void> {
  const messages = (await receiveAll([post], { lanes })).messages.map(outgoingOf)
  const lists = [...Map.groupBy(messages, ({ queueUrl, group }) => `${queueUrl} ${group}`).values()].map(
    (list) =>
      recordsPerMessage === MAX_SAFE_RECORDS || !isPlain(list) ? list : recut(list, recordsPerMessage),
  )
  const complete = await enqueue(lists, Number.POSITIVE_INFINITY, { sendBatch, pause: sleep, now })
  if (!complete) throw new Error('SQS did not take everything')
}

const isPlain = (list: readonly OutgoingMessage[]) =>
  list.every(({ queueUrl }) => queueUrl === QUEUE_URLS.profiles)

/**
 * Divides the records of one lane into messages again, as a receiver with a limit of `maxRecords` a message
 * would. It is for plain profile values only, because a message of anything else must fit into one request to
 * Braze.
 */
export function recut(messages: readonly OutgoingMessage[], maxRecords: number): OutgoingMessage[] {
  const [first] = messages
  if (!first) return []
  const { records: _, ...envelope } = Message.parse(JSON.parse(first.body))
  const rows = messages.flatMap(({ body }) =>
    Message.parse(JSON.parse(body)).records.map((record) => JSON.stringify(record)),
  )
  const cut: string[][] = [[]]
  let bytes = 0
  for (const row of rows) {
    if ((cut.at(-1)?.length ?? 0) >= maxRecords || bytes + row.length > MAX_MESSAGE_BYTES - ENVELOPE_BYTES) {
      cut.push([])
      bytes = 0
    }
    cut.at(-1)?.push(row)
    bytes += row.length + 1
  }
  const envelopeJson = JSON.stringify(envelope).slice(0, -1)
  return cut.map((records, ordinal) => ({
    ...first,
    dedupId: `${first.dedupId}-${ordinal}`,
    body: `${envelopeJson},"records":[${records.join(',')}]}`,
  }))
}

/** This is more than the envelope of any message of the workload takes. */
const ENVELOPE_BYTES = 500
