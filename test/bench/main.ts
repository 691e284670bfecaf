import { execSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { failures, measured } from './figure.ts'
import { SECTIONS } from './sections.ts'
import { table } from './table.ts'

/**
 * `npm run bench`: what the bridge takes, each figure beside the least that it could take, measured in the same run.
 * Prints a table a section and writes all figures to a file.
 */

const { values } = parseArgs({
  options: {
    /** A few minutes less, for CI: smaller inputs, fewer runs. */
    short: { type: 'boolean', default: false },
    /** Names of sections, with commas; without it all of them. */
    only: { type: 'string' },
    json: { type: 'string', default: 'bench.json' },
    seed: { type: 'string', default: '20261125' },
  },
})
const seed = Number(values.seed)
const only = values.only?.split(',')

const unknown = only?.filter((name) => !Object.hasOwn(SECTIONS, name)) ?? []
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(', ')}: ${Object.keys(SECTIONS).join(', ')}.`)
  process.exit(2)
}

const isChosen = (name: string) => !only || only.includes(name)

// It measures the bundles that would be deployed: those of the code as it is now.
if (isChosen('cold-start')) execSync('npm run --silent synth', { stdio: 'inherit' })

const figures = []
for (const [name, { title, measure }] of Object.entries(SECTIONS)) {
  if (!isChosen(name)) continue
  const ofSection = await measure({ short: values.short, seed })
  console.log(table(title, ofSection))
  figures.push(...ofSection.map((figure) => ({ section: name, ...figure, measured: measured(figure) })))
}
const { version, arch } = process
const processors = cpus()
const machine = { arch, processor: processors[0]?.model, cores: processors.length }
writeFileSync(
  values.json,
  `${JSON.stringify({ measuredAt: new Date().toISOString(), seed, short: values.short, node: version, machine, figures }, undefined, 2)}\n`,
)

const failed = failures(figures)
for (const { section, name } of failed) console.error(`${section}, ${name}: over twice its target`)
process.exit(failed.length > 0 ? 1 : 0)
