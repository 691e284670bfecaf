import { randomUUID } from 'node:crypto'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { rowReader } from '../../../functions/receiver/columns.ts'
import { callBraze, EXPORT_IDS_PATH } from '../../../functions/shared/braze.edge.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { brazeCredentials, brazeSecret } from '../../../functions/shared/secrets.ts'
import type { Command } from '../command.ts'
import { fileReader } from '../read-file.edge.ts'
import { chooseConnection } from '../sent-file/choose-connection.ts'
import { targetFlags } from '../target-options.ts'
import { withTarget } from '../with-target.ts'
import type { VerifySource } from './gather.ts'
import { type ReadVerifyOptions, readVerifyOptions, VERIFY_HELP } from './options.ts'
import { verify } from './verify.ts'

/** Braze itself calls the export endpoint slow, because it assembles each profile. */
const REQUEST_TIMEOUT_MS = 30_000
const MINUTE_MS = 60_000

export const verifyCommand: Command = {
  summary: 'asks Braze whether profiles hold what was sent',
  help: VERIFY_HELP,
  run: async (io) => {
    const { argv, out, error, stop, startProgress } = io
    const read = readVerifyOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const source = await sourceOf(read)
    if ('problem' in source) return { wrong: source.problem }
    // With `--json`, nothing but the report is printed, because programs read it.
    const quiet = read.options.json ? { ...io, out: () => undefined } : io
    return withTarget(read.targetOptions, quiet, 'Looking at', async (target) => {
      const connection = chooseConnection(target, read.requestOptions.connection, error)
      if (!connection) return false
      const schema = brazeSecret({ allowLoopback: target.allowLoopbackBraze })
      const key = await brazeCredentials(
        cachedSecret(target.secretsManager, target.secretIds.braze, schema, Date.now),
      )({ fresh: true })
      if ('missing' in key) {
        error(NO_KEY[key.missing])
        return false
      }
      const options = {
        ...read.options,
        seed: read.options.seed ?? randomUUID().slice(0, 8),
        targetFlags: targetFlags(read.targetOptions),
      }
      const reader = rowReader(connection, Object.values(target.settings.connections))
      return verify(source, reader, options, {
        exportIds: (body) => callBraze(key, { path: EXPORT_IDS_PATH, body, timeoutMs: REQUEST_TIMEOUT_MS }),
        spacingMs: MINUTE_MS / read.perMinute,
        pause: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
        now: Date.now,
        stop,
        startProgress,
        out,
        error,
      })
    })
  },
}

const NO_KEY = {
  BRAZE_SECRET_PLACEHOLDER: 'The Braze secret holds no key yet: put it there first.',
  BRAZE_SECRET_UNREADABLE: 'The Braze secret can not be read, or does not hold a key and an endpoint.',
}

type VerifyInput = Extract<ReadVerifyOptions, { kind: 'options' }>

async function sourceOf({
  file,
  ids,
  requestOptions,
}: VerifyInput): Promise<VerifySource | { problem: string }> {
  if (file !== undefined) {
    const reader = await fileReader(file)
    return reader ? { kind: 'file', read: reader, requestOptions } : { problem: `${file} can't be read.` }
  }
  const list = await listOf(ids ?? '')
  if (!list) return { problem: `${ids} can't be read to its end.` }
  return {
    kind: 'ids',
    ids: list.map((id) => id.trim()).filter((id) => id !== ''),
    query: requestOptions.query,
  }
}

/**
 * Reads ids from a file with this name, or takes the text as the ids themselves.
 * @returns undefined if the file is damaged.
 */
async function listOf(ids: string): Promise<string[] | undefined> {
  const reader = await fileReader(ids)
  if (!reader) return ids.split(',')
  return text(reader()).then(
    (list) => list.split(/[\r\n]+/),
    () => undefined,
  )
}
