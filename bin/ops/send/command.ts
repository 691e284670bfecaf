import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '../../../functions/receiver/request-context.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import type { Command } from '../command.ts'
import { fileReader } from '../read-file.edge.ts'
import { chooseConnection } from '../sent-file/choose-connection.ts'
import { shellWord } from '../sent-file/sent.ts'
import { signed } from '../sign.ts'
import type { Target } from '../target.edge.ts'
import { whereTyped } from '../where.ts'
import { withTarget } from '../with-target.ts'
import { readSendOptions, SEND_HELP } from './options.ts'
import type { HttpAnswer } from './post.ts'
import { send } from './send.ts'

/** API Gateway answers after 30 seconds at the latest. */
const REQUEST_TIMEOUT_MS = 40_000

export const sendCommand: Command = {
  does: 'sends a file as ActionIQ would, and follows its rows until Braze has them',
  help: SEND_HELP,
  run: async (surroundings) => {
    const { argv, out, complain, stop, startProgress } = surroundings
    const read = readSendOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { where, file, sent, limits, follow, timeoutMs } = read
    const reader = await fileReader(file)
    if (!reader) return { wrong: `${file} can't be read.` }
    return withTarget(where, surroundings, async (target) => {
      const connection = chooseConnection(target, sent.connection, complain)
      const way = connection?.authentication[0]
      if (!connection || !way) return false
      const id = target.secretIds.inbound(sent.connection)
      const { token } = await cachedSecret(target.secretsManager, id, InboundSecret, Date.now)()
      if (!signed(way, token, { body: Buffer.of(), now: Date.now(), id: '' })) {
        complain(
          `The token of the connection ${sent.connection} can't serve for ${way.kind}: look at its secret.`,
        )
        return false
      }
      const options = {
        sent,
        limits,
        key: read.key ?? `send-${randomUUID()}`,
        follow,
        timeoutMs,
        typed: { where: whereTyped(where), file: shellWord(file) },
      }
      return send(reader, connection, options, {
        post: (body, key) =>
          post(urlOf(target, sent), body, {
            'content-type': sent.contentType ?? contentTypeOf(body),
            'idempotency-key': key,
            ...signed(way, token, { body, now: Date.now(), id: key }),
          }),
        bridge: target.bridge,
        settings: target.settings,
        newId: randomUUID,
        now: Date.now,
        pause: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
        stop,
        startProgress,
        out,
        complain,
      })
    })
  },
}

function urlOf(
  { webhookUrl }: Target,
  {
    connection,
    endpoint,
    query,
  }: { connection: string; endpoint: Route['endpoint']; query: Readonly<Record<string, string>> },
): URL {
  const url = new URL(`${webhookUrl}/v1/${connection}/${endpoint}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url
}

/** The receiver looks at the body itself; API Gateway hands these on as text. */
const contentTypeOf = (body: Buffer) =>
  /^\s*[[{]/.test(body.subarray(0, 100).toString()) ? 'application/json' : 'text/csv; charset=utf-8'

/** A redirect is not followed, since it would carry the token elsewhere. */
async function post(
  url: URL,
  body: Buffer,
  headers: Record<string, string>,
): Promise<HttpAnswer | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    }
  } catch {
    return undefined
  }
}
