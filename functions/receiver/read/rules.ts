import type { Connection } from '../../shared/connection.ts'
import { isDirective } from '../../shared/directives.ts'
import {
  AUDIENCE,
  DEFAULT_FLAG_NAME,
  flagNamer,
  isAmbiguousId,
  isFlagBy,
  isFlagValue,
  normalizeHeader,
} from '../../shared/flags.ts'
import { tidy } from '../../shared/invisible.ts'
import { type Json, type JsonObject, setKey } from '../../shared/json.ts'
import type { Membership } from '../../shared/record.ts'
import { STANDARD_FIELDS } from '../../shared/standard-fields.ts'
import { readFlag } from '../cells.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { isRowError, type RowError, rowError } from '../row-errors.ts'

/** Wrapped, so that a row error cannot be confused with the sender's columns. */
export type WriteResult = { written: JsonObject } | RowError

/**
 * What a connection leaves out of what its sender sends. The same rules apply to rows and to Braze's own body.
 * A rule is absent if it leaves nothing out, so that a connection without such settings does not pay for it.
 */
export type Omissions = {
  /** Whether the column with this header is dropped. */
  isDropped?: (header: string) => boolean
  /** Whether the attribute of this name in Braze is written. If not, its name is added to `leftOut`. */
  isWritten?: (name: string) => boolean
  /** The names of the attributes that have been left out so far. */
  leftOut: ReadonlySet<string>
}

/** A connection's rules, prepared once for all rows of a request. */
export type Rules = Omissions & {
  columnOf: ColumnResolver
  connection: Connection
  /** Ids and names that are accepted although they do not look like ids or names. */
  allowed: ReadonlySet<string>
  /** Columns that hold an operation in some row of the request and are not read as one. */
  operationColumns: Set<string>
  /** The last audience, split and event name that were checked, by field: most rows have the same. */
  sound: { [field: string]: string }
  /** Headers that the connection reads as an id, without the differences between senders. */
  idHeaders: ReadonlySet<string>
  /** The words that mean an empty cell. */
  emptyWords: ReadonlySet<string>
  /** Whether a setting says which cells are empty or what they mean. Otherwise, the format of the body decides. */
  fillsCells: boolean
  /** Adds to memberships what the connection changes: the name of the flag, and what leaving writes. */
  nameFlags: (memberships: Membership[]) => Membership[]
  /** Selects the attributes that are written, under their names in Braze. */
  attributes: (columns: JsonObject, audience: string | undefined) => WriteResult
  /** Returns the properties under their names in Braze. */
  properties: (columns: JsonObject) => WriteResult
}

export function rulesOf({ connection, columnOf, isNamedFlag }: RowReader): Rules {
  const omissions = omissionsOf({ connection, columnOf })
  const { isWritten = () => true } = omissions
  const hasAttributeRules = connection.attributes !== undefined || connection.attributePrefix !== undefined
  const hasRenames = Object.keys(connection.properties).length > 0

  function ruled(columns: JsonObject, audience: string | undefined): WriteResult {
    const prefix = prefixOf(connection, audience)
    if (typeof prefix !== 'string') return prefix
    const cells = Object.entries(columns).filter(([name]) => isWritten(name))
    return prefix === '' ? { written: Object.fromEntries(cells) } : prefixed(cells, prefix)
  }

  return {
    ...omissions,
    columnOf,
    connection,
    allowed: new Set(connection.allowValues),
    operationColumns: new Set(),
    sound: {},
    idHeaders: idHeadersOf(connection, columnOf),
    emptyWords: new Set(connection.emptyWords),
    fillsCells: connection.emptyCells !== undefined || connection.emptyWords !== undefined,
    nameFlags: membershipNamer(connection),
    attributes: (columns, audience) => {
      const result = hasAttributeRules ? ruled(columns, audience) : { written: columns }
      if (isRowError(result) || !isNamedFlag) return result
      return withBooleanFlags(result.written, isNamedFlag)
    },
    properties: (columns) => (hasRenames ? renamed(columns, connection.properties) : { written: columns }),
  }
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

/**
 * Flags are always written, and a directive is not an attribute. In Braze's own body, a denied name with invisible
 * characters around it is still denied, and an allowed one is not allowed, because Braze would write another
 * attribute. In rows, no name has them any more.
 */
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
    if (names.has(keepsListed ? name : tidy(sent)) === keepsListed || isDirective(name)) return true
    if (isDefaultFlag(name) || isOwnFlag(name)) return true
    leftOut.add(name)
    return false
  }
}

function idHeadersOf({ columns }: Connection, columnOf: ColumnResolver): ReadonlySet<string> {
  const headers = Object.keys(columns).filter((header) => {
    const column = columnOf(header)
    return column.kind === 'field' && (column.field === 'external id' || column.field === 'braze id')
  })
  return new Set(headers.map(normalizeHeader))
}

/** An id with a `_` could merge two attributes into one: `a_` before `b_c`, and `a_b_` before `c`. */
function prefixOf({ attributePrefix }: Connection, audience: string | undefined): string | RowError {
  if (attributePrefix === undefined || audience === undefined) return ''
  if (typeof attributePrefix === 'string')
    return attributePrefix.includes(AUDIENCE) && isAmbiguousId(audience)
      ? rowError('AUDIENCE_ID_INVALID')
      : attributePrefix.replace(AUDIENCE, () => audience)
  return Object.hasOwn(attributePrefix, audience) ? (attributePrefix[audience] ?? '') : ''
}

/** Braze strips outer spaces from a name, so they must not get between the name and its prefix. */
function prefixed(cells: readonly (readonly [string, Json])[], prefix: string): WriteResult {
  const written: JsonObject = {}
  for (const [header, value] of cells) {
    const bare = header.trim()
    const error = setOnce(written, isCustom(bare) ? prefix + bare : bare, value, header)
    if (error) return error
  }
  return { written }
}

/**
 * The error of an attribute that would write anything but true, false or null under a flag's name. Braze's
 * standard fields are never flags.
 */
export function nonBooleanFlag(attributes: JsonObject, isNamedFlag: IsNamedFlag): RowError | undefined {
  const name = flagsIn(attributes, isNamedFlag).find((name) => !isFlagValue(attributes[name]))
  return name === undefined ? undefined : rowError('FLAG_NOT_BOOLEAN', name)
}

/** Reads attributes under a flag's name as a flag's column is read, where CSV has only texts. */
function withBooleanFlags(attributes: JsonObject, isNamedFlag: IsNamedFlag): WriteResult {
  const written = { ...attributes }
  for (const name of flagsIn(attributes, isNamedFlag)) {
    const flag = readFlag(attributes[name] ?? null)
    if (flag !== undefined) setKey(written, name, flag)
  }
  return nonBooleanFlag(written, isNamedFlag) ?? { written }
}

type IsNamedFlag = NonNullable<RowReader['isNamedFlag']>

const flagsIn = (attributes: JsonObject, isNamedFlag: IsNamedFlag) =>
  Object.keys(attributes).filter((name) => isCustom(name.trim()) && isNamedFlag(name.trim()))

/**
 * A column that gets another name can collide with another column. That is an error unless their values are
 * equal.
 */
function setOnce(target: JsonObject, name: string, value: Json, header: string): RowError | undefined {
  if (Object.hasOwn(target, name) && JSON.stringify(target[name]) !== JSON.stringify(value))
    return rowError('COLUMNS_CONFLICT', header)
  setKey(target, name, value)
  return undefined
}

function membershipNamer({ flagName, leaveWrites }: Connection): Rules['nameFlags'] {
  const isDefault = flagName === DEFAULT_FLAG_NAME
  const nameOf = flagNamer(flagName)
  if (isDefault && leaveWrites === 'false') return (memberships) => memberships
  return (memberships) =>
    memberships.map((membership) => ({
      ...membership,
      ...(!isDefault && { attribute: nameOf(membership) }),
      ...(!membership.member && leaveWrites === 'null' && { leave: 'null' as const }),
    }))
}

function renamed(columns: JsonObject, names: Readonly<Record<string, string>>): WriteResult {
  const written: JsonObject = {}
  for (const [before, value] of Object.entries(columns)) {
    const name = Object.hasOwn(names, before) ? (names[before] ?? before) : before
    const error = setOnce(written, name, value, before)
    if (error) return error
  }
  return { written }
}

/**
 * Whether a connection's rules for custom attributes apply to this name. Braze's own fields belong to the
 * person and to no audience, so they get no prefix.
 */
export const isCustom = (name: string) => !STANDARD_FIELDS.has(name) && !isDirective(name)
