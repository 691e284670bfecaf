import type { Figure } from './figure.ts'
import { deliverAll, receiveAll, TAKES_ALL } from './pipeline.ts'
import { requestsOf } from './requests-of.ts'
import type { Options } from './sections.ts'
import { workload } from './workload.ts'

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
const ROWS_PER_REQUEST = 5_000

/** Each size runs so many rows in all, or what is small would be measured by a few milliseconds. */
const LEAST_ROWS = 200_000
const WARM_UP_ROWS = 100_000

/** Of one size against the median of all, in per cent. */
const MOST_DEVIATION = 15

/** What may be left lying after a million rows, in MB: rows that were kept would be hundreds. */
const MOST_GROWTH_MB = 20

/** Whether a row costs the same in an activation of a thousand and of a million, and whether anything piles up. */
export async function growth({ short, seed }: Options): Promise<Figure[]> {
  const sizes = short ? SIZES.slice(0, -1) : SIZES
  await cpuOf(WARM_UP_ROWS, seed)
  const before = heapMb()
  const perRow: number[] = []
  for (const rows of sizes) {
    const times = Math.max(1, Math.floor(LEAST_ROWS / rows))
    let cpuMs = 0
    for (let time = 0; time < times; time++) cpuMs += await cpuOf(rows, seed + time)
    perRow.push((1_000 * cpuMs) / (rows * times))
  }
  const middle = perRow.toSorted((a, b) => a - b)[Math.floor(perRow.length / 2)] ?? Number.NaN
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
      target: { most: MOST_DEVIATION },
    },
    {
      name: 'heap afterwards, above that before',
      value: Math.max(0, heapMb() - before),
      unit: 'MB',
      target: { most: MOST_GROWTH_MB },
      isRelative: true,
    },
  ]
}

/** Request by request, as they come: nothing of one is there any more when the next one is. */
async function cpuOf(rows: number, seed: number): Promise<number> {
  let cpuMs = 0
  for (let from = 0; from < rows; from += ROWS_PER_REQUEST) {
    const part = workload(Math.min(ROWS_PER_REQUEST, rows - from), { seed: seed + from, repeats: 0.2 })
    const received = await receiveAll(requestsOf(part, ROWS_PER_REQUEST))
    const delivered = await deliverAll(received.messages, () => TAKES_ALL)
    cpuMs += received.cpuMs + delivered.cpuMs
  }
  return cpuMs
}

function heapMb(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}
