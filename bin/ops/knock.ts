import type { Authentication } from '../../functions/shared/connection.ts'
import type { WebhookAnswer, WebhookCall } from './call-webhook.edge.ts'
import { pathOf } from './sent-file/sent.ts'
import { signed } from './sign.ts'

/** What the webhook says to a token. */
export type Knocked = WebhookAnswer | 'unusable token'

/** Shows a token to the webhook, in one of a connection's ways. */
export type Knock = (connection: string, way: Authentication, token: string) => Promise<Knocked>

export type KnockDeps = {
  callWebhook: (call: WebhookCall) => Promise<WebhookAnswer>
  now: () => number
  newId: () => string
}

const NO_BODY = new Uint8Array()

/** A GET with credentials is a connection test: it takes no row. */
export function knockAt(webhookUrl: string, { callWebhook, now, newId }: KnockDeps): Knock {
  return async (connection, way, token) => {
    const headers = signed(way, token, { body: NO_BODY, now: now(), id: newId() })
    if (!headers) return 'unusable token'
    return callWebhook({ url: webhookUrl + pathOf(connection, 'activations'), headers })
  }
}
