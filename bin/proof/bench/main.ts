import { closeSync, openSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { InvalidArgumentError } from '@commander-js/extra-typings'
import type { Main } from '../../cli/io.ts'
import { type Cli, command, runProgram, UsageError } from '../../cli/program.ts'
import { oneOf, wholeNumber } from '../../cli/values.ts'
import { version } from '../../cli/version.ts'
import { failures, measured, type Options } from './figure.ts'
import { formatResult } from './format-result.ts'
import { SECTIONS } from './sections.ts'
import { figureTable } from './table.ts'

const OK = 0
const OVER_TARGET = 1

const DEFAULT_SEED = 20_261_125

/** The workload's generator treats all seeds up to this value as different. */
const MAX_SEED = 2 ** 31

const NAMES = Object.keys(SECTIONS)

/**
 * `npm run bench` measures the cost of the bridge, each figure next to the least possible, measured in the
 * same run.
 */
export const main: Main = (io) => runProgram(io, declareBench)

const declareBench = (cli: Cli) =>
  command('npm run bench --', cli, {
    notes: [
      'docs/performance.md explains the method and the results. The command needs neither AWS nor Braze. All of it takes minutes.',
      ['Sections:', ...NAMES.map((name) => `  ${name.padEnd(12)} ${SECTIONS[name]?.title}`)].join('\n'),
    ],
    examples: [
      ['npm run bench -- --only requests', 'counts the requests to Braze'],
      ['npm run bench -- --short --json figures.json', 'measures everything with smaller inputs'],
    ],
    exitCodes: {
      [OK]: 'every figure was measured',
      [OVER_TARGET]: 'a count or a ratio is over twice its target; a time does not count',
    },
  })
    .description('Measures the cost of the bridge and writes all figures to a file.')
    .version(version(), '--version', 'show the version')
    .option('--only <names>', 'only these sections, separated by commas', readSections)
    .option('--short', 'use smaller inputs and fewer runs')
    .option('--seed <number>', 'generate another workload', wholeNumber(0, MAX_SEED), DEFAULT_SEED)
    .option('--json <file>', 'the file to which the figures are written', readFileName, 'bench.json')
    .action(
      cli.exitsWith(async ({ only, short = false, seed, json }) => {
        // The file is checked before the minutes of measuring, so that no result is lost at the end.
        requireWritable(json)
        const chosen = NAMES.filter((name) => only === undefined || only.includes(name))
        const failed = failures(await measureAll(chosen, { short, seed }, json, cli.out))
        for (const { section, name } of failed) cli.error(`${section}, ${name}: over twice its target`)
        return failed.length > 0 ? OVER_TARGET : OK
      }),
    )

const readSections = (text: string) => text.split(',').map((name) => oneOf(NAMES)(name.trim()))

function readFileName(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It must be the name of a file.')
}

/**
 * Checks whether a file can be written, without changing its content. Creates it empty if it does not exist.
 * @throws UsageError if not.
 */
function requireWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'))
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : error}.`)
  }
}

/** Measures the chosen sections, prints their tables and writes all figures to the file. */
async function measureAll(
  chosen: readonly string[],
  options: Options,
  json: string,
  out: (line: string) => void,
) {
  const figures = []
  for (const [name, { title, measure }] of Object.entries(SECTIONS)) {
    if (!chosen.includes(name)) continue
    const ofSection = await measure(options)
    figureTable(title, ofSection).split('\n').forEach(out)
    figures.push(...ofSection.map((figure) => ({ section: name, ...figure, measured: measured(figure) })))
  }
  const { version, arch } = process
  const processors = cpus()
  const machine = { arch, processor: processors[0]?.model, cores: processors.length }
  const { short, seed } = options
  const run = { measuredAt: new Date().toISOString(), seed, short, node: version, machine }
  writeFileSync(json, formatResult(run, figures))
  return figures
}
