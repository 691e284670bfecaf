import type { Command } from '../command.ts'
import { sqsCaptures } from '../sqs.edge.ts'
import { withTarget } from '../with-target.ts'
import { captures } from './captures.ts'
import { CAPTURES_HELP, readCapturesOptions } from './options.ts'

export const capturesCommand: Command = {
  summary: 'shows how the requests of connections in capture mode were read',
  help: CAPTURES_HELP,
  run: async (io) => {
    const { argv, out, stop } = io
    const read = readCapturesOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    return withTarget(read.targetOptions, io, 'Looking at', async ({ sqs, settings, waitSeconds }) => {
      const queue = sqsCaptures(sqs, settings.captures, waitSeconds)
      await captures(read.options, { ...queue, now: Date.now, stop, out })
      return true
    })
  },
}
