import { type Connection, DEFAULT_FLAG_NAME } from '../shared/connection.ts'
import type { Membership } from '../shared/record.ts'
import type { ColumnOf } from './columns.ts'
import { type JsonObject, setKey } from './json.ts'
import { type Refused, refuse } from './refusal.ts'
import { isCustom, isDirective } from './standard-fields.ts'

/** A connection's rules, made ready once for all rows of a request. */
export type Rules = {
  columnOf: ColumnOf
  connection: Connection
  /** The membership as it is written: under its flag's name, in what leaving writes. */
  named: (membership: Membership) => Membership
  /** The attributes that are written, under the names they have in Braze. */
  attributes: (columns: JsonObject, audience: string | undefined) => JsonObject
  /** The properties under the names they have in Braze. */
  properties: (columns: JsonObject) => JsonObject | Refused
  /** Names of attributes that the connection leaves out. */
  dropped: ReadonlySet<string>
}

export function rulesOf(connection: Connection, columnOf: ColumnOf): Rules {
  const dropped = new Set<string>()
  const isKept = keeps(connection, dropped)
  const hasAttributeRules = connection.attributes !== undefined || connection.attributePrefix !== undefined
  const hasRenames = Object.keys(connection.properties).length > 0
  return {
    columnOf,
    connection,
    named: naming(connection),
    attributes: (columns, audience) => {
      if (!hasAttributeRules) return columns
      const prefix = prefixOf(connection, audience)
      const kept: JsonObject = {}
      for (const [name, value] of Object.entries(columns))
        if (isKept(name)) setKey(kept, isCustom(name) ? prefix + name : name, value)
      return kept
    },
    properties: (columns) => (hasRenames ? renamed(columns, connection.properties) : columns),
    dropped,
  }
}

function keeps({ attributes }: Connection, dropped: Set<string>): (name: string) => boolean {
  if (attributes === undefined) return () => true
  const [names, isListKept] =
    'allow' in attributes ? [new Set(attributes.allow), true] : [new Set(attributes.deny), false]
  return (name) => {
    if (isDirective(name) || names.has(name.trim()) === isListKept) return true
    dropped.add(name)
    return false
  }
}

function prefixOf({ attributePrefix }: Connection, audience: string | undefined): string {
  if (attributePrefix === undefined || audience === undefined) return ''
  if (typeof attributePrefix === 'string') return attributePrefix.replace('{audience}', () => audience)
  return Object.hasOwn(attributePrefix, audience) ? (attributePrefix[audience] ?? '') : ''
}

function naming({ flagName, leaveWrites }: Connection): Rules['named'] {
  const isDefault = flagName === DEFAULT_FLAG_NAME
  if (isDefault && leaveWrites === 'false') return (membership) => membership
  return (membership) => ({
    ...membership,
    ...(!isDefault && { attribute: fill(flagName, membership) }),
    ...(!membership.member && leaveWrites === 'null' && { leave: 'null' as const }),
  })
}

const fill = (template: string, { audience_id, split_id }: Membership) =>
  template.replace(/\{(audience|split)\}/g, (_, part) => (part === 'audience' ? audience_id : split_id))

function renamed(columns: JsonObject, names: Readonly<Record<string, string>>): JsonObject | Refused {
  const result: JsonObject = {}
  for (const [before, value] of Object.entries(columns)) {
    const name = Object.hasOwn(names, before) ? (names[before] ?? before) : before
    if (Object.hasOwn(result, name) && JSON.stringify(result[name]) !== JSON.stringify(value))
      return refuse('COLUMNS_CONFLICT', before)
    setKey(result, name, value)
  }
  return result
}
