import { randomUUID } from 'node:crypto'
import type { Connections } from '../../functions/shared/connection.ts'
import { webhookPath } from '../ops/sent-file/request-options.ts'
import { signedHeaders } from '../ops/sign.ts'

export type SendRequest = {
  connection: string
  /** The end of the path, such as `activations` or `users/track`. */
  endpoint: string
  contentType: string
  body: Uint8Array<ArrayBuffer>
}
export type SendResponse = { status: number; body: string; ms: number }

/**
 * Sends a request through the gateway, authenticated as a sender of the connection.
 * @returns undefined if the connection does not exist.
 */
export type Send = (sending: SendRequest) => Promise<SendResponse | undefined>

export const createSender =
  (
    gatewayUrl: string,
    connections: Connections,
    /** @returns a token that the connection currently accepts. */
    tokenOf: (connection: string) => string,
  ): Send =>
  async ({ connection, endpoint, contentType, body }) => {
    const [method] = Object.hasOwn(connections, connection)
      ? (connections[connection]?.authentication ?? [])
      : []
    if (!method) return undefined
    const startedAt = Date.now()
    const response = await fetch(gatewayUrl + webhookPath(connection, endpoint), {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...signedHeaders(method, tokenOf(connection), { body, now: startedAt, id: randomUUID() }),
      },
      body,
    })
    return { status: response.status, body: await response.text(), ms: Date.now() - startedAt }
  }
