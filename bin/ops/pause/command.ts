import { setTimeout as pause } from 'node:timers/promises'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Command, Io } from '../command.ts'
import { targetFlags } from '../target-options.ts'
import { withTarget } from '../with-target.ts'
import { PAUSE_HELP, RESUME_HELP, readPauseOptions } from './options.ts'
import { type PauseDeps, pauseDelivery, resumeDelivery } from './pause.ts'

export const pauseCommand: Command = {
  summary: 'stops delivery to Braze; intake goes on',
  help: PAUSE_HELP,
  run: (io) => run(io, pauseDelivery),
}

export const resumeCommand: Command = {
  summary: 'delivers again, and says how long that may take to begin',
  help: RESUME_HELP,
  run: (io) => run(io, resumeDelivery),
}

async function run(io: Io, act: (queues: readonly QueueName[], deps: PauseDeps) => Promise<boolean>) {
  const { argv, out, error, stop } = io
  const read = readPauseOptions(argv)
  if (read.kind === 'help') return 'help'
  if (read.kind === 'wrong') return { wrong: read.problem }
  const { queues, targetOptions } = read
  return withTarget(targetOptions, io, 'Looking at', ({ bridge }) =>
    act(queues, {
      bridge,
      now: Date.now,
      pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
      stop,
      out,
      error,
      resume: `npm run ops -- resume ${queues.length > 1 ? 'both' : queues.join('')} ${targetFlags(targetOptions)}`,
      status: `npm run ops -- status ${targetFlags(targetOptions)}`,
    }),
  )
}
