import { alignedTable } from '../../bin/proof/table.ts'
import type { FairnessOutcome } from './bridge.ts'
import { isBad } from './rows.ts'
import { ROWS } from './traffic.ts'

/** The cost of a run's culprits, next to the same run with good rows in their places. */
export type FairnessFigures = {
  name: string
  rows: number
  culprits: number
  /** The number of requests to Braze. */
  requestsClean: number
  requests: number
  /** The mean number of extra requests for each culprit. */
  extra: number
  /** The time at which the last good row reached Braze, in seconds from the start. */
  lastClean: number
  last: number
  /** The number of events that Braze received a second time. */
  doubled: number
  /** The time at which the queues were empty, in seconds from the start. */
  quiet: number
}

export function figuresOf(name: string, clean: FairnessOutcome, outcome: FairnessOutcome): FairnessFigures {
  const culprits = outcome.deadLetters.length
  return {
    name,
    rows: ROWS,
    culprits,
    requestsClean: clean.requests,
    requests: outcome.requests,
    extra: (outcome.requests - clean.requests) / culprits,
    lastClean: lastGood(clean),
    last: lastGood(outcome),
    doubled: outcome.braze.events().length - new Set(outcome.braze.events().map(rowOf)).size,
    quiet: outcome.quietMs / 1_000,
  }
}

const rowOf = ({ properties }: { properties: Record<string, unknown> }) => properties.fair_row

const lastGood = ({ arrivedMs }: FairnessOutcome) =>
  Math.max(...[...arrivedMs].filter(([row]) => !isBad(row)).map(([, ms]) => ms)) / 1_000

const COLUMNS: readonly [head: string, cell: (figures: FairnessFigures) => string][] = [
  ['one row in 75 is bad', ({ name }) => name],
  ['rows', ({ rows }) => `${rows}`],
  ['culprits', ({ culprits }) => `${culprits}`],
  ['requests clean', ({ requestsClean }) => `${requestsClean}`],
  ['requests', ({ requests }) => `${requests}`],
  ['extra per culprit', ({ extra }) => extra.toFixed(1)],
  ['last good row clean', ({ lastClean }) => `${lastClean.toFixed(0)} s`],
  ['last good row', ({ last }) => `${last.toFixed(0)} s`],
  ['events doubled', ({ doubled }) => `${doubled}`],
  ['quiet', ({ quiet }) => `${quiet.toFixed(0)} s`],
]

export const tableOf = (all: readonly FairnessFigures[]): string =>
  alignedTable([COLUMNS.map(([head]) => head), ...all.map((one) => COLUMNS.map(([, cell]) => cell(one)))])
