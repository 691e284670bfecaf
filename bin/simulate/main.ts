import { SIMULATE_HELP } from './help.ts'
import { readSimulateOptions } from './options.ts'
import { isHealthy, tableHead, tableRow, verdicts } from './report.ts'
import { simulate } from './simulate.ts'

const OK = 0
const UNHEALTHY = 1
const WRONG_USAGE = 2

export type SimulateIo = {
  argv: readonly string[]
  /** The value of `context.bridge` in cdk.json. */
  bridge: unknown
  out: (line: string) => void
  /** Receives error messages. */
  error: (line: string) => void
}

/** @returns the process's exit code. */
export function main({ argv, bridge, out, error }: SimulateIo): number {
  const read = readSimulateOptions(argv, bridge)
  if (read.kind === 'help') {
    out(SIMULATE_HELP)
    return OK
  }
  if (read.kind === 'wrong') {
    error(`${read.problem} npm run simulate -- --help shows what there is.`)
    return WRONG_USAGE
  }
  const { scenario } = read
  for (const line of tableHead()) out(line)
  const result = simulate(scenario, (sample) => out(tableRow(sample, scenario.calmMs)))
  for (const line of ['', ...verdicts(result, scenario)]) out(line)
  return isHealthy(result) ? OK : UNHEALTHY
}
