import { type Assumptions, type Bill, billOf } from './bill.ts'
import { fixedCosts } from './fixed.ts'
import type { Usage } from './usage.ts'

const MILLION = 1e6

/** A month of 30 days. */
export const MONTH_SECONDS = 30 * 24 * 3_600

/** US dollars. */
export type Month = {
  perMillion: Bill
  /** The cost of all rows of the month. */
  rows: Bill
  fixed: ReturnType<typeof fixedCosts>
}

export function monthOf(usage: Usage, rowsPerMonth: number, assumptions: Assumptions): Month {
  const perMillion = billOf(usage, assumptions)
  const times = rowsPerMonth / MILLION
  return {
    perMillion,
    rows: {
      'HTTP API': perMillion['HTTP API'] * times,
      Lambda: perMillion.Lambda * times,
      SQS: perMillion.SQS * times,
      egress: perMillion.egress * times,
      tracing: perMillion.tracing * times,
      logs: perMillion.logs * times,
    },
    fixed: fixedCosts(usage, assumptions),
  }
}
