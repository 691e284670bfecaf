import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sqsSendBatch } from '../../functions/shared/queue.ts'
import { REDRIVE_HELP, readOptions } from './redrive/options.ts'
import { redrive } from './redrive/redrive.ts'
import { sqsDeadLetters } from './sqs.ts'
import { findTarget } from './target.ts'

const OK = 0
const FAILED = 1
const WRONG_USAGE = 2

const COMMANDS = `npm run ops -- <command> [options]

Commands
  redrive    shows the dead letters that can be put back, and with --yes puts them back

npm run ops -- <command> --help shows the options of a command.`

export type Surroundings = {
  argv: readonly string[]
  env: Record<string, string | undefined>
  out: (line: string) => void
  /** Gets what went wrong. */
  complain: (line: string) => void
  /** Aborted when the person or the system wants an end. */
  stop: AbortSignal
}

/** @returns the process's exit code. */
export async function main({ argv, env, out, complain, stop }: Surroundings): Promise<number> {
  const [command, ...rest] = argv
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    out(COMMANDS)
    return OK
  }
  if (command === 'redrive') return runRedrive(rest, { env, out, complain, stop })
  complain(`There is no command ${command}.\n`)
  complain(COMMANDS)
  return WRONG_USAGE
}

async function runRedrive(
  argv: readonly string[],
  { env, out, complain, stop }: Omit<Surroundings, 'argv'>,
): Promise<number> {
  const read = readOptions(argv)
  if (read.kind === 'help') {
    out(REDRIVE_HELP)
    return OK
  }
  if (read.kind === 'wrong') {
    complain(`${read.problem} npm run ops -- redrive --help shows what there is.`)
    return WRONG_USAGE
  }
  const target = await findTarget(read.where, env)
  if ('problem' in target) {
    complain(target.problem)
    return FAILED
  }
  const { name, sqs, settings } = target
  try {
    out(`Looking at ${name}`)
    const { complete } = await redrive(read.options, {
      ...sqsDeadLetters(sqs, settings.deadLetters),
      sendBatch: sqsSendBatch(sqs, (code) => complain(`SQS did not take a message: ${code}`)),
      now: Date.now,
      newId: randomUUID,
      pause: async (ms) => pause(ms),
      stop,
      settings,
      out,
    })
    return complete ? OK : FAILED
  } catch (error) {
    complain(`SQS does not answer as it should: ${error instanceof Error ? error.message : error}`)
    return FAILED
  } finally {
    sqs.destroy()
  }
}
