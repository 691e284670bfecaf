import { parseArgs } from 'node:util'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import {
  REQUEST_FLAGS,
  REQUEST_HELP,
  type RequestOptions,
  readRequestOptions,
} from '../sent-file/request-options.ts'
import type { TargetOptions } from '../target-options.ts'
import type { VerifyOptions } from './verify.ts'

/**
 * Braze's limit for new accounts, in requests per minute (Braze, "Export user profile by identifier", rate
 * limit).
 */
const DEFAULT_PER_MINUTE = '250'
const MAX_PER_MINUTE = 3_000

/** The longest observed time until a write becomes visible. */
const DEFAULT_WAIT_SECONDS = '30'

export type ReadVerifyOptions =
  | {
      kind: 'options'
      options: Omit<VerifyOptions, 'seed' | 'targetFlags'> & { seed: string | undefined }
      requestOptions: RequestOptions
      /** Absent if the persons come from `ids`. */
      file: string | undefined
      ids: string | undefined
      perMinute: number
      targetOptions: TargetOptions
    }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `verify`. */
export function readVerifyOptions(argv: readonly string[]): ReadVerifyOptions {
  const read = parse(argv)
  if ('problem' in read) return wrong(read.problem)
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const [file, ...others] = positionals
  if (others.length > 0 || (file === undefined) === (values.ids === undefined))
    return wrong('Name one file, or persons with --ids.')
  if (values.ids !== undefined && values['audience-id'] === undefined)
    return wrong('--ids needs --audience-id: the audience that they should be in.')
  const requestOptions = readRequestOptions(values)
  if ('problem' in requestOptions) return wrong(requestOptions.problem)
  const sample = values.sample === undefined ? undefined : wholeNumber(values.sample)
  if (values.sample !== undefined && !sample) return wrong('--sample is a number of persons.')
  const perMinute = wholeNumber(values['per-minute'] ?? DEFAULT_PER_MINUTE)
  if (!perMinute || perMinute > MAX_PER_MINUTE)
    return wrong(`--per-minute is a number from 1 to ${MAX_PER_MINUTE}.`)
  const waitSeconds = wholeNumber(values.wait ?? DEFAULT_WAIT_SECONDS)
  if (waitSeconds === undefined) return wrong('--wait is a number of seconds.')
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return wrong(targetOptions.problem)
  return {
    kind: 'options',
    options: {
      sample,
      seed: values.seed,
      waitMs: waitSeconds * 1_000,
      values: values.values ?? false,
      json: values.json ?? false,
    },
    requestOptions,
    file,
    ids: values.ids,
    perMinute,
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
        ids: text,
        sample: text,
        seed: text,
        wait: text,
        'per-minute': text,
        values: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const VERIFY_HELP = `npm run ops -- verify FILE [options]
npm run ops -- verify --ids a,b,c --audience-id 1042 [--split-id 2] [--op leave]

Asks Braze whether profiles hold what was sent. Reads the file as the bridge reads it, works out what each person's
profile should hold in the end (of several rows the last value counts), looks the profiles up, and lists those that
differ. Changes nothing. Needs the permission users.export.ids of the Braze key. Rows count from 0.

${TARGET_HELP}

What was sent, and how
${REQUEST_HELP}
  --ids <ids>            instead of a file: external ids with commas between, or a file with one a line; each should be
                         in the audience, or with --op leave not be in it

How it is looked at
  --sample <number>      so many persons only, drawn by lot: for files of more than a million
  --seed <text>          draws the same persons again
  --wait <seconds>       asks again for so long about those that differ: a write shows after seconds (${DEFAULT_WAIT_SECONDS})
  --per-minute <number>  requests to Braze, 50 external ids or one Braze id each (${DEFAULT_PER_MINUTE})
  --values               shows identifiers, what was sent and what Braze holds
  --json                 prints the report as JSON, with all that differ
  --help                 shows this

Ends with 0 if every row got to Braze and every profile holds what was sent, as far as a look can show, 1 if not, 2 if
the command line is wrong.`
