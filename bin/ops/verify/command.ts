import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { callBraze } from '../../../functions/shared/braze.edge.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { brazeCredentials, brazeSecret } from '../../../functions/shared/secrets.ts'
import type { Command } from '../command.ts'
import { fileReader } from '../read-file.edge.ts'
import { chooseConnection } from '../sent-file/choose-connection.ts'
import { whereTyped } from '../where.ts'
import { withTarget } from '../with-target.ts'
import type { Source } from './gather.ts'
import { type ReadVerifyOptions, readVerifyOptions, VERIFY_HELP } from './options.ts'
import { verify } from './verify.ts'

/** Braze pulls a profile together, and calls the endpoint slow itself. */
const REQUEST_TIMEOUT_MS = 30_000
const MINUTE_MS = 60_000

export const verifyCommand: Command = {
  does: 'asks Braze whether profiles hold what was sent',
  help: VERIFY_HELP,
  run: async (surroundings) => {
    const { argv, out, complain, stop, startProgress } = surroundings
    const read = readVerifyOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const source = await sourceOf(read)
    if ('problem' in source) return { wrong: source.problem }
    // Programs read what is printed: nothing but the report.
    const quiet = read.options.json ? { ...surroundings, out: () => undefined } : surroundings
    return withTarget(read.where, quiet, async (target) => {
      const connection = chooseConnection(target, read.sent.connection, complain)
      if (!connection) return false
      const schema = brazeSecret({ allowLoopback: target.allowLoopbackBraze })
      const key = await brazeCredentials(
        cachedSecret(target.secretsManager, target.secretIds.braze, schema, Date.now),
      )({ fresh: true })
      if ('missing' in key) {
        complain(NO_KEY[key.missing])
        return false
      }
      const options = {
        ...read.options,
        seed: read.options.seed ?? randomUUID().slice(0, 8),
        where: whereTyped(read.where),
      }
      return verify(source, connection, options, {
        exportIds: (body) =>
          callBraze(key, { path: '/users/export/ids', body, timeoutMs: REQUEST_TIMEOUT_MS }),
        spacingMs: MINUTE_MS / read.perMinute,
        pause: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
        now: Date.now,
        stop,
        startProgress,
        out,
        complain,
      })
    })
  },
}

const NO_KEY = {
  BRAZE_SECRET_PLACEHOLDER: 'The Braze secret holds no key yet: put it there first.',
  BRAZE_SECRET_UNREADABLE: 'The Braze secret can not be read, or does not hold a key and an endpoint.',
}

type Asked = Extract<ReadVerifyOptions, { kind: 'options' }>

async function sourceOf({ file, ids, sent }: Asked): Promise<Source | { problem: string }> {
  if (file !== undefined) {
    const reader = await fileReader(file)
    return reader ? { kind: 'file', read: reader, sent } : { problem: `${file} can't be read.` }
  }
  const list = await listOf(ids ?? '')
  if (!list) return { problem: `${ids} can't be read to its end.` }
  return { kind: 'ids', ids: list.map((id) => id.trim()).filter((id) => id !== ''), query: sent.query }
}

/** A file of this name, or the ids themselves. @returns undefined for a damaged file. */
async function listOf(ids: string): Promise<string[] | undefined> {
  const reader = await fileReader(ids)
  if (!reader) return ids.split(',')
  return text(reader()).then(
    (list) => list.split(/[\r\n]+/),
    () => undefined,
  )
}
