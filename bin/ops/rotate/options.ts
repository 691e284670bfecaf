import { parseArgs } from 'node:util'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { readTargetOptions, TARGET_HELP } from '../legacy-target-options.ts'
import { parseProblem } from '../parse-problem.ts'
import type { TargetOptions } from '../target-options.ts'
import type { BrazeRotationOptions } from './braze.ts'
import type { InboundRotationOptions } from './rotation.ts'

export type ReadRotateOptions =
  | { kind: 'inbound'; options: InboundRotationOptions; targetOptions: TargetOptions }
  | {
      kind: 'braze'
      options: BrazeRotationOptions
      keyFile: string | undefined
      targetOptions: TargetOptions
    }
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }

const INBOUND_FLAGS = ['connection', 'start', 'finish', 'show'] as const
const BRAZE_FLAGS = ['key-file', 'rest-endpoint'] as const

/** Reads the command line of `rotate`. */
export function readRotateOptions(argv: readonly string[]): ReadRotateOptions {
  const read = parse(argv)
  if ('problem' in read) return { kind: 'wrong', problem: read.problem }
  const { values, positionals } = read
  if (values.help) return { kind: 'help' }
  const [what, ...more] = positionals
  if ((what !== 'inbound' && what !== 'braze') || more.length > 0)
    return { kind: 'wrong', problem: 'Say what to rotate: inbound or braze.' }
  const foreign = (what === 'inbound' ? BRAZE_FLAGS : INBOUND_FLAGS).find(
    (name) => values[name] !== undefined,
  )
  if (foreign) return { kind: 'wrong', problem: `--${foreign} does not belong to ${what}.` }
  const targetOptions = readTargetOptions(values)
  if ('problem' in targetOptions) return { kind: 'wrong', problem: targetOptions.problem }
  if (what === 'braze')
    return {
      kind: 'braze',
      options: { restEndpoint: values['rest-endpoint'] },
      keyFile: values['key-file'],
      targetOptions,
    }
  if (values.start && values.finish)
    return { kind: 'wrong', problem: '--start and --finish exclude each other.' }
  const step = values.start ? 'start' : values.finish ? 'finish' : 'look'
  const connection = values.connection ?? DEFAULT_CONNECTION
  return { kind: 'inbound', options: { connection, step, show: values.show ?? false }, targetOptions }
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
        connection: text,
        start: flag,
        finish: flag,
        show: flag,
        'key-file': text,
        'rest-endpoint': text,
        help: { ...flag, short: 'h' },
      },
    })
  } catch (error) {
    return { problem: parseProblem(error) }
  }
}

export const ROTATE_HELP = `npm run ops -- rotate inbound [options]
npm run ops -- rotate braze [options]

Leads from one secret to the next without a refused request, and checks each step. The secret itself tells how far a
rotation has come: run it again at any time, on any machine.

inbound: the token of a connection's sender. Two are live at once.
  --connection <name>    whose token (${DEFAULT_CONNECTION})
  (no step)              tells how far it has come, and tries every live token
  --start                makes a new token, writes it beside the one in use, and waits until both are let in
  --finish               when the sender uses the new one: takes the old one out, and waits until it is refused (5 minutes)
  --show                 prints the new token, which else stands in Secrets Manager only

braze: the key of the Braze workspace. A person makes it in Braze.
  (no --key-file)        tries the key in use, and tells the steps
  --key-file <file>      tries the key in this file on both permissions, and only then puts it into the secret; - asks for
                         it without showing it, or takes what is piped in
  --rest-endpoint <url>  of another instance; needed for the first key

${TARGET_HELP}

  --help                 shows this

The credentials need secretsmanager:GetSecretValue and PutSecretValue on the secret (and kms:Decrypt and
kms:GenerateDataKey where it has a key of its own), and cloudformation:DescribeStacks.
Ends with 0 if all is as it should be after this step, 1 if not, 2 if the command line is wrong.`
