import type { Connection } from '../../../functions/shared/connection.ts'
import type { Target } from '../target.edge.ts'

/** @returns the connection of this name; where there is none, or it may be another one in AWS, that is said. */
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
