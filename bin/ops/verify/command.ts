import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import { wholeNumber } from '../../cli/values.ts'
import type { ReadFile } from '../read-file.edge.ts'
import {
  audienceIdOption,
  connectionOption,
  contentTypeOption,
  endpointOption,
  opOption,
  queryOption,
  type RequestOptions,
  readRequest,
  splitIdOption,
} from '../sent-file/request-options.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, targetFlags, withTargetOptions } from '../target-options.ts'
import type { VerifySource } from './gather.ts'

/**
 * Braze's limit for new accounts, in requests per minute (Braze, "Export user profile by identifier", rate
 * limit).
 */
const DEFAULT_PER_MINUTE = 250
const MAX_PER_MINUTE = 3_000

/** The longest observed time until a write becomes visible. */
const DEFAULT_WAIT_SECONDS = 30

/** Far more than any file or wait. */
const MAX_NUMBER = 999_999_999

export const verifyCommand = (cli: Cli) =>
  withTargetOptions(
    command('verify', cli, {
      notes: [
        'Of several rows of a person, the last value of each attribute counts. Rows count from 0. The Braze key needs the permission users.export.ids.',
      ],
      examples: [
        [
          'npm run ops -- verify activation.csv --stage prod --endpoint activations --audience-id 1042',
          'looks up every person of the file',
        ],
        [
          'npm run ops -- verify activation.csv.gz --sample 1000 --json',
          'looks up 1,000 persons of a large file',
        ],
        [
          'npm run ops -- verify --ids cust-1,cust-2 --audience-id 1042 --op leave',
          'looks whether these persons have left the audience',
        ],
      ],
      exitCodes: {
        0: 'every row can reach Braze and every profile holds what was sent, as far as an export shows it',
        1: 'some profile does not hold what was sent, some row cannot reach Braze, or Braze could not be asked',
      },
    })
      .summary('ask Braze whether profiles hold what was sent')
      .description(
        "Reads the file as the bridge reads it, determines what each person's profile should hold in the end, asks Braze, and lists the profiles that differ. Changes nothing.",
      )
      .argument('[file]', 'the file that was sent, also as .gz'),
  )
    .addOption(endpointOption())
    .addOption(connectionOption())
    .addOption(audienceIdOption())
    .addOption(splitIdOption())
    .addOption(opOption())
    .addOption(queryOption())
    .addOption(contentTypeOption())
    .optionsGroup('Which persons:')
    .option(
      '--ids <ids>',
      'instead of a file: external ids, separated by commas, or a file with one per line; each should be in the audience, or with --op leave not be in it',
    )
    .option('--sample <number>', 'only a random sample of this size', wholeNumber(1, MAX_NUMBER))
    .option('--seed <text>', 'select the same random sample again')
    .optionsGroup('How:')
    .option(
      '--wait <seconds>',
      'look profiles that differ up again for this time, because a write shows after some seconds',
      wholeNumber(0, MAX_NUMBER),
      DEFAULT_WAIT_SECONDS,
    )
    .option(
      '--per-minute <number>',
      'requests to Braze, each for 50 external ids or one Braze id',
      wholeNumber(1, MAX_PER_MINUTE),
      DEFAULT_PER_MINUTE,
    )
    .option('--values', 'show identifiers, what was sent and what Braze holds, which are personal data')
    .option('--json', 'print one JSON object with all that differ; see docs/operating.md')
    .action(
      cli.exitsWith(async (file, given) => {
        const { withTarget } = await import('../with-target.ts')
        if ((file === undefined) === (given.ids === undefined))
          throw new UsageError('Name one file, or persons with --ids.')
        if (given.ids !== undefined && given.audienceId === undefined)
          throw new UsageError('--ids needs --audience-id: the audience that the persons should be in.')
        const requestOptions = readRequest(given)
        const source = await sourceOf(file, given.ids ?? '', requestOptions)
        const options = {
          ...given,
          values: given.values ?? false,
          sample: given.sample,
          seed: given.seed ?? randomUUID().slice(0, 8),
          connection: requestOptions.connection,
          targetFlags: targetFlags(readTarget(given)),
        }
        const heading = given.json ? undefined : 'Looking at'
        return withTarget(readTarget(given), cli, heading, (target) => verifyOn(target, source, options, cli))
      }),
    )

async function sourceOf(
  file: string | undefined,
  ids: string,
  requestOptions: RequestOptions,
): Promise<VerifySource> {
  const { fileReader } = await import('../read-file.edge.ts')
  const read = await fileReader(file ?? ids)
  if (file === undefined && 'problem' in read && read.isMissing)
    return { kind: 'ids', ids: idsIn(ids.split(',')), query: requestOptions.query }
  if ('problem' in read) throw new UsageError(read.problem)
  if (file !== undefined) return { kind: 'file', read, requestOptions }
  return { kind: 'ids', ids: idsIn(await linesOf(read, ids)), query: requestOptions.query }
}

const idsIn = (texts: readonly string[]) => texts.map((id) => id.trim()).filter((id) => id !== '')

async function linesOf(read: ReadFile, file: string): Promise<string[]> {
  const { text } = await import('node:stream/consumers')
  const content = await text(read()).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read to its end and may be damaged: ${error.message}.`)
  })
  return content.split(/[\r\n]+/)
}

type Given = {
  connection: string
  sample: number | undefined
  seed: string
  wait: number
  perMinute: number
  values: boolean
  json?: true | undefined
  targetFlags: string
}

/** Braze itself calls the export endpoint slow, because it assembles each profile. */
const REQUEST_TIMEOUT_MS = 30_000
const MINUTE_MS = 60_000

async function verifyOn(target: Target, source: VerifySource, given: Given, cli: Cli): Promise<boolean> {
  const { rowReader } = await import('../../../functions/receiver/columns.ts')
  const { callBraze, EXPORT_IDS_PATH, MAX_EXPORT_ANSWER_BYTES } = await import(
    '../../../functions/shared/braze.edge.ts'
  )
  const { connectionNamed, warnOfOtherConnections } = await import('../connection-named.ts')
  const { verify, withoutValues } = await import('./verify.ts')
  const connection = connectionNamed(target, given.connection)
  warnOfOtherConnections(target, cli.error)
  const key = await brazeKeyOf(target)
  if ('missing' in key) {
    cli.error(NO_KEY[key.missing])
    return false
  }
  const reader = rowReader(connection, Object.values(target.settings.connections))
  const report = await verify(
    source,
    reader,
    { ...given, waitMs: given.wait * 1_000 },
    {
      exportIds: (body) =>
        callBraze(key, {
          path: EXPORT_IDS_PATH,
          body,
          timeoutMs: REQUEST_TIMEOUT_MS,
          maxAnswerBytes: MAX_EXPORT_ANSWER_BYTES,
        }),
      spacingMs: MINUTE_MS / given.perMinute,
      pause: (ms) => sleep(ms, undefined, { signal: cli.stop }).catch(() => undefined),
      now: Date.now,
      stop: cli.stop,
      startProgress: cli.startProgress,
    },
  )
  if ('problem' in report) {
    cli.error(report.problem)
    return false
  }
  if (given.json) {
    const { allHold: ok, ...result } = report
    const shown = given.values ? result : withoutValues(result)
    const sample = given.sample === undefined ? {} : { sample: given.sample, seed: given.seed }
    for (const line of jsonReport({
      command: 'verify',
      target: target.name,
      at: Date.now(),
      ok,
      result: { ...sample, ...shown },
    }))
      cli.out(line)
  } else {
    const { formatReport } = await import('./format.ts')
    for (const line of formatReport(report, given)) cli.out(line)
  }
  return report.allHold
}

async function brazeKeyOf({ secretsManager, secretIds, allowLoopbackBraze }: Target) {
  const { cachedSecret } = await import('../../../functions/shared/secrets.edge.ts')
  const { brazeCredentials, brazeSecret } = await import('../../../functions/shared/secrets.ts')
  const schema = brazeSecret({ allowLoopback: allowLoopbackBraze })
  return brazeCredentials(
    cachedSecret(secretsManager, secretIds.brazeExport ?? secretIds.braze, schema, Date.now),
  )({ fresh: true })
}

const NO_KEY = {
  BRAZE_SECRET_PLACEHOLDER:
    'The Braze secret holds no key yet, so Braze cannot be asked. Put it there with npm run ops -- rotate braze.',
  BRAZE_SECRET_UNREADABLE:
    'The Braze secret cannot be read, or does not hold a key and an endpoint. npm run ops -- check says what is wrong with it.',
}
