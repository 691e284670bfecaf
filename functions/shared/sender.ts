import type { Sender } from './authentication/authenticate.ts'
import { type Connections, DEFAULT_CONNECTION } from './connection.ts'

/**
 * Whose credentials a request must carry. Where there is nothing it could ask for, the default connection's, so that a
 * stranger can't find out which connections there are.
 */
export function senderOf(asked: string, connections: Connections): Sender {
  const connection = Object.hasOwn(connections, asked) ? connections[asked] : undefined
  if (connection) return { name: asked, connection }
  return { name: DEFAULT_CONNECTION, connection: connections[DEFAULT_CONNECTION] }
}
