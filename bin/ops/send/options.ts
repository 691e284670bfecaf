import { parseArgs } from 'node:util'
import { MAX_ROWS } from '../../../functions/receiver/limits.ts'
import { parseDuration } from '../../cli/duration.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import { MAX_WEBHOOK_BYTES, type RequestLimits } from '../sent-file/cut.ts'
import {
  REQUEST_FLAGS,
  REQUEST_HELP,
  type RequestOptions,
  readRequestOptions,
} from '../sent-file/request-options.ts'
import type { TargetOptions } from '../target-options.ts'

/** A receiver with 512 MB processes this number of rows within seconds. */
const DEFAULT_ROWS = '5000'

/** The key is sent in a header, followed by the number of the request. */
const KEY = /^[\x21-\x7e]{1,200}$/

export type ReadSendOptions =
  | {
      kind: 'options'
      requestOptions: RequestOptions
      file: string
      limits: RequestLimits
      key: string | undefined
      follow: boolean
      timeoutMs: number
      targetOptions: TargetOptions
    }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `send`. */
export function readSendOptions(argv: readonly string[]): ReadSendOptions {
  const read = parse(argv)
  if ('problem' in read) return wrong(read.problem)
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const [file, ...others] = positionals
  if (file === undefined || others.length > 0) return wrong('Name one file.')
  const requestOptions = readRequestOptions(values)
  if ('problem' in requestOptions) return wrong(requestOptions.problem)
  const rows = wholeNumber(values.rows ?? DEFAULT_ROWS)
  if (!rows || rows > MAX_ROWS) return wrong(`--rows is a number from 1 to ${MAX_ROWS}.`)
  const skip = wholeNumber(values.skip ?? '0')
  if (skip === undefined) return wrong('--skip is a number of rows.')
  if (values.key !== undefined && !KEY.test(values.key))
    return wrong('--key is a word of at most 200 characters of ASCII.')
  const timeoutMs = values.timeout === undefined ? Number.POSITIVE_INFINITY : parseDuration(values.timeout)
  if (timeoutMs === undefined) return wrong('--timeout is a number with m, h or d behind it: 30m, 2h, 1d.')
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return wrong(targetOptions.problem)
  return {
    kind: 'options',
    requestOptions,
    file,
    limits: { rows, bytes: MAX_WEBHOOK_BYTES, skip },
    key: values.key,
    follow: !values['no-follow'],
    timeoutMs,
    targetOptions,
  }
}

const wrong = (problem: string) => ({ kind: 'wrong' as const, problem })

const wholeNumber = (given: string) => (/^\d{1,9}$/.test(given) ? Number(given) : undefined)

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        local: flag,
        'state-dir': text,
        stage: text,
        ...REQUEST_FLAGS,
        rows: text,
        skip: text,
        key: text,
        'no-follow': flag,
        timeout: text,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const SEND_HELP = `npm run ops -- send FILE [options]

Sends a file as ActionIQ would, with the connection's own credentials, and follows its rows until Braze has them. It is
for real: what the file says is written to Braze. npm run ops -- explain FILE shows it before, and sends nothing.

A list of JSON, one JSON object a line, or a table with a header line may have any length (also as .gz), and is cut into
requests, sent one after the other. Rows count from 0.

${TARGET_HELP}

What is sent, and how
${REQUEST_HELP}
  --rows <number>        so many rows to a request at most (${DEFAULT_ROWS})
  --skip <number>        leaves out so many rows at the beginning: to go on after an interruption
  --key <word>           the Idempotency-Key, with the number of each request after it; a new one each time without

How it is followed
  --no-follow            ends when all is accepted
  --timeout <time>       follows for so long: 30m, 2h, 1d
  --help                 shows this

Ends with 0 if every row was accepted and, as far as they were followed, delivered; 1 if not; 2 if the command line is
wrong.`
