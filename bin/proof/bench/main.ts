import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { failures, measured } from './figure.ts'
import { formatResult } from './format-result.ts'
import { BENCH_HELP, type BenchOptions, checkWritable, readBenchOptions } from './options.ts'
import { SECTIONS } from './sections.ts'
import { figureTable } from './table.ts'

/**
 * `npm run bench` measures the cost of the bridge, each figure next to the least possible, measured in the
 * same run.
 */

const OK = 0
const OVER_TARGET = 1
const WRONG_USAGE = 2

process.exit(await main())

/** @returns the exit code of the process. */
async function main(): Promise<number> {
  const read = readBenchOptions(process.argv.slice(2))
  if (read.kind === 'help') {
    console.log(BENCH_HELP)
    return OK
  }
  // The file is checked before the minutes of measuring, so that no result is lost at the end.
  const problem = read.kind === 'wrong' ? read.problem : checkWritable(read.options.json)
  if (read.kind === 'wrong' || problem) {
    console.error(`${problem} npm run bench -- --help shows what there is.`)
    return WRONG_USAGE
  }
  const failed = failures(await figuresOf(read.options))
  for (const { section, name } of failed) console.error(`${section}, ${name}: over twice its target`)
  return failed.length > 0 ? OVER_TARGET : OK
}

/** Measures the chosen sections, prints their tables and writes all figures to the file. */
async function figuresOf({ chosen, short, seed, json }: BenchOptions) {
  const figures = []
  for (const [name, { title, measure }] of Object.entries(SECTIONS)) {
    if (!chosen.includes(name)) continue
    const ofSection = await measure({ short, seed })
    console.log(figureTable(title, ofSection))
    figures.push(...ofSection.map((figure) => ({ section: name, ...figure, measured: measured(figure) })))
  }
  const { version, arch } = process
  const processors = cpus()
  const machine = { arch, processor: processors[0]?.model, cores: processors.length }
  const run = { measuredAt: new Date().toISOString(), seed, short, node: version, machine }
  writeFileSync(json, formatResult(run, figures))
  return figures
}
