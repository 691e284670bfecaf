import { closeSync, existsSync, linkSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { Command, Surroundings } from '../command.ts'
import { sqsDeadLetters } from '../sqs.edge.ts'
import type { Target } from '../target.edge.ts'
import { withTarget } from '../with-target.ts'
import type { Archive } from './archive.ts'
import { type DeadLettersDeps, exportDeadLetters, showDeadLetter, tellDeadLetters } from './dead-letters.ts'
import { DEAD_LETTERS_HELP, readDeadLettersOptions } from './options.ts'

export const deadLettersCommand: Command = {
  does: 'lists the dead letters by what has happened to them; shows one; writes them into a file',
  help: DEAD_LETTERS_HELP,
  run: async (surroundings) => {
    const read = readDeadLettersOptions(surroundings.argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { options, does, where } = read
    const depsOf = (target: Target) => depsFor(target, surroundings)
    switch (does.kind) {
      case 'list':
        // A machine reads the object and nothing else.
        return withTarget(where, options.json ? silent(surroundings) : surroundings, (target) =>
          tellDeadLetters(options, depsOf(target)),
        )
      case 'show':
        return withTarget(where, surroundings, (target) =>
          showDeadLetter(does.messageId, options.queues, depsOf(target)),
        )
      case 'export':
        return withTarget(where, surroundings, async (target) => {
          const archive = openArchive(does.file)
          if (!('problem' in archive)) return exportDeadLetters(options, archive, does.file, depsOf(target))
          surroundings.complain(archive.problem)
          return false
        })
    }
  },
}

const depsFor = ({ sqs, settings }: Target, { out, stop }: Surroundings): DeadLettersDeps => ({
  ...sqsDeadLetters(sqs, settings.deadLetters),
  now: Date.now,
  stop,
  settings,
  out,
})

const silent = (surroundings: Surroundings): Surroundings => ({ ...surroundings, out: () => undefined })

/** People's data: for whoever runs the command, and nobody else. */
const OWNER_ONLY = 0o600

/** @returns a file that does not stand under its name until it is whole; or why there can't be one. */
function openArchive(file: string): Archive | { problem: string } {
  if (existsSync(file)) return { problem: `${file} is there already.` }
  const partial = `${file}.partial`
  let descriptor: number
  try {
    descriptor = openSync(partial, 'wx', OWNER_ONLY)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    return { problem: `${partial} can't be made: ${words}. If an earlier run has left it, remove it.` }
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
      // Unlike a rename, a link does not replace what has come under that name meanwhile.
      linkSync(partial, file)
      rmSync(partial)
    },
    discard: () => {
      close()
      rmSync(partial)
    },
  }
}
