import type { Fleet } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { runVirtual } from './virtual.ts'
import { requestsOf, type SenderRequest, workload } from './workload.ts'

const LANES = [4, 8, 16, 32, 64]
const ROWS_PER_REQUEST = [500, 5_000, 30_000]

const ROWS = 120_000
const FEW_ROWS = 30_000
const MILLION = 1_000_000

const OBJECTS_PER_REQUEST = 75

/** Measures how the number of lanes changes the requests to Braze and to SQS, for a workload that waits in the queues. */
export async function lanes({ short, seed }: Options): Promise<Figure[]> {
  const rows = short ? FEW_ROWS : ROWS
  const made = workload(rows, { seed, repeats: 0.2 })
  const figures: Figure[] = []
  for (const lanes of LANES)
    for (const rowsPerRequest of ROWS_PER_REQUEST) {
      const row = `${lanes} lanes, ${rowsPerRequest.toLocaleString('en')} rows a request`
      const { requests, objects, sqs } = await deliver(requestsOf(made, rowsPerRequest), lanes, seed)
      const figure = (column: string, value: number, unit = '') =>
        figures.push({ name: `${row}: ${column}`, value, unit, at: { row, column } })
      figure('requests to Braze', (requests * MILLION) / rows)
      figure('full', (100 * objects) / (OBJECTS_PER_REQUEST * requests), '%')
      figure('messages', (sqs.messages * MILLION) / rows)
      figure('requests that SQS bills', (sqs.billedRequests * MILLION) / rows)
    }
  return figures
}

async function deliver(posts: readonly SenderRequest[], lanes: number, seed: number) {
  const { profiles, events } = PROD.queues
  const atMost = (queue: typeof profiles) => ({
    ...queue,
    concurrency: Math.min(queue.concurrency, lanes),
  })
  const fleet: Fleet = { lanes, queues: { profiles: atMost(profiles), events: atMost(events) } }
  return runVirtual({
    fleet,
    seed,
    send: async ({ post }) => {
      for (const request of posts) await post(request)
    },
  })
}
