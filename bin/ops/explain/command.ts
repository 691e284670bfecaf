import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { readStage } from '../../read-stage.ts'
import { type Command, FAILED, OK } from '../command.ts'
import { explain } from './explain.ts'
import { EXPLAIN_HELP, readExplainOptions } from './options.ts'

export const explainCommand: Command = {
  summary: 'shows how the bridge would read a file, without sending anything',
  help: EXPLAIN_HELP,
  run: async ({ argv, out }) => {
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
    const { lines, usable } = explain(body, options, connection, {
      settings,
      now: Date.now,
      newId: randomUUID,
    })
    for (const line of lines) out(line)
    return usable ? OK : FAILED
  },
}

function readFile(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
