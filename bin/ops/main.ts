import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { sqsSendBatch } from '../../functions/shared/queue.ts'
import { captures } from './captures/captures.ts'
import { CAPTURES_HELP, readCapturesOptions } from './captures/options.ts'
import { explain } from './explain/explain.ts'
import { EXPLAIN_HELP, readExplainOptions } from './explain/options.ts'
import type { StartProgress } from './progress.ts'
import { REDRIVE_HELP, readOptions } from './redrive/options.ts'
import { redrive } from './redrive/redrive.ts'
import { sqsCaptures, sqsDeadLetters } from './sqs.ts'
import { findTarget, readStage, type Target } from './target.ts'
import type { Where } from './where.ts'

const OK = 0
const FAILED = 1
const WRONG_USAGE = 2

export type Surroundings = {
  argv: readonly string[]
  env: Record<string, string | undefined>
  out: (line: string) => void
  /** Gets what went wrong. */
  complain: (line: string) => void
  startProgress: StartProgress
  /** Aborted when the person or the system wants an end. */
  stop: AbortSignal
}

type Command = {
  /** What it does, in the list of the commands. */
  does: string
  help: string
  /** @returns the process's exit code; or what is wrong with the command line; or that its help is asked for. */
  run: (surroundings: Surroundings) => Promise<number | { wrong: string } | 'help'>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  redrive: {
    does: 'shows the dead letters that can be put back, and with --yes puts them back',
    help: REDRIVE_HELP,
    run: runRedrive,
  },
  captures: {
    does: 'shows how the requests of connections in capture mode were read',
    help: CAPTURES_HELP,
    run: runCaptures,
  },
  explain: {
    does: 'shows how the bridge would read a file, without sending anything',
    help: EXPLAIN_HELP,
    run: runExplain,
  },
}

const LIST = `npm run ops -- <command> [options]

Commands
${Object.entries(COMMANDS)
  .map(([name, { does }]) => `  ${name.padEnd(10)} ${does}`)
  .join('\n')}

npm run ops -- <command> --help shows the options of a command.`

/** @returns the process's exit code. */
export async function main(surroundings: Surroundings): Promise<number> {
  const { argv, out, complain } = surroundings
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    out(LIST)
    return OK
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    complain(`There is no command ${name}.\n`)
    complain(LIST)
    return WRONG_USAGE
  }
  const ended = await command.run({ ...surroundings, argv: rest })
  if (ended === 'help') {
    out(command.help)
    return OK
  }
  if (typeof ended === 'number') return ended
  complain(`${ended.wrong} npm run ops -- ${name} --help shows what there is.`)
  return WRONG_USAGE
}

/** Does something with the queues of a target, and tells where it can't. */
async function withTarget(
  where: Where,
  { env, out, complain }: Surroundings,
  act: (target: Target) => Promise<boolean>,
): Promise<number> {
  const target = await findTarget(where, env)
  if ('problem' in target) {
    complain(target.problem)
    return FAILED
  }
  try {
    out(`Looking at ${target.name}`)
    return (await act(target)) ? OK : FAILED
  } catch (error) {
    complain(`SQS does not answer as it should: ${error instanceof Error ? error.message : error}`)
    return FAILED
  } finally {
    target.sqs.destroy()
  }
}

async function runRedrive(surroundings: Surroundings) {
  const { argv, out, complain, stop } = surroundings
  const read = readOptions(argv)
  if (read.kind === 'help') return 'help'
  if (read.kind === 'wrong') return { wrong: read.problem }
  return withTarget(read.where, surroundings, async ({ sqs, settings }) => {
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
    return complete
  })
}

async function runCaptures(surroundings: Surroundings) {
  const { argv, out, stop } = surroundings
  const read = readCapturesOptions(argv)
  if (read.kind === 'help') return 'help'
  if (read.kind === 'wrong') return { wrong: read.problem }
  return withTarget(read.where, surroundings, async ({ sqs, settings }) => {
    await captures(read.options, { ...sqsCaptures(sqs, settings.captures), now: Date.now, stop, out })
    return true
  })
}

async function runExplain({ argv, out }: Surroundings) {
  const read = readExplainOptions(argv)
  if (read.kind === 'help') return 'help'
  if (read.kind === 'wrong') return { wrong: read.problem }
  const { options, stage, file } = read
  const stageRead = readStage(stage)
  if ('problems' in stageRead) return { wrong: stageRead.problems.join('\n') }
  const { settings } = stageRead
  const { connections } = settings
  const connection = Object.hasOwn(connections, options.connection)
    ? connections[options.connection]
    : undefined
  if (!connection)
    return {
      wrong: `${stage} has no connection ${options.connection}: ${Object.keys(connections).join(', ')}.`,
    }
  const body = readFile(file)
  if (!body) return { wrong: `${file} can't be read.` }
  const { lines, usable } = explain(body, options, connection, { settings, now: Date.now, newId: randomUUID })
  for (const line of lines) out(line)
  return usable ? OK : FAILED
}

function readFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
