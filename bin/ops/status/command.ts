import { setTimeout as pause } from 'node:timers/promises'
import { personHash } from '../../../functions/shared/person-hash.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { LogKey } from '../../../functions/shared/secrets.ts'
import { countIn } from '../check/queue-attributes.ts'
import type { Command } from '../command.ts'
import { sqsAttributes } from '../sqs.edge.ts'
import type { Target } from '../target.edge.ts'
import { type TargetOptions, targetFlags } from '../target-options.ts'
import { withTarget } from '../with-target.ts'
import { readStatusOptions, STATUS_HELP, type StatusOptions } from './options.ts'
import { type StatusDeps, status } from './status.ts'
import { watch } from './watch.ts'

export const statusCommand: Command = {
  summary: 'shows how the bridge does, whether a run has arrived, what became of a person',
  help: STATUS_HELP,
  run: async (io) => {
    const { argv, out, stop } = io
    const read = readStatusOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { options, targetOptions } = read
    // The first line printed must be the answer.
    const quiet = { ...io, out: () => undefined }
    return withTarget(targetOptions, quiet, 'Looking at', async (target) => {
      const readOnce = () => status(options, depsOf(target, targetFlags(targetOptions)))
      if (options.watch)
        await watch(readOnce, everyMs(options, targetOptions), {
          pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
          stop,
          out,
          onTerminal: process.stdout.isTTY && !options.json,
        })
      else for (const line of await readOnce()) out(line)
      return true
    })
  },
}

const LOCAL_MS = 2_000

/** CloudWatch's figures change once a minute, and each read costs money. */
const STACK_MS = 10_000

/** A query over the log costs more and takes some seconds. */
const LOG_MS = 30_000

function everyMs({ about }: StatusOptions, targetOptions: TargetOptions): number {
  if (targetOptions.kind === 'local') return LOCAL_MS
  return about.kind === 'bridge' ? STACK_MS : LOG_MS
}

function depsOf(
  { name, bridge, telemetry, sqs, settings, secretsManager, secretIds }: Target,
  targetFlags: string,
): StatusDeps {
  return {
    name,
    targetFlags,
    bridge,
    telemetry,
    countDeadLetters: (queue) => sqsAttributes(sqs)(settings.deadLetters[queue]).then(countIn),
    now: Date.now,
    hashPerson: async (identifier, id) => {
      if (secretIds.logKey === undefined)
        throw new Error('it was deployed before its log could be searched for a person; deploy this version')
      const { key } = await cachedSecret(secretsManager, secretIds.logKey, LogKey, Date.now)()
      return personHash(key, identifier === 'external_id' ? { external_id: id } : { braze_id: id })
    },
  }
}
