import { Option } from '@commander-js/extra-typings'
import { CAPTURES_RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { OK } from '../../cli/io.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command } from '../../cli/program.ts'
import { wholeNumber } from '../../cli/values.ts'
import { readTarget, withTargetOptions } from '../target-options.ts'

/** Fits on a few screens. */
const DEFAULT_LAST = 10
const MAX_LAST = 9_999

export const capturesCommand = (cli: Cli) =>
  withTargetOptions(
    command('captures', cli, {
      notes: ['Without --values, the output contains no value of a row.'],
      examples: [
        [
          'npm run ops -- captures --stage prod --connection crm',
          'shows the last requests of this connection',
        ],
        ['npm run ops -- captures --local --last 1 --values', 'shows the last request with its first rows'],
      ],
      exitCodes: {
        0: 'the captures were read',
        1: 'SQS could not be read; with --strict, also if some rows, or a whole request, cannot be used',
        3: 'with --strict: all rows can be used, but something should be checked',
      },
    })
      .summary('show how the requests of connections in capture mode were read')
      .description(
        `Shows how the requests of connections with "mode": "capture" in cdk.json were read, the newest first. Each capture is kept for ${CAPTURES_RETENTION_DAYS} days. Changes nothing.`,
      ),
  )
    .optionsGroup('Which requests:')
    .option('--connection <name>', 'only those of this connection')
    .addOption(
      new Option('--last <number>', 'this number of requests')
        .argParser(wholeNumber(1, MAX_LAST))
        .default(DEFAULT_LAST),
    )
    .optionsGroup('How:')
    .option('--values', 'show the first rows, which are personal data, and the objects they become')
    .option('--strict', 'judge the requests that are shown by the exit code')
    .option('--json', 'print one JSON object; see docs/operating.md')
    .action(
      cli.exitsWith(async ({ connection, last, values = false, strict = false, json, ...given }) => {
        const { requireConnection, withTarget } = await import('../with-target.ts')
        const heading = json ? undefined : 'Looking at'
        return withTarget(readTarget(given), cli, heading, async (target) => {
          requireConnection(target, connection)
          const { sqsCaptures } = await import('../sqs.edge.ts')
          const { capturesForJson, formatCaptures, listCaptures, strictExitCode } = await import(
            './captures.ts'
          )
          const queue = sqsCaptures(target.sqs, target.settings.captures, target.waitSeconds)
          const listed = await listCaptures({ connection, last }, { ...queue, now: Date.now, stop: cli.stop })
          const { objectsPerRequest, connections } = target.settings
          const view = { values, objectsPerRequest, connections }
          const exitCode = strict ? strictExitCode(listed, view) : OK
          if (json) {
            const result = capturesForJson(listed, view)
            for (const line of jsonReport({
              command: 'captures',
              target: target.name,
              at: Date.now(),
              ok: exitCode === OK,
              result,
            }))
              cli.out(line)
          } else for (const line of formatCaptures(listed, { connection, ...view })) cli.out(line)
          return exitCode
        })
      }),
    )
