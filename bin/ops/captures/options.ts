import { parseArgs } from 'node:util'
import { CAPTURES_RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import type { TargetOptions } from '../target-options.ts'
import type { CapturesOptions } from './captures.ts'

/** Fits on a few screens. */
const DEFAULT_LAST = '10'

export type ReadCapturesOptions =
  | { kind: 'options'; options: CapturesOptions; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `captures`. */
export function readCapturesOptions(argv: readonly string[]): ReadCapturesOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const last = values.last ?? DEFAULT_LAST
  if (!/^[1-9]\d{0,3}$/.test(last)) return { kind: 'wrong', problem: '--last is a number from 1 to 9999.' }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return {
    kind: 'options',
    options: { connection: values.connection, last: Number(last), values: values.values ?? false },
    targetOptions,
  }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        local: flag,
        'state-dir': text,
        stage: text,
        connection: text,
        last: text,
        values: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const CAPTURES_HELP = `npm run ops -- captures [options]

Shows how the requests of connections with "mode": "capture" were read, the newest first. Each is kept for ${CAPTURES_RETENTION_DAYS} days;
looking changes nothing.

${TARGET_HELP}

What
  --connection <name>  of this connection only
  --last <number>      so many requests (${DEFAULT_LAST})
  --values             shows the first rows, with what they hold of people, and the objects they become
  --help               shows this

Ends with 0, 1 if SQS can't be asked, 2 if the command line is wrong.`
