import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { sqsSendBatch } from '../../../functions/shared/queue.edge.ts'
import type { Command } from '../command.ts'
import { sqsDeadLetters } from '../sqs.edge.ts'
import { withTarget } from '../with-target.ts'
import { REDRIVE_HELP, readRedriveOptions } from './options.ts'
import { redrive } from './redrive.ts'

export const redriveCommand: Command = {
  summary: 'shows the dead letters that can be put back, and with --yes puts them back',
  help: REDRIVE_HELP,
  run: async (io) => {
    const { argv, out, error, startProgress, stop } = io
    const read = readRedriveOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    return withTarget(read.targetOptions, io, async ({ sqs, settings }) => {
      const { complete } = await redrive(read.options, {
        ...sqsDeadLetters(sqs, settings.deadLetters),
        sendBatch: sqsSendBatch(sqs, (code) => error(`SQS did not take a message: ${code}`)),
        now: Date.now,
        newId: randomUUID,
        pause: async (ms) => pause(ms),
        stop,
        startProgress,
        settings,
        out,
      })
      return complete
    })
  },
}
