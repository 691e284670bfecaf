import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { callBraze } from '../../../functions/shared/braze.edge.ts'
import { callWebhook } from '../call-webhook.edge.ts'
import type { Command, Surroundings } from '../command.ts'
import { knockAt } from '../knock.ts'
import { secretStore } from '../secret-store.edge.ts'
import type { Target } from '../target.edge.ts'
import { type Where, whereTyped } from '../where.ts'
import { withTarget } from '../with-target.ts'
import { type BrazeOptions, rotateBraze } from './braze.ts'
import { rotateInbound } from './inbound.ts'
import { ROTATE_HELP, readRotateOptions } from './options.ts'
import { readKey } from './read-key.edge.ts'
import type { InboundOptions } from './rotation.ts'

export const rotateCommand: Command = {
  does: 'leads through the rotation of the inbound token or the Braze key',
  help: ROTATE_HELP,
  run: async (surroundings) => {
    const read = readRotateOptions(surroundings.argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    return withTarget(read.where, surroundings, (target) =>
      read.kind === 'inbound'
        ? inbound(read.options, read.where, target, surroundings)
        : braze(read.options, read.keyFile, read.where, target, surroundings),
    )
  },
}

async function inbound(
  options: InboundOptions,
  where: Where,
  { settings, secretIds, secretsManager, webhookUrl, mutualTls, placeOfSecret }: Target,
  { out, complain, stop, startProgress }: Surroundings,
): Promise<boolean> {
  const name = options.connection
  const connection = Object.hasOwn(settings.connections, name) ? settings.connections[name] : undefined
  if (!connection) {
    complain(`There is no connection ${name}: ${Object.keys(settings.connections).join(', ')}.`)
    return false
  }
  const id = secretIds.inbound(name)
  return rotateInbound(options, {
    connection,
    store: secretStore(secretsManager, id),
    knock: mutualTls ? undefined : knockAt(webhookUrl, { callWebhook, now: Date.now, newId: randomUUID }),
    randomBytes,
    now: Date.now,
    pause: (ms) => pause(ms, undefined, { signal: stop }).catch(() => undefined),
    stop,
    startProgress,
    whereToRead: placeOfSecret(id),
    command: `npm run ops -- rotate inbound --connection ${name} ${whereTyped(where)}`,
    check: `npm run ops -- check ${whereTyped(where)}`,
    out,
    complain,
  })
}

const braze = (
  options: BrazeOptions,
  keyFile: string | undefined,
  where: Where,
  { secretIds, secretsManager, allowLoopbackBraze }: Target,
  { out, complain }: Surroundings,
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
    command: `npm run ops -- rotate braze ${whereTyped(where)}`,
    out,
    complain,
  })
