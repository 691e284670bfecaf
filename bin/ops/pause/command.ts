import { setTimeout as pause } from 'node:timers/promises'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Command, Surroundings } from '../command.ts'
import { whereTyped } from '../where.ts'
import { withTarget } from '../with-target.ts'
import { PAUSE_HELP, RESUME_HELP, readPauseOptions } from './options.ts'
import { type PauseDeps, pauseDelivery, resumeDelivery } from './pause.ts'

export const pauseCommand: Command = {
  does: 'stops delivery to Braze; intake goes on',
  help: PAUSE_HELP,
  run: (surroundings) => run(surroundings, pauseDelivery),
}

export const resumeCommand: Command = {
  does: 'delivers again, and says how long that may take to begin',
  help: RESUME_HELP,
  run: (surroundings) => run(surroundings, resumeDelivery),
}

async function run(
  surroundings: Surroundings,
  act: (queues: readonly QueueName[], deps: PauseDeps) => Promise<boolean>,
) {
  const { argv, out, complain, stop } = surroundings
  const read = readPauseOptions(argv)
  if (read.kind === 'help') return 'help'
  if (read.kind === 'wrong') return { wrong: read.problem }
  const { queues, where } = read
  return withTarget(where, surroundings, ({ bridge }) =>
    act(queues, {
      bridge,
      now: Date.now,
      pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
      stop,
      out,
      complain,
      resume: `npm run ops -- resume ${queues.length > 1 ? 'both' : queues.join('')} ${whereTyped(where)}`,
      status: `npm run ops -- status ${whereTyped(where)}`,
    }),
  )
}
