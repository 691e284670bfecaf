import type { Connection } from '../../../functions/shared/connection.ts'
import type { Target } from '../target.edge.ts'

/**
 * @returns the connection with this name. Prints an error if there is none, and a warning if the deployed
 * connections may differ.
 */
export function chooseConnection(
  { settings: { connections }, declared }: Pick<Target, 'settings' | 'declared'>,
  name: string,
  error: (line: string) => void,
): Connection | undefined {
  if (declared?.differing.includes('connections'))
    error('The stack was deployed with other connections than cdk.json has: it may read rows otherwise.')
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined
  if (!connection) error(`There is no connection ${name}: ${Object.keys(connections).join(', ')}.`)
  return connection
}
