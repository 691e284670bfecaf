import { SUCCESS_ANSWER } from '../braze.ts'
import type { Figure, Options } from './figure.ts'
import { deliverAll, receiveAll } from './pipeline.ts'
import { median } from './statistics.ts'
import { requestsOf, type SenderRequest, workload } from './workload.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const ROWS_PER_REQUEST = 5_000

/** Each size runs at least this many rows in a round, because a small run lasts only a few milliseconds. */
const MIN_ROWS = 100_000

/**
 * Each round runs all sizes, so that a machine that becomes slower slows all of them. The first round warms
 * up.
 */
const ROUNDS = 4
const WARM_UP_ROUNDS = 1

/** The number of requests that are generated before measuring starts and then used in turn. */
const DISTINCT_REQUESTS = 20

/** The largest deviation of one size from the median of all sizes, in per cent. */
const MAX_DEVIATION = 15

/** The heap growth allowed after a million rows, in MB. If rows were retained, it would be hundreds of MB. */
const MAX_GROWTH_MB = 20

/**
 * Measures whether a row costs the same in activations of a thousand and a million rows, and whether memory
 * leaks.
 */
export async function growth({ short, seed }: Options): Promise<Figure[]> {
  const sizes = short ? SIZES.slice(0, -1) : SIZES
  const activations = sizes.map((rows) => ({
    rows,
    requests: generateRequests(Math.min(rows, ROWS_PER_REQUEST), seed),
  }))
  const before = heapMb()
  const rounds: number[][] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const costs: number[] = []
    for (const { rows, requests } of activations) costs.push(await rowUs(rows, requests))
    if (round >= WARM_UP_ROUNDS) rounds.push(costs)
  }
  const perRow = sizes.map((_, size) => median(rounds.map((costs) => costs[size] ?? Number.NaN)))
  const middle = median(perRow)
  return [
    ...sizes.map((rows, index) => ({
      name: `a row of ${rows.toLocaleString('en')}`,
      value: perRow[index] ?? Number.NaN,
      unit: 'µs',
    })),
    {
      name: 'the one that is farthest from their median',
      value: Math.max(...perRow.map((value) => 100 * Math.abs(value / middle - 1))),
      unit: '%',
      target: { most: MAX_DEVIATION },
    },
    {
      name: 'heap afterwards, above that before',
      value: Math.max(0, heapMb() - before),
      unit: 'MB',
      target: { most: MAX_GROWTH_MB },
      isRelative: true,
    },
  ]
}

type GeneratedRequest = { rows: number; posts: SenderRequest[] }

const generateRequests = (rows: number, seed: number): GeneratedRequest[] =>
  Array.from({ length: DISTINCT_REQUESTS }, (_, n) => ({
    rows,
    posts: requestsOf(workload(rows, { seed: seed + n, repeats: 0.2 }), rows),
  }))

/**
 * Measures the CPU time of a row in µs. Requests run one after another, as they arrive, so nothing of one is
 * left when the next one starts.
 */
async function rowUs(activation: number, requests: readonly GeneratedRequest[]): Promise<number> {
  let [rows, ms] = [0, 0]
  for (let turn = 0; rows < Math.max(activation, MIN_ROWS); turn++) {
    const request = requests[turn % requests.length]
    if (!request) throw new Error('no request was drawn')
    const received = await receiveAll(request.posts)
    const delivered = await deliverAll(received.messages, () => SUCCESS_ANSWER)
    rows += request.rows
    ms += received.cpuMs + delivered.cpuMs
  }
  return (1_000 * ms) / rows
}

function heapMb(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
