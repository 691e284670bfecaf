import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { MAX_ROWS } from '../../../functions/receiver/limits.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { jsonReport } from '../../cli/json-report.ts'
import { type Cli, command, UsageError } from '../../cli/program.ts'
import { duration, wholeNumber } from '../../cli/values.ts'
import {
  audienceIdOption,
  connectionOption,
  contentTypeOf,
  contentTypeOption,
  endpointOption,
  opOption,
  queryOption,
  type RequestOptions,
  readRequest,
  shellWord,
  splitIdOption,
} from '../sent-file/request-options.ts'
import type { Target } from '../target.edge.ts'
import { readTarget, targetFlags, withTargetOptions } from '../target-options.ts'
import type { HttpAnswer, PostDeps } from './post.ts'

/** A receiver with 512 MB processes this number of rows within seconds. */
const DEFAULT_ROWS = 5_000

/** A file has fewer rows than this. */
const MAX_SKIP = 999_999_999

export const sendCommand = (cli: Cli) =>
  withTargetOptions(
    command('send', cli, {
      notes: [
        'A JSON list, one JSON object per line, or a table with a header line may have any length, and is cut into requests that are sent one after the other. Rows count from 0.',
        'On a terminal, rows are sent to a stage with keepData only after you have typed its name.',
      ],
      examples: [
        [
          'npm run ops -- send activation.csv --stage dev --endpoint activations --audience-id 1042',
          'sends the file to the audience 1042, and follows its rows',
        ],
        [
          'npm run ops -- send events.ndjson.gz --connection shop --no-follow --yes',
          'sends the file without a question, and ends when all rows are accepted',
        ],
      ],
      exitCodes: {
        0: 'every row was accepted and, as far as the rows were followed, delivered',
        1: 'some rows were not accepted, not delivered, or would be parked',
      },
    })
      .summary('send a file as ActionIQ would, and follow its rows until Braze has them')
      .description(
        "Sends a file as ActionIQ would, with the connection's own credentials, and follows its rows until Braze has them. What the file says is written to Braze at once and cannot be undone: npm run ops -- explain shows it first, and sends nothing.",
      )
      .argument('<file>', 'the file, also as .gz'),
  )
    .addOption(endpointOption())
    .addOption(connectionOption())
    .addOption(audienceIdOption())
    .addOption(splitIdOption())
    .addOption(opOption())
    .addOption(queryOption())
    .addOption(contentTypeOption())
    .optionsGroup('How:')
    .option('--rows <number>', 'rows per request at most', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option(
      '--skip <number>',
      'leave out this number of rows at the beginning, to continue after an interruption',
      wholeNumber(0, MAX_SKIP),
      0,
    )
    .option(
      '--key <word>',
      'the Idempotency-Key, to which the number of the first row of each request is added; by default a new one each time. With hmac, there is none, because the signature does not cover it',
      keyWord,
    )
    .option('--no-follow', 'end when all rows are accepted')
    .addOption(
      new Option('--timeout <time>', 'follow the rows for this time: 30m, 2h or 1d')
        .argParser(duration)
        .conflicts('follow'),
    )
    .option('--json', 'print one JSON object; see docs/operating.md')
    .option('--yes', 'send without a question')
    .action(
      cli.exitsWith(async (file, given) => {
        const { withTarget } = await import('../with-target.ts')
        const { fileReader } = await import('../read-file.edge.ts')
        const read = await fileReader(file)
        if ('problem' in read) throw new UsageError(read.problem)
        const heading = given.json ? undefined : 'Looking at'
        const typed = {
          targetFlags: targetFlags(readTarget(given)),
          file: shellWord(file),
          requestOptions: readRequest(given),
          key: given.key,
        }
        return withTarget(readTarget(given), cli, heading, (target) =>
          send(read, { ...given, ...typed }, target, cli),
        )
      }),
    )

/** The key is sent in a header. */
function keyWord(text: string): string {
  if (/^[\x21-\x7e]{1,200}$/.test(text)) return text
  throw new InvalidArgumentError('It must be a word of at most 200 ASCII characters.')
}

type Given = {
  requestOptions: RequestOptions
  targetFlags: string
  file: string
  key: string | undefined
  rows: number
  skip: number
  follow: boolean
  timeout?: number | undefined
  json?: true | undefined
  yes?: true | undefined
}

async function send(
  read: () => AsyncIterable<Buffer>,
  given: Given,
  target: Target,
  cli: Cli,
): Promise<boolean> {
  const { connectionNamed, warnOfOtherConnections } = await import('../connection-named.ts')
  const { MAX_WEBHOOK_BYTES } = await import('../sent-file/cut.ts')
  const { isConfirmed } = await import('../confirm.ts')
  const { sendFile } = await import('./send.ts')
  const { formatReport, reportForJson } = await import('./format.ts')
  const { requestOptions, rows, skip, follow, timeout = Number.POSITIVE_INFINITY, json } = given
  const connection = connectionNamed(target, requestOptions.connection)
  warnOfOtherConnections(target, cli.error)
  const post = await signedPost(target, requestOptions, connection)
  if ('problem' in post) {
    cli.error(post.problem)
    return false
  }
  const isKeyRead = connection.authentication[0]?.kind !== 'hmac'
  if (!isKeyRead && given.key !== undefined) {
    cli.error(
      `Nothing was sent: the connection ${requestOptions.connection} signs with hmac, and its signature covers no Idempotency-Key. Leave out --key.`,
    )
    return false
  }
  const key = isKeyRead ? (given.key ?? `send-${randomUUID()}`) : undefined
  const typed = { ...given, key }
  const limits = { rows, bytes: MAX_WEBHOOK_BYTES, skip }
  const options = { requestOptions, limits, key, follow, timeoutMs: timeout }
  const report = await sendFile(read, connection, options, {
    ...post,
    bridge: target.bridge,
    settings: target.settings,
    newId: randomUUID,
    now: Date.now,
    pause: (ms) => sleep(ms, undefined, { signal: cli.stop }).catch(() => undefined),
    stop: cli.stop,
    startProgress: cli.startProgress,
    isConfirmed: (action) => isConfirmed(action, target, cli, given.yes ?? false),
    out: json ? () => undefined : cli.out,
  })
  if (report === 'declined') return false
  if ('problem' in report) {
    cli.error(report.problem)
    return false
  }
  const { complete } = report
  if (json) {
    const result = reportForJson(report, typed)
    for (const line of jsonReport({
      command: 'send',
      target: target.name,
      at: Date.now(),
      ok: complete,
      result,
    }))
      cli.out(line)
  } else for (const line of formatReport(report, typed)) cli.out(line)
  return complete
}

/** Reads the token of the connection, which is never shown. */
async function signedPost(
  target: Target,
  { connection: name, endpoint, query, contentType }: RequestOptions,
  { authentication: [method] }: Connection,
): Promise<Pick<PostDeps, 'prepare' | 'recognisedMs'> | { problem: string }> {
  const { cachedSecret } = await import('../../../functions/shared/secrets.edge.ts')
  const { InboundSecret } = await import('../../../functions/shared/secrets.ts')
  const { signedHeaders } = await import('../sign.ts')
  const { recognisedMsOf } = await import('./post.ts')
  const id = target.secretIds.inbound(name)
  const { token } = await cachedSecret(target.secretsManager, id, InboundSecret, Date.now)()
  const sign = (body: Buffer, key: string) =>
    method && signedHeaders(method, token, { body, now: Date.now(), id: key })
  if (!sign(Buffer.of(), ''))
    return {
      problem: `Nothing was sent: the token of the connection ${name} cannot be used for ${method?.kind}. Correct its secret.`,
    }
  const url = new URL(`${target.webhookUrl}/v1/${name}/${endpoint}`)
  for (const [parameter, value] of Object.entries(query)) url.searchParams.set(parameter, value)
  return {
    recognisedMs: recognisedMsOf(method),
    prepare: (body, key) => {
      const headers = {
        'content-type': contentType ?? contentTypeOf(body),
        ...(key !== undefined && { 'idempotency-key': key }),
        ...sign(body, key ?? ''),
      }
      return async () => post(url, body, headers)
    },
  }
}

/** Longer than the 30 seconds after which API Gateway answers at the latest. */
const REQUEST_TIMEOUT_MS = 40_000

/** Redirects are not followed, because that would send the token to another host. */
async function post(
  url: URL,
  body: Buffer,
  headers: Record<string, string>,
): Promise<HttpAnswer | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  } catch {
    return undefined
  }
}
