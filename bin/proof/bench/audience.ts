import type { Fleet } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { PROD } from './fleets.ts'
import { runVirtual } from './virtual.ts'
import { postOf } from './workload.ts'

const AUDIENCES = [1_000, 10_000, 50_000, 300_000, 1_000_000]
const FEW_AUDIENCES = [1_000, 10_000]
const ROWS_PER_REQUEST = [500, 5_000]

/** `queues.profiles.deliveryDelaySeconds` unless a stage says otherwise. */
const DELAY_SECONDS = 3

const OBJECTS_PER_REQUEST = 75

/** Measures how long an audience takes from its first request to Braze's last answer, with the settings of prod. */
export async function audience({ short, seed }: Options): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const rowsPerRequest of ROWS_PER_REQUEST)
    for (const rows of short ? FEW_AUDIENCES : AUDIENCES) {
      const row = `${rows.toLocaleString('en')} rows in requests of ${rowsPerRequest.toLocaleString('en')}`
      figures.push(...(await sendAudience(row, PROD, { rows, rowsPerRequest, seconds: DELAY_SECONDS, seed })))
    }
  return figures
}

/** Sends memberships of as many people, one request after the other. */
export async function sendAudience(
  row: string,
  fleet: Fleet,
  options: { rows: number; rowsPerRequest: number; seconds: number; seed: number },
): Promise<Figure[]> {
  const { rows, rowsPerRequest, seconds, seed } = options
  const members = Array.from({ length: rows }, (_, person) => ({
    external_id: `user-${person}`,
    audience_id: '1042',
    split_id: '2',
  }))
  const { requests, objects, sqs, latenciesMs } = await runVirtual({
    fleet: { ...fleet, profilesDelaySeconds: seconds },
    seed,
    send: async ({ post }) => {
      for (let sent = 0; sent < rows; sent += rowsPerRequest)
        await post(postOf('profiles', members.slice(sent, sent + rowsPerRequest)))
    },
  })
  const figure = (column: string, value: number, unit = ''): Figure => ({
    name: `${row}: ${column}`,
    value,
    unit,
    at: { row, column },
  })
  const last = latenciesMs.reduce((latest, ms) => Math.max(latest, ms), 0)
  return [
    figure('until the last row', last / 1_000, 's'),
    figure('requests to Braze', requests),
    figure('full', (100 * objects) / (OBJECTS_PER_REQUEST * requests), '%'),
    figure('requests that SQS bills', sqs.billedRequests),
  ]
}
