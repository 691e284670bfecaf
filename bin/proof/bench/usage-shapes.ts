import type { Fleet } from '../world.ts'
import { FOR_A_BILLION_A_DAY, FOR_A_THOUSAND_EVENTS, PROD } from './fleets.ts'
import { sendSingly } from './trickle.ts'
import type { Sender } from './virtual.ts'
import { requestsOf, workload } from './workload.ts'

/** A traffic pattern and the settings for it. */
export type Shape = {
  /** The name by which `npm run cost` finds it. */
  name: string
  fleet: Fleet
  /** The number of requests a second that the API accepts. */
  throttle: number
  rows: number
  rowsPerRequest: number
  send: (sender: Sender) => Promise<void>
}

const BULK_ROWS = 120_000
const FEW_BULK_ROWS = 30_000
const ROWS_PER_REQUEST = [100, 500, 5_000, 30_000]

const SINGLE_SECONDS = 60
const FEW_SINGLE_SECONDS = 10

const STREAM_ROWS = 480_000
const FEW_STREAM_ROWS = 60_000
const ROWS_PER_SECOND = 1e9 / 86_400
const STREAM_ROWS_PER_REQUEST = 5_000

const PROD_THROTTLE = 100
const THROTTLE_FOR_A_THOUSAND_EVENTS = 2_000

const IN_PROD = { fleet: PROD, throttle: PROD_THROTTLE }
const WITH_A_THOUSAND_EVENTS = { fleet: FOR_A_THOUSAND_EVENTS, throttle: THROTTLE_FOR_A_THOUSAND_EVENTS }

const MS_PER_SECOND = 1_000

type Options = { short: boolean; seed: number }

export function shapes({ short, seed }: Options): Shape[] {
  const seconds = short ? FEW_SINGLE_SECONDS : SINGLE_SECONDS
  return [
    ...ROWS_PER_REQUEST.map((rowsPerRequest) =>
      bulk(short ? FEW_BULK_ROWS : BULK_ROWS, rowsPerRequest, seed),
    ),
    ...[10, 100].map((perSecond) => single(perSecond, seconds, IN_PROD, seed)),
    single(1_000, seconds, WITH_A_THOUSAND_EVENTS, seed),
    stream(short ? FEW_STREAM_ROWS : STREAM_ROWS, seed),
  ]
}

/** Sends one request after the other, faster than Braze accepts them, so that the rows wait in full lanes. */
const bulk = (rows: number, rowsPerRequest: number, seed: number): Shape => ({
  name: `bulk ${rowsPerRequest}`,
  ...IN_PROD,
  rows,
  rowsPerRequest,
  send: async ({ post }) => {
    for (const request of requestsOf(workload(rows, { seed, repeats: 0.2 }), rowsPerRequest))
      await post(request)
  },
})

const single = (perSecond: number, seconds: number, settings: typeof IN_PROD, seed: number): Shape => ({
  name: `single ${perSecond}`,
  ...settings,
  rows: perSecond * seconds,
  rowsPerRequest: 1,
  send: (sender) => sendSingly(sender, perSecond * seconds, perSecond, seed),
})

/**
 * Sends rows evenly at a rate of a billion a day, with the workload's mix of profiles and events at any time.
 */
const stream = (rows: number, seed: number): Shape => ({
  name: 'stream',
  fleet: FOR_A_BILLION_A_DAY,
  throttle: PROD_THROTTLE,
  rows,
  rowsPerRequest: STREAM_ROWS_PER_REQUEST,
  send: async ({ post, sleep }) => {
    const answered: Promise<void>[] = []
    const { profiles, events } = workload(rows, { seed, repeats: 0.2 })
    const requests = requestsOf({ profiles, events }, STREAM_ROWS_PER_REQUEST)
    for (const request of interleaved(requests)) {
      answered.push(post(request))
      await sleep((MS_PER_SECOND * STREAM_ROWS_PER_REQUEST) / ROWS_PER_SECOND)
    }
    await Promise.all(answered)
  },
})

/** Orders the requests so that each kind is spread evenly over the whole. */
function interleaved<T extends { path: string }>(requests: readonly T[]): T[] {
  return [...Map.groupBy(requests, ({ path }) => path).values()]
    .flatMap((list) => list.map((request, index) => ({ request, at: (index + 0.5) / list.length })))
    .toSorted((a, b) => a.at - b.at)
    .map(({ request }) => request)
}
