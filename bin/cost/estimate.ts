import { type Assumptions, billOf, MONTH_SECONDS } from './bill.ts'
import { capacityOf } from './capacity.ts'
import type { Estimate } from './format.ts'
import { PRICES_LOOKED_UP_ON, PRICES_REGION } from './prices.ts'
import { DEFAULT_PER_REQUEST, usageOf } from './usage.ts'

/** The answer time of Braze in milliseconds with which the bench measures the usage. */
const BRAZE_MS = 100

const DEFAULT_ROWS = 1e8

/** A billion rows a day. */
const STREAM_ROWS = 30e9

/** How many rows come, and how. Without any of it, activations are assumed. */
export type Traffic = {
  rows?: number | undefined
  perRequest?: string | undefined
  single?: string | undefined
  stream?: true | undefined
}

/** Estimates the bill of a month and whether the settings can take the volume. */
export function estimate(traffic: Traffic, stage: string, settings: Assumptions['settings']): Estimate {
  const { usage, arrival, usualRows } = readTraffic(traffic)
  const rowsPerMonth = traffic.rows ?? usualRows
  const assumptions = { settings, brazeMs: BRAZE_MS }
  return {
    rowsPerMonth,
    arrival,
    stage,
    prices: { currency: 'USD', region: PRICES_REGION, lookedUpOn: PRICES_LOOKED_UP_ON },
    ...billOf(usage, rowsPerMonth, assumptions),
    capacity: capacityOf(usage, rowsPerMonth, assumptions),
  }
}

function readTraffic({ perRequest = DEFAULT_PER_REQUEST, single, stream }: Traffic) {
  const traffic = (shape: string, arrival: string, usualRows: number) => ({
    usage: usageOf(shape),
    arrival,
    usualRows,
  })
  if (stream) return traffic('stream', '5,000 in each request, evenly', STREAM_ROWS)
  if (single !== undefined)
    return traffic(`single ${single}`, 'single events', Number(single) * MONTH_SECONDS)
  const rows = Number(perRequest).toLocaleString('en')
  return traffic(`bulk ${perRequest}`, `${rows} in each request`, DEFAULT_ROWS)
}
