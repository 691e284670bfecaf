import { sendAudience } from './audience.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'

const BATCH_SIZES = [10, 5, 4, 3, 2, 1]
const AUDIENCES = [5_000, 10_000, 50_000, 300_000]
const FEW_AUDIENCES = [5_000, 10_000]
const ROWS_PER_REQUEST = 5_000

/** Without the delay of profile changes, and with its default. */
const DELAYS_SECONDS = [0, 3]

/**
 * Measures how the number of messages in a batch of profile changes spreads an audience over the workers, and what
 * it costs.
 */
export async function batches({ short, seed }: Options): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rows of short ? FEW_AUDIENCES : AUDIENCES)
    for (const batchSize of BATCH_SIZES)
      for (const seconds of DELAYS_SECONDS) {
        const row = `${rows.toLocaleString('en')} rows, batches of ${batchSize}, delay ${seconds} s`
        const profiles = { ...PROD.queues.profiles, batchSize }
        const fleet = { ...PROD, queues: { ...PROD.queues, profiles } }
        figures.push(
          ...(await sendAudience(row, fleet, { rows, rowsPerRequest: ROWS_PER_REQUEST, seconds, seed })),
        )
      }
  return figures
}
