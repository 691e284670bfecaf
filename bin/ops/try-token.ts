import type { Authentication } from '../../functions/shared/authentication.ts'
import type { Connection } from '../../functions/shared/connection.ts'
import type { WebhookAnswer, WebhookCall } from './call-webhook.edge.ts'
import { webhookPath } from './sent-file/request-options.ts'
import { signedHeaders } from './sign.ts'

/** The webhook's answer to a token. */
export type TokenTrial = WebhookAnswer | 'unusable token'

/** Sends a token to the webhook with one of the connection's authentication methods. */
export type TryToken = (
  sender: { name: string; connection: Pick<Connection, 'signedEndpoint'> },
  method: Authentication,
  token: string,
) => Promise<TokenTrial>

export type TryTokenDeps = {
  callWebhook: (call: WebhookCall) => Promise<WebhookAnswer>
  now: () => number
  newId: () => string
}

const NO_BODY = new Uint8Array()

/** Sends a GET with credentials, which tests the connection and submits no rows. */
export function tryTokenAt(webhookUrl: string, { callWebhook, now, newId }: TryTokenDeps): TryToken {
  return async ({ name, connection: { signedEndpoint = 'activations' } }, method, token) => {
    const headers = signedHeaders(method, token, { body: NO_BODY, now: now(), id: newId() })
    if (!headers) return 'unusable token'
    return callWebhook({ url: webhookUrl + webhookPath(name, signedEndpoint), headers })
  }
}
