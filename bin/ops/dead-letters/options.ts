import { parseArgs } from 'node:util'
import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { parseDuration } from '../../cli/duration.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { TargetOptions } from '../target-options.ts'
import type { DeadLettersOptions } from './dead-letters.ts'

export type ReadDeadLettersOptions =
  | { kind: 'options'; options: DeadLettersOptions; action: DeadLettersAction; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

export type DeadLettersAction =
  | { kind: 'list' }
  | { kind: 'show'; messageId: string }
  /** Writes the dead letters to a file. */
  | { kind: 'export'; file: string }

/** Reads the command line of `dead-letters`. */
export function readDeadLettersOptions(argv: readonly string[]): ReadDeadLettersOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const action = readAction(positionals, values)
  if ('problem' in action) return { kind: 'wrong', problem: action.problem }
  const queue = values.queue ?? 'both'
  if (queue !== 'both' && queue !== 'profiles' && queue !== 'events')
    return { kind: 'wrong', problem: '--queue is profiles or events.' }
  const olderThan = values['older-than']
  const olderThanMs = olderThan === undefined ? undefined : parseDuration(olderThan)
  if (olderThan !== undefined && olderThanMs === undefined)
    return { kind: 'wrong', problem: '--older-than is a number with m, h or d behind it: 90m, 24h, 3d.' }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return {
    kind: 'options',
    options: {
      queues: queue === 'both' ? QUEUE_NAMES : [queue],
      codes: (values.code ?? []).flatMap((codes) => codes.split(',')).map((code) => code.trim()),
      connection: values.connection,
      run: values.run,
      olderThanMs,
      values: values.values ?? false,
      json: values.json ?? false,
    },
    action,
    targetOptions,
  }
}

/** Reads the action, and rejects combinations of several. */
function readAction(
  positionals: readonly string[],
  { export: file, json = false, values = false }: { export?: string; json?: boolean; values?: boolean },
): DeadLettersAction | { problem: string } {
  const [verb, messageId, ...more] = positionals
  const isShow = verb === 'show' && messageId !== undefined && more.length === 0
  if (verb !== undefined && !isShow)
    return { problem: `${positionals.join(' ')} is no part of it: it is show and one message id.` }
  if (json && values) return { problem: '--json and --values exclude each other.' }
  if (Number(isShow) + Number(file !== undefined) + Number(json || values) > 1)
    return { problem: 'show, --export, and --values or --json exclude each other.' }
  if (file !== undefined) return { kind: 'export', file }
  return isShow ? { kind: 'show', messageId } : { kind: 'list' }
}

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
        queue: text,
        code: { ...text, multiple: true },
        connection: text,
        run: text,
        'older-than': text,
        export: text,
        values: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const DEAD_LETTERS_HELP = `npm run ops -- dead-letters [options]
npm run ops -- dead-letters show <message id> [options]

Lists the dead letters by what has happened to them: code, connection, run, how many and how old, and what to do about
them. With show: one letter, as the SQS console shows it. Looking deletes nothing, and all are visible again afterwards.

${TARGET_HELP}

Which letters
  --queue <name>       profiles or events; both without
  --code <code>        with this code only; several with commas, or by saying it again
  --connection <name>  of this connection only
  --run <id>           that hold something of this run
  --older-than <time>  that have stood there for so long: 90m, 24h, 12d

How
  --values             shows a few of each code, with what they hold of people
  --json               for machines: one object, without anything of people
  --export <file>      writes them into a new file, a letter a line, as JSON: the archive, for SQS keeps a letter for ${RETENTION_DAYS}
                       days only. It holds what the letters hold of people, and only you may read it
  --help               shows this

Ends with 0 if all letters were seen, 1 if not, or if the one to be shown was not found, 2 if the command line is wrong.`
