import type { Connection, Connections } from '../../functions/shared/connection.ts'
import { UsageError } from '../cli/program.ts'
import { didYouMean } from '../cli/suggest.ts'
import type { Target } from './target.edge.ts'

/** @throws UsageError if the bridge has no connection of this name. */
export function connectionNamed(
  { settings: { connections } }: { settings: { connections: Connections } },
  name: string,
): Connection {
  const connection = Object.hasOwn(connections, name) ? connections[name] : undefined
  if (connection) return connection
  const known = Object.keys(connections)
  throw new UsageError(
    `There is no connection ${name}. Known connections: ${known.join(', ')}.${didYouMean(name, known)}`,
  )
}

/** Warns if this version may read rows differently from the deployed stack. */
export function warnOfOtherConnections(
  { declared }: Pick<Target, 'declared'>,
  error: (line: string) => void,
): void {
  if (declared?.differing.includes('connections'))
    error(
      'The connections in cdk.json differ from those that are deployed, so the stack may read rows differently. npm run deploy makes them the same.',
    )
}
