import type { ReadSecret } from './cached-secret.ts'
import { DEFAULT_CONNECTION } from './connection.ts'
import type { ReceiverEnv } from './env.ts'
import type { InboundSecret } from './secrets.ts'

/**
 * One secret for each connection: the default one's was named by AWS, the others' are named after them.
 * @param open makes the reader of the secret of this name or ARN.
 */
export function inboundSecrets(
  open: (id: string) => ReadSecret<InboundSecret>,
  {
    INBOUND_SECRET_ID,
    INBOUND_SECRET_PREFIX,
  }: Pick<ReceiverEnv, 'INBOUND_SECRET_ID' | 'INBOUND_SECRET_PREFIX'>,
  connections: readonly string[],
): (connection: string) => ReadSecret<InboundSecret> {
  const idOf = (name: string) =>
    name === DEFAULT_CONNECTION ? INBOUND_SECRET_ID : INBOUND_SECRET_PREFIX + name
  const secrets = new Map(connections.map((name) => [name, open(idOf(name))] as const))
  return (connection) => {
    const read = secrets.get(connection)
    if (!read) throw new Error('there is no connection of this name')
    return read
  }
}
