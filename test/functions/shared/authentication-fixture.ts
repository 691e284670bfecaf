import { authenticate } from '../../../functions/shared/authenticate.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import type { InboundSecret } from '../../../functions/shared/secrets.ts'

export const LIVE: InboundSecret = { token: 'fixture-token-current', previousToken: 'fixture-token-previous' }
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** This is 1767607200 in seconds since 1970. */
export const NOW_ISO = '2026-01-05T10:00:00Z'
export const BODY = '{"tier":"fixture-tier-7731"}'

/** A connection with these settings, which are written as in cdk.json. */
export const senderWith = (settings: object) => ({
  name: 'crm',
  connection: Connections.parse({ crm: settings }).crm ?? Connections.parse({}).default,
})

type Given = {
  headers?: Record<string, string>
  body?: string | Buffer
  sourceIp?: string
  secret?: InboundSecret
  now?: string
}

/** Authenticates a request at a connection with these settings. */
export const authenticateWith =
  (settings: object) =>
  ({ headers = {}, body = BODY, sourceIp = '192.0.2.7', secret = LIVE, now = NOW_ISO }: Given) =>
    authenticate({ headers, body: Buffer.from(body), sourceIp }, senderWith(settings), {
      readSecret: () => async () => secret,
      now: () => Date.parse(now),
      log: quiet,
    })
