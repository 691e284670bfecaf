import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { callBraze } from '../../../functions/shared/braze.edge.ts'
import { callWebhook } from '../call-webhook.edge.ts'
import type { Command, Io } from '../command.ts'
import { secretStore } from '../secret-store.edge.ts'
import type { Target } from '../target.edge.ts'
import { type TargetOptions, targetFlags } from '../target-options.ts'
import { tryTokenAt } from '../try-token.ts'
import { withTarget } from '../with-target.ts'
import { type BrazeRotationOptions, rotateBraze } from './braze.ts'
import { rotateInbound } from './inbound.ts'
import { ROTATE_HELP, readRotateOptions } from './options.ts'
import { readKey } from './read-key.edge.ts'
import type { InboundRotationOptions } from './rotation.ts'

export const rotateCommand: Command = {
  summary: 'leads through the rotation of the inbound token or the Braze key',
  help: ROTATE_HELP,
  run: async (io) => {
    const read = readRotateOptions(io.argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    return withTarget(read.targetOptions, io, 'Looking at', (target) =>
      read.kind === 'inbound'
        ? inbound(read.options, read.targetOptions, target, io)
        : braze(read.options, read.keyFile, read.targetOptions, target, io),
    )
  },
}

async function inbound(
  options: InboundRotationOptions,
  targetOptions: TargetOptions,
  { settings, secretIds, secretsManager, webhookUrl, mutualTls, placeOfSecret: secretLocation }: Target,
  { out, error, stop, startProgress }: Io,
): Promise<boolean> {
  const name = options.connection
  const connection = Object.hasOwn(settings.connections, name) ? settings.connections[name] : undefined
  if (!connection) {
    error(`There is no connection ${name}: ${Object.keys(settings.connections).join(', ')}.`)
    return false
  }
  const id = secretIds.inbound(name)
  return rotateInbound(options, {
    connection,
    store: secretStore(secretsManager, id),
    tryToken: mutualTls
      ? undefined
      : tryTokenAt(webhookUrl, { callWebhook, now: Date.now, newId: randomUUID }),
    randomBytes,
    now: Date.now,
    pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
    stop,
    startProgress,
    secretLocation: secretLocation(id),
    command: `npm run ops -- rotate inbound --connection ${name} ${targetFlags(targetOptions)}`,
    check: `npm run ops -- check ${targetFlags(targetOptions)}`,
    out,
    error,
  })
}

const braze = (
  options: BrazeRotationOptions,
  keyFile: string | undefined,
  targetOptions: TargetOptions,
  { secretIds, secretsManager, allowLoopbackBraze }: Target,
  { out, error }: Io,
): Promise<boolean> =>
  rotateBraze(options, {
    store: secretStore(secretsManager, secretIds.braze),
    callBraze,
    readKey:
      keyFile === undefined
        ? undefined
        : () => readKey(keyFile, process.stdin, (prompt) => process.stderr.write(prompt)),
    allowLoopback: allowLoopbackBraze,
    now: Date.now,
    command: `npm run ops -- rotate braze ${targetFlags(targetOptions)}`,
    out,
    error,
  })
