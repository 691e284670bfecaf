import { SIMULATE_HELP } from './help.ts'
import { readOptions } from './options.ts'
import { isWell, tableHead, tableRow, verdicts } from './report.ts'
import { simulate } from './simulate.ts'

const OK = 0
const NOT_WELL = 1
const WRONG_USAGE = 2

export type Surroundings = {
  argv: readonly string[]
  /** What cdk.json has under `context.bridge`. */
  bridge: unknown
  out: (line: string) => void
  /** Gets what went wrong. */
  complain: (line: string) => void
}

/** @returns the process's exit code. */
export function main({ argv, bridge, out, complain }: Surroundings): number {
  const read = readOptions(argv, bridge)
  if (read.kind === 'help') {
    out(SIMULATE_HELP)
    return OK
  }
  if (read.kind === 'wrong') {
    complain(`${read.problem} npm run simulate -- --help shows what there is.`)
    return WRONG_USAGE
  }
  const { scenario } = read
  for (const line of tableHead()) out(line)
  const result = simulate(scenario, (sample) => out(tableRow(sample, scenario.calmMs)))
  for (const line of ['', ...verdicts(result, scenario)]) out(line)
  return isWell(result) ? OK : NOT_WELL
}
