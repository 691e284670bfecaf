import { parseArgs } from 'node:util'
import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { TargetOptions } from '../target-options.ts'

export type ReadPauseOptions =
  | { kind: 'options'; queues: readonly QueueName[]; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `pause` and `resume`. */
export function readPauseOptions(argv: readonly string[]): ReadPauseOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const [which = 'both', ...more] = positionals
  if ((which !== 'both' && which !== 'profiles' && which !== 'events') || more.length > 0)
    return { kind: 'wrong', problem: 'Name profiles, events or both.' }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return { kind: 'options', queues: which === 'both' ? QUEUE_NAMES : [which], targetOptions }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { local: flag, 'state-dir': text, stage: text, help: { ...flag, short: 'h' } },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

const REST = `${TARGET_HELP}

Which
  profiles             changes of profiles: attributes, memberships
  events               events and purchases
  both                 without saying so

  --help               shows this

Waits until AWS says it is done, which takes up to a minute. Ends with 0, 1 if it is not done, 2 if the command line is
wrong.`

const DEPLOYMENT = `A deployment leaves it as it is, as long as it changes nothing of the event source itself: CloudFormation touches only
what differs from the last template. One that changes a queue's concurrency may turn it on again; look with status.`

export const PAUSE_HELP = `npm run ops -- pause [profiles|events|both] [options]

Stops delivery to Braze: turns the event source of a queue off, for the night when a bad mapping writes wrong values.
Intake goes on, and accepted rows wait in order, for ${RETENTION_DAYS} days at most. The alarm for the backlog fires meanwhile.
What waits was mapped when it was accepted: a corrected mapping holds for the rows that come after it.
${DEPLOYMENT}

${REST}`

export const RESUME_HELP = `npm run ops -- resume [profiles|events|both] [options]

Delivers to Braze again: turns the event source of a queue on, and says how long a lane may still wait.

${REST}`
