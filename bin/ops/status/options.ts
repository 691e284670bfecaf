import { parseArgs } from 'node:util'
import { DISPLAY_ID } from '../../../functions/shared/dead-letter.ts'
import type { IdentifierName } from '../../../functions/shared/record.ts'
import { parseDuration } from '../../cli/duration.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import type { TargetOptions } from '../target-options.ts'

export type StatusOptions = {
  about:
    | { kind: 'bridge' }
    | { kind: 'run'; run: string; sinceMs: number }
    | { kind: 'person'; identifier: IdentifierName; id: string; sinceMs: number }
  watch: boolean
  json: boolean
}

/** Covers a run that is looked up the day after or after a weekend. */
const DEFAULT_SINCE = '3d'

export type ReadStatusOptions =
  | { kind: 'options'; options: StatusOptions; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `status`. */
export function readStatusOptions(argv: readonly string[]): ReadStatusOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const about = aboutOf(values)
  if ('problem' in about) return { kind: 'wrong', problem: about.problem }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return {
    kind: 'options',
    options: { about, watch: values.watch ?? false, json: values.json ?? false },
    targetOptions,
  }
}

function aboutOf(given: Given): StatusOptions['about'] | { problem: string } {
  const { run, person, since } = given
  const brazeId = given['braze-id']
  const named = [run, person, brazeId].filter((value) => value !== undefined).length
  if (named > 1) return { problem: 'Name one of --run, --person and --braze-id.' }
  if (named === 0)
    return since === undefined
      ? { kind: 'bridge' }
      : { problem: '--since belongs to --run, --person or --braze-id.' }
  const sinceMs = parseDuration(since ?? DEFAULT_SINCE)
  if (!sinceMs) return { problem: '--since is a number with m, h or d behind it: 90m, 24h, 3d.' }
  // The log names only runs that match this pattern, and counts all others together.
  if (run !== undefined)
    return DISPLAY_ID.test(run)
      ? { kind: 'run', run, sinceMs }
      : { problem: '--run is letters, digits, _, . and -, at most 64.' }
  const id = person ?? brazeId
  if (!id) return { problem: 'Name the person behind --person or --braze-id.' }
  return { kind: 'person', identifier: person === undefined ? 'braze_id' : 'external_id', id, sinceMs }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

type Given = {
  run?: string | undefined
  person?: string | undefined
  'braze-id'?: string | undefined
  since?: string | undefined
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        local: flag,
        'state-dir': text,
        stage: text,
        run: text,
        person: text,
        'braze-id': text,
        since: text,
        watch: flag,
        json: flag,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const STATUS_HELP = `npm run ops -- status [options]

Shows how the bridge does: what waits in each queue and how long, whether it is delivered, throughput, Braze's answers,
how full requests are, how long rows take, and what is parked. Changes nothing. Figures of a deployed stack come from
CloudWatch, a minute or two late; its log some seconds.

${TARGET_HELP}

What
  --run <id>           whether this activation run has arrived: accepted, delivered, parked, by audience
  --person <id>        what became of one person's rows: by their external_id
  --braze-id <id>      by their braze_id
  --since <time>       how far back to look for a run or a person: 90m, 24h, 3d (${DEFAULT_SINCE})

How
  --watch              again every few seconds, until Ctrl-C
  --json               for a machine to read: one object in a line
  --help               shows this

Each look at a run or a person is a query over the log of that time, which AWS charges by its size. Ends with 0, 1 if
the bridge can't be asked, 2 if the command line is wrong.`
