import { OK, type Surroundings, WRONG_USAGE } from '../ops/command.ts'
import { ASSUMED, helpOn, readCostOptions } from './options.ts'
import { scaleTables } from './scale-tables.ts'
import { tell } from './tell.ts'
import { readUsage } from './usage.ts'

export type CostSurroundings = Pick<Surroundings, 'argv' | 'out' | 'complain'> & {
  /** What `npm run bench -- --only usage` has written. */
  measured: unknown
}

/** @returns the process's exit code. */
export function main({ argv, measured, out, complain }: CostSurroundings): number {
  const shapes = readUsage(measured)
  const read = readCostOptions(argv, shapes)
  if (read.kind === 'help') {
    out(helpOn(shapes))
    return OK
  }
  if (read.kind === 'wrong') {
    complain(`${read.problem} npm run cost -- --help shows what there is.`)
    return WRONG_USAGE
  }
  if (read.options.tables) for (const table of Object.values(scaleTables(shapes, ASSUMED))) out(`${table}\n`)
  else for (const line of tell(read.options)) out(line)
  return OK
}
