import type { Fleet } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { runVirtual } from './virtual.ts'
import { postOf } from './workload.ts'

const BATCH_SIZES = [10, 5, 4, 3, 2, 1]
const ACTIVATIONS = [5_000, 10_000, 50_000, 300_000]
const FEW_ACTIVATIONS = [5_000, 10_000]
const ROWS_PER_REQUEST = 5_000

/** Without the delay of profile changes, and with its default. */
const DELAYS_SECONDS = [0, 3]

const OBJECTS_PER_REQUEST = 75

/**
 * Measures how the number of messages in a batch of profile changes spreads an activation over the workers, and what
 * it costs. Each row is a membership of a person of its own.
 */
export async function batches({ short, seed }: Options): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rows of short ? FEW_ACTIVATIONS : ACTIVATIONS)
    for (const batchSize of BATCH_SIZES)
      for (const seconds of DELAYS_SECONDS) figures.push(...(await deliver(rows, batchSize, seconds, seed)))
  return figures
}

async function deliver(rows: number, batchSize: number, seconds: number, seed: number): Promise<Figure[]> {
  const profiles = { ...PROD.queues.profiles, batchSize }
  const fleet: Fleet = { ...PROD, queues: { ...PROD.queues, profiles }, profilesDelaySeconds: seconds }
  const members = Array.from({ length: rows }, (_, row) => ({
    external_id: `user-${row}`,
    audience_id: '1042',
    split_id: '2',
  }))
  const { requests, objects, sqs, latenciesMs } = await runVirtual({
    fleet,
    seed,
    send: async ({ post }) => {
      for (let sent = 0; sent < rows; sent += ROWS_PER_REQUEST)
        await post(postOf('profiles', members.slice(sent, sent + ROWS_PER_REQUEST)))
    },
  })
  const row = `${rows.toLocaleString('en')} rows, batches of ${batchSize}, delay ${seconds} s`
  const figure = (column: string, value: number, unit = ''): Figure => ({
    name: `${row}: ${column}`,
    value,
    unit,
    at: { row, column },
  })
  return [
    figure('until the last row', Math.max(...latenciesMs) / 1_000, 's'),
    figure('requests to Braze', requests),
    figure('full', (100 * objects) / (OBJECTS_PER_REQUEST * requests), '%'),
    figure('requests that SQS bills', sqs.billedRequests),
  ]
}
