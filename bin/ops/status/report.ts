import { durationInWords } from '../../cli/duration.ts'

/** The answer to one question, for people and for machines. */
export type Report = {
  /** Whether the exit code is 0. */
  ok: boolean
  /** Whether a later report can say nothing else, unless somebody acts. */
  isFinal?: boolean
  lines: readonly string[]
  result: object
}

/** Formats a period that ends now, as in `the last 3 days` and `the last day`. */
export const lastPeriod = (ms: number) => `the last ${durationInWords(ms).replace(/^1 /, '')}`

export const isoTime = (at: number) => new Date(at).toISOString()
