import type { Connection } from '../../shared/connection.ts'
import { isDirective } from '../../shared/directives.ts'
import { DEFAULT_FLAG_NAME, isFlagBy } from '../../shared/flags.ts'
import type { RowReader } from '../columns.ts'

/**
 * What a connection leaves out of what its sender sends. The same rules apply to rows and to Braze's own body.
 * A rule is absent if it leaves nothing out, so that a connection without such settings does not pay for it.
 */
export type Omissions = {
  /** Whether the column with this header is dropped. */
  isDropped?: (header: string) => boolean
  /** Whether the attribute of this name in Braze is written. If not, its name is added to `leftOut`. */
  isWritten?: (name: string) => boolean
  /** The names of the attributes that were left out so far. */
  leftOut: ReadonlySet<string>
}

export function omissionsOf({ connection, columnOf }: Omit<RowReader, 'isNamedFlag'>): Omissions {
  const leftOut = new Set<string>()
  const drops = Object.values(connection.columns).some(({ drop }) => drop)
  return {
    leftOut,
    ...(drops && { isDropped: (header) => columnOf(header).kind === 'dropped' }),
    ...(connection.attributes && { isWritten: attributeFilter(connection, connection.attributes, leftOut) }),
  }
}

/** Flags are always written, and a directive is not an attribute. */
function attributeFilter(
  { flagName }: Connection,
  attributes: NonNullable<Connection['attributes']>,
  leftOut: Set<string>,
): (name: string) => boolean {
  const [names, keepsListed] =
    'allow' in attributes ? [new Set(attributes.allow), true] : [new Set(attributes.deny), false]
  const [isDefaultFlag, isOwnFlag] = [isFlagBy(DEFAULT_FLAG_NAME), isFlagBy(flagName)]
  return (sent) => {
    // Braze strips the spaces around a name.
    const name = sent.trim()
    if (names.has(name) === keepsListed || isDirective(name)) return true
    if (isDefaultFlag(name) || isOwnFlag(name)) return true
    leftOut.add(name)
    return false
  }
}
