import { closeSync, openSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { parseProblem } from '../../ops/parse-problem.ts'
import type { Options } from './figure.ts'
import { SECTIONS } from './sections.ts'

export type BenchOptions = Options & {
  /** The names of the sections to run, in this order. */
  chosen: string[]
  /** The file to which all figures are written. */
  json: string
}

export type ReadBenchOptions =
  | { kind: 'options'; options: BenchOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

const DEFAULT_SEED = '20261125'

/** The workload's generator treats all seeds up to this value as different. */
const MAX_SEED = 2 ** 31
const DEFAULT_JSON = 'bench.json'

/** Reads the command line of `npm run bench`. */
export function readBenchOptions(argv: readonly string[]): ReadBenchOptions {
  const read = parse(argv)
  if ('problem' in read) return wrong(read.problem)
  const { only, json = DEFAULT_JSON, seed = DEFAULT_SEED, short = false, help } = read.values
  if (help) return { kind: 'help' }
  const names = Object.keys(SECTIONS)
  const asked = only?.split(',').map((name) => name.trim()) ?? names
  const unknown = asked.filter((name) => !names.includes(name))
  if (unknown.length > 0)
    return wrong(
      `--only takes ${names.join(', ')}, and not ${unknown.map((name) => `"${name}"`).join(', ')}.`,
    )
  if (!/^\d{1,10}$/.test(seed) || Number(seed) > MAX_SEED)
    return wrong(`--seed is a whole number from 0 to ${MAX_SEED}.`)
  if (json === '') return wrong('--json is the name of a file.')
  const chosen = names.filter((name) => asked.includes(name))
  return { kind: 'options', options: { chosen, short, seed: Number(seed), json } }
}

const wrong = (problem: string) => ({ kind: 'wrong' as const, problem })

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { short: flag, only: text, json: text, seed: text, help: { ...flag, short: 'h' } },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

const NAME_WIDTH = 12

export const BENCH_HELP = `npm run bench -- [options]

Measures what the bridge takes, each figure beside the least that it could take, in the same run. Prints a table a
section and writes all figures to a file; all of it takes minutes. docs/performance.md says how, and what came out.
Asks nobody and needs no AWS.

  --only <name,name>  these sections and no others
  --short             smaller inputs and fewer runs
  --seed <n>          draws another workload (${DEFAULT_SEED})
  --json <file>       where the figures go (${DEFAULT_JSON})
  --help              shows this

Sections
${Object.entries(SECTIONS)
  .map(([name, { title }]) => `  ${name.padEnd(NAME_WIDTH)} ${title}`)
  .join('\n')}

Ends with 0; with 1 if a figure that hangs little on the machine, as a count or a ratio to its floor, misses its target
more than twofold; with 2 if the command line is wrong. A time that misses its target does not count.`

/**
 * Checks whether a file can be written, without changing its content. Creates it empty if it does not exist.
 * @returns the problem as a sentence, or undefined if there is none.
 */
export function checkWritable(file: string): string | undefined {
  try {
    closeSync(openSync(file, 'a'))
    return undefined
  } catch (error) {
    return `${file} can't be written: ${error instanceof Error ? error.message : String(error)}.`
  }
}
