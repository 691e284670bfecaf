import type { ColumnType, Connection } from '../shared/connection.ts'
import { isDirective } from '../shared/directives.ts'
import {
  columnKey,
  DEFAULT_FLAG_NAME,
  type FlagIds,
  flagIdsIn,
  isFlagBy,
  normalizeHeader,
} from '../shared/flags.ts'
import { isBlank, tidy } from '../shared/invisible.ts'
import { STANDARD_FIELDS, standardFieldNamed } from '../shared/standard-fields.ts'
import { type Field, HEADERS } from './aliases.ts'
import { withoutMark } from './exact-json.ts'
import { nonIdCode } from './non-ids.ts'
import { type OpLikeness, opLikenessOf } from './op-like.ts'
import type { RowErrorCode } from './row-errors.ts'

export type Column = (
  | { kind: 'field'; field: Field }
  /** `code` is the row error of a flag with a part that is not an id. */
  | { kind: 'flag'; audience_id: string; split_id: string; code?: RowErrorCode }
  | { kind: 'other' }
  /** Left out of the row. */
  | { kind: 'dropped' }
  /** Its header is empty. It is ignored while its cells are empty, and cannot be written if one is not. */
  | { kind: 'unnamed' }
) & {
  /** The type that its cells are read as, before anything else happens to them. */
  type?: ColumnType
  /** Its name as an attribute or a property, if that is not its header. */
  name?: string
  /** Another column may be written under the same name. */
  mayCollide?: true
  /** Braze's standard field that its cells are written to in a row that changes a profile. */
  standard?: string
  /** Prefix that is removed from an external id. */
  idPrefix?: string
  /** Ids that are accepted although a type would hide what they are. */
  allowed?: ReadonlySet<string>
  /** Its name says that it may hold an operation. */
  opLikeness?: OpLikeness
}

const FIELDS = new Map<string, Column>()
for (const column of Object.keys(HEADERS)
  .filter(isField)
  .map((field) => ({ kind: 'field', field }) as const))
  for (const header of HEADERS[column.field]) FIELDS.set(normalizeHeader(header), column)

function isField(name: string): name is Field {
  return name in HEADERS
}

const OTHER: Column = { kind: 'other' }

export function builtInColumn(header: string): Column {
  const column = FIELDS.get(normalizeHeader(header))
  if (column) return column
  const ids = flagIdsIn(header)
  return ids ? { kind: 'flag', ...ids } : OTHER
}

export type ColumnResolver = (header: string) => Column

/**
 * The rows of a connection have few different headers. If there are more,
 * they are made up and not worth caching.
 */
const MAX_CACHED_HEADERS = 10_000

/** The resolvers of connections, which never change. Single events would spend a fifth of their time on new ones. */
const RESOLVERS = new WeakMap<ColumnSettings, ColumnResolver>()

/** Returns a `columnOf` that follows a connection's rules and evaluates each header only once. */
export function cachedColumnResolver(connection: ColumnSettings): ColumnResolver {
  const known = RESOLVERS.get(connection) ?? newColumnResolver(connection)
  RESOLVERS.set(connection, known)
  return known
}

function newColumnResolver(connection: ColumnSettings): ColumnResolver {
  const ruled = columnResolver(connection)
  const cached = new Map<string, Column>()
  return (header) => {
    const known = cached.get(header)
    if (known) return known
    const column = ruled(header)
    if (cached.size < MAX_CACHED_HEADERS) cached.set(header, column)
    return column
  }
}

type ColumnSettings = Pick<Connection, 'columns' | 'matchStandardFields' | 'stripIdPrefix'> &
  Partial<Pick<Connection, 'allowValues'>>

const NO_RULE: Connection['columns'][string] = {}

function columnResolver({
  columns,
  matchStandardFields,
  stripIdPrefix,
  allowValues,
}: ColumnSettings): ColumnResolver {
  const rules = new Map(Object.entries(columns).map(([header, rule]) => [columnKey(header), rule]))
  const allowed = new Set(allowValues)
  const flagCode = ({ audience_id, split_id }: FlagIds) =>
    [audience_id, split_id].flatMap((id) => (allowed.has(id) ? [] : (nonIdCode(id, 'audience') ?? [])))[0]
  const newNames = new Set([...rules.values()].flatMap(({ rename }) => rename ?? []))
  return (header) => {
    const sent = withoutMark(header)
    const {
      rename,
      drop,
      type: declared,
    } = (rules.size > 0 ? rules.get(columnKey(sent)) : undefined) ?? NO_RULE
    if (drop) return { kind: 'dropped' }
    if (rename === undefined && isBlank(sent)) return { kind: 'unnamed' }
    // Braze strips spaces around a name itself. Other invisible characters would make a second attribute.
    const visible = tidy(sent) === sent ? undefined : tidy(sent)
    const name = rename ?? visible ?? header
    const known = builtInColumn(name)
    const isOther = known.kind === 'other'
    // Braze ignores a directive that is text, and all cells of a table are text.
    const type = declared ?? (isOther && isDirective(name.trim()) ? 'bool' : undefined)
    // A column that the connection renames keeps its new name.
    const standard = isOther ? standardFieldOf(name, matchStandardFields && rename === undefined) : undefined
    // In a row that is not an event, the name of an event is an attribute.
    const mayBeOperation = isOther || (known.kind === 'field' && known.field === 'event name')
    const opLikeness = mayBeOperation && standard === undefined ? opLikenessOf(name) : undefined
    const isId = known.kind === 'field' && known.field === 'external id'
    const code = known.kind === 'flag' ? flagCode(known) : undefined
    return {
      ...known,
      ...(code !== undefined && { code }),
      ...(type !== undefined && { type }),
      ...((rename ?? visible) !== undefined && { name }),
      ...((newNames.has(name) || visible !== undefined) && { mayCollide: true }),
      ...(standard !== undefined && { standard }),
      ...(isId && stripIdPrefix !== undefined && { idPrefix: stripIdPrefix }),
      ...(type !== undefined && allowed.size > 0 && { allowed }),
      ...(opLikeness !== undefined && { opLikeness }),
    }
  }
}

/** Braze strips outer spaces from a name. Whatever the settings, a field's exact name means Braze's own field. */
function standardFieldOf(name: string, matches: boolean): string | undefined {
  const bare = name.trim()
  if (STANDARD_FIELDS.has(bare)) return bare
  return matches ? standardFieldNamed(bare) : undefined
}

/** How the rows of one connection are read. */
export type RowReader = {
  connection: Connection
  columnOf: ColumnResolver
  /**
   * Whether an attribute of this name in Braze is a flag of a connection with its own flag name. Absent if no
   * connection has one.
   */
  isNamedFlag?: (attribute: string) => boolean
}

/**
 * @param all the connections of the stack. They write to one Braze workspace, so each must respect the flag
 * names of the others. The worker guards the flags with the default name.
 */
export function rowReader(connection: Connection, all: readonly Connection[] = [connection]): RowReader {
  const templates = new Set(all.map(({ flagName }) => flagName))
  templates.delete(DEFAULT_FLAG_NAME)
  const named = [...templates].map(isFlagBy)
  return {
    connection,
    columnOf: cachedColumnResolver(connection),
    ...(named.length > 0 && { isNamedFlag: (attribute) => named.some((isFlag) => isFlag(attribute)) }),
  }
}
