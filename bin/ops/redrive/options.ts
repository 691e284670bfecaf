import { parseArgs } from 'node:util'
import { parseDuration } from '../duration.ts'
import { parseProblem } from '../parse-problem.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import { readTargetOptions, TARGET_HELP, type TargetOptions } from '../target-options.ts'
import type { RedriveOptions } from './plan.ts'

/** Audiences are usually exported once a day, so an older record has most likely been sent again since. */
const DEFAULT_MAX_AGE = '24h'

/**
 * Records a second. A dead letter of the worker goes back as one message, and one request to Braze takes ten
 * of those. So this rate needs ten requests a second and leaves most of a larger budget to new records.
 */
const DEFAULT_RATE = '100'

export type ReadRedriveOptions =
  | { kind: 'options'; options: RedriveOptions; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `redrive`. */
export function readRedriveOptions(argv: readonly string[]): ReadRedriveOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const queue = values.queue ?? 'both'
  if (queue !== 'both' && queue !== 'profiles' && queue !== 'events')
    return { kind: 'wrong', problem: '--queue is profiles or events.' }
  const maxAgeMs = parseDuration(values['max-age'] ?? DEFAULT_MAX_AGE)
  if (maxAgeMs === undefined)
    return { kind: 'wrong', problem: '--max-age is a number with m, h or d behind it: 90m, 24h, 3d.' }
  const rate = values.rate ?? DEFAULT_RATE
  if (!/^[1-9]\d{0,4}$/.test(rate))
    return { kind: 'wrong', problem: '--rate is a number of records a second, from 1 to 99999.' }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return {
    kind: 'options',
    options: {
      queues: queue === 'both' ? QUEUE_NAMES : [queue],
      codes: listOf(values.code),
      deadLetterIds: listOf(values.letter),
      connection: values.connection,
      run: values.run,
      maxAgeMs,
      includeStale: values['include-stale'] ?? false,
      includeDoubtful: values['include-doubtful'] ?? false,
      rate: Number(rate),
      yes: values.yes ?? false,
      show: values.show ?? false,
    },
    targetOptions,
  }
}

/** Reads the values of an option that may be repeated and may hold several values, separated by commas. */
const listOf = (values: readonly string[] = []) =>
  values.flatMap((value) => value.split(',')).map((value) => value.trim())

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
        queue: text,
        code: { ...text, multiple: true },
        letter: { ...text, multiple: true },
        connection: text,
        run: text,
        rate: text,
        'max-age': text,
        'include-stale': flag,
        'include-doubtful': flag,
        show: flag,
        yes: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const REDRIVE_HELP = `npm run ops -- redrive [options]

Shows what stands in the dead-letter queues and would be put back, and with --yes puts it back: sends each record to
its source queue, in the lane of its person, in the order of acceptance, and then deletes its letter. It counts as
accepted anew. Correct the cause first.

${TARGET_HELP}

Which letters
  --queue <name>       profiles or events; both without
  --code <code>        with this code only; several with commas, or by saying it again
  --letter <id>        this letter only; several as with --code
  --connection <name>  of this connection only
  --run <id>           records and rows of this run only

What is left out unless you say so
  --max-age <time>     profile records accepted longer ago: 90m, 24h, 3d (${DEFAULT_MAX_AGE})
  --include-stale      puts back profile records however old, and values that a later letter sets anew
  --include-doubtful   puts back events, and increments, that Braze may have already

How
  --rate <number>      so many records a second (${DEFAULT_RATE}), so that what comes in new needn't wait behind all of them
  --show               names every letter, and shows what it holds of people
  --yes                does it; without, nothing is changed
  --help               shows this

What is too much for one round goes in several, until nothing is left that may go. It can be interrupted and run again.
Ends with 0 if everything went as asked, 1 if something could not be done, 2 if the command line is wrong.`
