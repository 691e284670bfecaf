import { randomUUID } from 'node:crypto'
import type { Connections } from '../../functions/shared/connection.ts'
import { pathOf } from '../ops/sent-file/sent.ts'
import { signed } from '../ops/sign.ts'

export type Sending = {
  connection: string
  /** What the path ends with: `activations`, `users/track`. */
  endpoint: string
  contentType: string
  body: Uint8Array<ArrayBuffer>
}
export type Sent = { status: number; body: string; ms: number }

/** Sends as a sender of the connection would, through the gateway. @returns undefined where there is no such connection. */
export type Send = (sending: Sending) => Promise<Sent | undefined>

export const openSend =
  (
    gatewayUrl: string,
    connections: Connections,
    /** A token of the connection of this name that is live now. */
    tokenOf: (connection: string) => string,
  ): Send =>
  async ({ connection, endpoint, contentType, body }) => {
    const [way] = Object.hasOwn(connections, connection)
      ? (connections[connection]?.authentication ?? [])
      : []
    if (!way) return undefined
    const startedAt = Date.now()
    const response = await fetch(gatewayUrl + pathOf(connection, endpoint), {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...signed(way, tokenOf(connection), { body, now: startedAt, id: randomUUID() }),
      },
      body,
    })
    return { status: response.status, body: await response.text(), ms: Date.now() - startedAt }
  }
