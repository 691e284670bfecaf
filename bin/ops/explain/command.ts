import { randomUUID } from 'node:crypto'
import { Option } from '@commander-js/extra-typings'
import type { Connections } from '../../../functions/shared/connection.ts'
import { FAILED, OK, WARNED } from '../../cli/io.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import {
  audienceIdOption,
  connectionOption,
  contentTypeOption,
  endpointOption,
  opOption,
  queryOption,
  readRequest,
  splitIdOption,
} from '../sent-file/request-options.ts'
import { DEFAULT_STAGE } from '../target-options.ts'

export const explainCommand = (cli: Cli) =>
  command('explain', cli, {
    notes: ['Without --values, the output contains no value of a row.'],
    examples: [
      ['npm run ops -- explain activation.csv --audience-id 1042', 'with the settings of the stage dev'],
      [
        'npm run ops -- explain rows.json --stage prod --connection crm --values',
        'with the settings of the connection crm, and with the first rows',
      ],
      [
        'npm run ops -- explain test/fixtures/activation.csv --connection sample',
        'a file of npm run demo, with the settings that the demo has for it',
      ],
    ],
    exitCodes: {
      0: 'all rows can be used',
      1: 'some rows, some of their fields or the whole file cannot be used, or there are no rows',
      3: 'with --strict: all rows can be used, but something should be checked',
    },
  })
    .summary('show how the bridge would read a file, without sending anything')
    .description(
      'Reads a file as the bridge would read it from a request, and shows how: rows, columns, people, memberships, times, the rows that it could not use and why, what is likely to be a mistake, and what it would send to Braze. Sends nothing and needs no AWS.',
    )
    .argument('<file>', 'the file, also as .gz')
    .addOption(
      new Option('--stage <name>', 'the stage in cdk.json whose settings apply').default(DEFAULT_STAGE),
    )
    .addOption(endpointOption())
    .addOption(connectionOption())
    .addOption(audienceIdOption())
    .addOption(splitIdOption())
    .addOption(opOption())
    .addOption(queryOption())
    .addOption(contentTypeOption())
    .optionsGroup('How:')
    .option('--values', 'show the first rows, which are personal data, and the objects they become')
    .option('--strict', 'exit with 3 if all rows can be used but something should be checked')
    .option('--json', 'print one JSON object; see docs/operating.md')
    .action(
      cli.exitsWith(async (file, { stage, values = false, strict = false, json, ...given }) => {
        const { readStage, requireStage } = await import('../../read-stage.ts')
        requireStage(stage)
        const read = readStage(stage)
        if ('problems' in read) {
          for (const problem of read.problems) cli.error(problem)
          return FAILED
        }
        const settings = await withSamples(read.settings, given.connection)
        const { connectionNamed } = await import('../connection-named.ts')
        const connection = connectionNamed({ settings }, given.connection)
        const { explain } = await import('./explain.ts')
        const deps = { settings, now: Date.now, newId: randomUUID }
        const { capture, warnings, usable } = explain(
          await contentOf(file),
          readRequest(given),
          connection,
          deps,
        )
        const exitCode = usable ? (strict && warnings.length > 0 ? WARNED : OK) : FAILED
        const view = { values, objectsPerRequest: settings.objectsPerRequest }
        if (json) {
          const { captureForJson } = await import('./capture.ts')
          const result = { stage, ...captureForJson(capture, warnings, view) }
          for (const line of jsonReport({ command: 'explain', at: Date.now(), ok: exitCode === OK, result }))
            cli.out(line)
        } else {
          const { formatCapture } = await import('./format-capture.ts')
          for (const line of formatCapture(capture, warnings, view)) cli.out(line)
        }
        return exitCode
      }),
    )

/** Adds the connection of the sample input, if it is asked for: only the local run has it. */
async function withSamples<T extends { connections: Connections }>(
  settings: T,
  connection: string,
): Promise<T> {
  const { SAMPLE_CONNECTION, withSampleConnection } = await import('../../local/samples.ts')
  if (connection !== SAMPLE_CONNECTION) return settings
  return { ...settings, connections: withSampleConnection(settings.connections) }
}

async function contentOf(file: string): Promise<Buffer> {
  const { buffer } = await import('node:stream/consumers')
  const { fileReader } = await import('../read-file.edge.ts')
  const read = await fileReader(file)
  if ('problem' in read) throw new UsageError(read.problem)
  return buffer(read()).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read to its end and may be damaged: ${error.message}.`)
  })
}
