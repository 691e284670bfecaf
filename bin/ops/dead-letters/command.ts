import { closeSync, existsSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { Command, Io } from '../command.ts'
import { sqsDeadLetters } from '../sqs.edge.ts'
import type { Target } from '../target.edge.ts'
import { withTarget } from '../with-target.ts'
import type { Archive } from './archive.ts'
import { type DeadLettersDeps, exportDeadLetters, printDeadLetters, showDeadLetter } from './dead-letters.ts'
import { DEAD_LETTERS_HELP, readDeadLettersOptions } from './options.ts'

export const deadLettersCommand: Command = {
  summary: 'lists the dead letters by what has happened to them; shows one; writes them into a file',
  help: DEAD_LETTERS_HELP,
  run: async (io) => {
    const read = readDeadLettersOptions(io.argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { options, action, targetOptions } = read
    const depsOf = (target: Target) => depsFor(target, io)
    switch (action.kind) {
      case 'list':
        // A program expects the JSON object and nothing more.
        return withTarget(targetOptions, options.json ? silent(io) : io, 'Looking at', (target) =>
          printDeadLetters(options, depsOf(target)),
        )
      case 'show':
        return withTarget(targetOptions, io, 'Looking at', (target) =>
          showDeadLetter(action.messageId, options.queues, depsOf(target)),
        )
      case 'export':
        return withTarget(targetOptions, io, 'Looking at', async (target) => {
          const archive = openArchive(action.file)
          if (!('problem' in archive)) return exportDeadLetters(options, archive, action.file, depsOf(target))
          io.error(archive.problem)
          return false
        })
    }
  },
}

const depsFor = ({ sqs, settings, waitSeconds }: Target, { out, stop }: Io): DeadLettersDeps => ({
  ...sqsDeadLetters(sqs, settings.deadLetters, waitSeconds),
  now: Date.now,
  stop,
  settings,
  out,
})

const silent = (io: Io): Io => ({ ...io, out: () => undefined })

/** The file holds personal data, so only its owner may read it. */
const OWNER_ONLY = 0o600

/** @returns a file that appears under its name only when it is complete; or why it cannot be created. */
function openArchive(file: string): Archive | { problem: string } {
  if (existsSync(file)) return { problem: `${file} is there already.` }
  const partial = `${file}.partial`
  let descriptor: number
  try {
    descriptor = openSync(partial, 'wx', OWNER_ONLY)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { problem: `${partial} can't be made: ${message}. If an earlier run has left it, remove it.` }
  }
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    write: (line) => writeFileSync(descriptor, `${line}\n`),
    finish: () => {
      close()
      // A link, unlike a rename, does not replace a file that was created under this name in the meantime.
      linkSync(partial, file)
      rmSync(partial)
    },
    discard: () => {
      close()
      rmSync(partial)
    },
  }
}
