import { randomUUID } from 'node:crypto'
import type { Connections } from '../../functions/shared/connection.ts'
import { webhookPath } from '../ops/sent-file/request-options.ts'
import { signedHeaders } from '../ops/sign.ts'

export type SendRequest = {
  connection: string
  /** What the path ends with: `activations`, `users/track`. */
  endpoint: string
  contentType: string
  body: Uint8Array<ArrayBuffer>
}
export type SendResponse = { status: number; body: string; ms: number }

/** Sends as a sender of the connection would, through the gateway. @returns undefined where there is no such connection. */
export type Send = (sending: SendRequest) => Promise<SendResponse | undefined>

export const createSender =
  (
    gatewayUrl: string,
    connections: Connections,
    /** A token of the connection of this name that is live now. */
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
