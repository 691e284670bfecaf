import { type Io, OK, WRONG_USAGE } from '../cli/io.ts'
import { formatBill } from './format-bill.ts'
import measured from './measured.json' with { type: 'json' }
import { costHelp, DEFAULT_ASSUMPTIONS, readCostOptions } from './options.ts'
import { scaleTables } from './scale-tables.ts'
import { readUsage } from './usage.ts'

/** @returns the process's exit code. */
export async function main({ argv, out, error }: Io): Promise<number> {
  const shapes = readUsage(measured)
  const read = readCostOptions(argv, shapes)
  if (read.kind === 'help') {
    out(costHelp(shapes))
    return OK
  }
  if (read.kind === 'wrong') {
    error(`${read.problem} npm run cost -- --help shows what there is.`)
    return WRONG_USAGE
  }
  if (read.options.tables)
    for (const table of Object.values(scaleTables(shapes, DEFAULT_ASSUMPTIONS))) out(`${table}\n`)
  else for (const line of formatBill(read.options)) out(line)
  return OK
}
