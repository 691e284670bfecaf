import { parseArgs } from 'node:util'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import type { TargetOptions } from '../target-options.ts'

export type ReadCheckOptions =
  | { kind: 'options'; json: boolean; targetOptions: TargetOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

/** Reads the command line of `check`. */
export function readCheckOptions(argv: readonly string[]): ReadCheckOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values } = read
  if (values.help) return { kind: 'help' }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  return { kind: 'options', json: values.json ?? false, targetOptions }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { local: flag, 'state-dir': text, stage: text, json: flag, help: { ...flag, short: 'h' } },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const CHECK_HELP = `npm run ops -- check [options]

Looks whether everything is wired: the Braze secret, its endpoint, the key and its permissions; each connection's
inbound secret, and that the webhook lets its token in; queues, dead letters, event sources, lanes; what is deployed
otherwise than cdk.json has it; clocks. Writes nothing in Braze, sends no row, prints no secret.

${TARGET_HELP}

What
  --json               prints one JSON object instead of lines
  --help               shows this

Each line begins with ok, with -- (worth knowing) or with !! (to be mended), and says what to do next.
The credentials need secretsmanager:GetSecretValue on the stack's secrets, sqs:GetQueueAttributes,
lambda:GetEventSourceMapping and cloudformation:DescribeStacks.
Ends with 0 if nothing has to be mended, 1 if something has, 2 if the command line is wrong.`
