import { InvalidArgumentError } from '@commander-js/extra-typings'
import { FAILED, type Main, OK } from '../cli/io.ts'
import { jsonReport } from '../cli/json-report.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { choice } from '../cli/values.ts'
import { version } from '../cli/version.ts'
import { PRICES_LOOKED_UP_ON, PRICES_REGION } from './prices.ts'
import { DEFAULT_PER_REQUEST, SHAPES } from './usage.ts'

/** More rows than this exceed every limit here a hundred times. */
const MAX_ROWS = 1e12

/** `npm run cost`: estimates AWS's bill for a month. */
export const main: Main = (io) => runProgram(io, declareCost)

const declareCost = (cli: Cli) =>
  command('npm run cost --', cli, {
    notes: [
      `Usage was measured by \`npm run bench\`; prices are those of ${PRICES_REGION} on ${PRICES_LOOKED_UP_ON}, without free tiers and discounts. docs/scale.md explains the method and what is left out. The command needs neither AWS nor Braze.`,
    ],
    examples: [
      ['npm run cost -- --rows 1e9 --per-request 5000', 'a billion rows a month in activations'],
      ['npm run cost -- --single 10', 'ten single events a second, all month'],
    ],
    exitCodes: { [OK]: 'the bill is printed', [FAILED]: 'cdk.json has a problem' },
  })
    .description('Estimates the monthly AWS bill by service, and whether the settings can take the volume.')
    .version(version(), '--version', 'show the version')
    .option(
      '--rows <number>',
      'rows a month (default: 1e8, or what --single or --stream amounts to)',
      readRows,
    )
    .addOption(
      choice(
        '--per-request <rows>',
        `rows in each request (default: ${DEFAULT_PER_REQUEST})`,
        measuredNumbers('bulk'),
      ).conflicts(['single', 'stream']),
    )
    .addOption(
      choice('--single <per second>', 'single events, at this rate', measuredNumbers('single')).conflicts(
        'stream',
      ),
    )
    .option('--stream', 'a billion rows a day, evenly, 5,000 in each request')
    .option('--stage <name>', 'the stage of cdk.json whose settings are assumed', 'prod')
    .option('--json', 'print the estimate as JSON')
    .action(
      cli.exitsWith(async ({ json, stage, ...traffic }) => {
        const { readStage } = await import('../read-stage.ts')
        const { estimate } = await import('./estimate.ts')
        const { formatEstimate } = await import('./format.ts')
        const read = readStage(stage)
        if ('problems' in read) {
          for (const problem of read.problems) cli.error(problem)
          return FAILED
        }
        const result = estimate(traffic, stage, read.settings)
        const report = { command: 'cost', at: Date.now(), ok: true, result }
        if (json) for (const line of jsonReport(report)) cli.out(line)
        else for (const line of formatEstimate(result)) cli.out(line)
        return OK
      }),
    )

/** Reads a whole number in digits or in scientific notation, such as 1e9. */
function readRows(text: string): number {
  const rows = /^\d+(\.\d+)?(e\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isInteger(rows) && rows <= MAX_ROWS) return rows
  throw new InvalidArgumentError('It must be a whole number from 0 to 1e12, as in 250000 or 1e9.')
}

/** @returns the numbers for which this kind of traffic was measured. */
function measuredNumbers(kind: 'bulk' | 'single'): string[] {
  return SHAPES.flatMap((shape) => (shape.startsWith(`${kind} `) ? [shape.slice(kind.length + 1)] : []))
}
