import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Route } from '../../../functions/receiver/request-context.ts'
import { cachedSecret } from '../../../functions/shared/secrets.edge.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import type { Command } from '../command.ts'
import { fileReader } from '../read-file.edge.ts'
import { chooseConnection } from '../sent-file/choose-connection.ts'
import { shellWord } from '../sent-file/request-options.ts'
import { signedHeaders } from '../sign.ts'
import type { Target } from '../target.edge.ts'
import { targetFlags } from '../target-options.ts'
import { withTarget } from '../with-target.ts'
import { readSendOptions, SEND_HELP } from './options.ts'
import type { HttpAnswer } from './post.ts'
import { sendFile } from './send.ts'

/** Longer than the 30 seconds after which API Gateway answers at the latest. */
const REQUEST_TIMEOUT_MS = 40_000

export const sendCommand: Command = {
  summary: 'sends a file as ActionIQ would, and follows its rows until Braze has them',
  help: SEND_HELP,
  run: async (io) => {
    const { argv, out, error, stop, startProgress } = io
    const read = readSendOptions(argv)
    if (read.kind === 'help') return 'help'
    if (read.kind === 'wrong') return { wrong: read.problem }
    const { targetOptions, file, requestOptions, limits, follow, timeoutMs } = read
    const reader = await fileReader(file)
    if (!reader) return { wrong: `${file} can't be read.` }
    return withTarget(targetOptions, io, 'Looking at', async (target) => {
      const connection = chooseConnection(target, requestOptions.connection, error)
      const method = connection?.authentication[0]
      if (!connection || !method) return false
      const id = target.secretIds.inbound(requestOptions.connection)
      const { token } = await cachedSecret(target.secretsManager, id, InboundSecret, Date.now)()
      if (!signedHeaders(method, token, { body: Buffer.of(), now: Date.now(), id: '' })) {
        error(
          `The token of the connection ${requestOptions.connection} can't serve for ${method.kind}: look at its secret.`,
        )
        return false
      }
      const options = {
        requestOptions,
        limits,
        key: read.key ?? `send-${randomUUID()}`,
        follow,
        timeoutMs,
        typed: { targetFlags: targetFlags(targetOptions), file: shellWord(file) },
      }
      return sendFile(reader, connection, options, {
        post: (body, key) =>
          post(urlOf(target, requestOptions), body, {
            'content-type': requestOptions.contentType ?? contentTypeOf(body),
            'idempotency-key': key,
            ...signedHeaders(method, token, { body, now: Date.now(), id: key }),
          }),
        bridge: target.bridge,
        settings: target.settings,
        newId: randomUUID,
        now: Date.now,
        pause: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
        stop,
        startProgress,
        out,
        error,
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

/**
 * The receiver detects the format from the body itself. API Gateway passes bodies of these content types on
 * as text.
 */
const contentTypeOf = (body: Buffer) =>
  /^\s*[[{]/.test(body.subarray(0, 100).toString()) ? 'application/json' : 'text/csv; charset=utf-8'

/** Redirects are not followed, because that would send the token to another host. */
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
