import { flagAttribute } from '../../shared/flags.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import { STANDARD_FIELDS } from '../../shared/standard-fields.ts'
import type { Field } from '../aliases.ts'
import { readField } from '../cells.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { withoutMark } from '../exact-json.ts'
import { eventColumns } from '../read/event-row.ts'
import { PROFILE_COLUMNS } from '../read/profile-row.ts'
import { isEventRow } from '../read/records.ts'
import type { Inherited } from '../read/rows.ts'
import { rulesOf } from '../read/rules.ts'
import type { ColumnUse as SortedAs } from '../read/sort-columns.ts'
import { type Endpoint, type Route, TRACK } from '../request-context.ts'
import { isRowError } from '../row-errors.ts'

/** How a column was read in one row. */
export type Meaning = {
  readAs: string
  /** The name in Braze of an attribute, a property or a membership. */
  writtenAs?: string
}

/** A cell with its header, written so that a person can find it, and its meaning. */
export type MeantCell = { header: string; value: Json; meaning: Meaning }

/**
 * Returns how each cell of a row was read, by the rules that read the row. A row that is not an object has no
 * cells.
 */
export type MeaningOf = (row: Json) => MeantCell[]

export const meaningOf = (endpoint: Route['endpoint'], inherited: Inherited, reader: RowReader) =>
  endpoint === TRACK ? trackCells : cellsOf(endpoint, inherited, reader)

function cellsOf(endpoint: Endpoint, inherited: Inherited, reader: RowReader): MeaningOf {
  const { columnOf } = reader
  const rules = rulesOf(reader)
  const written = (name: string, { isEvent, audience }: Kind): Meaning => {
    const probe = { [name]: null }
    const result = isEvent ? rules.properties(probe) : rules.attributes(probe, audience)
    const readAs = isEvent ? 'property' : attributeKind(name)
    if (isRowError(result)) return { readAs }
    const [writtenAs] = Object.keys(result.written)
    return writtenAs === undefined ? { readAs: 'left out' } : { readAs, writtenAs }
  }
  const meaning = (header: string, kind: Kind): Meaning => {
    const column = columnOf(header)
    if (column.kind === 'dropped') return { readAs: 'dropped' }
    if (column.kind === 'unnamed') return { readAs: 'left out' }
    const { reads, deferred, isProfile }: SortedAs = kind.isEvent ? eventColumns(endpoint) : PROFILE_COLUMNS
    if (column.kind === 'field' && (reads.has(column.field) || deferred.has(column.field))) {
      const better = deferred.has(column.field) ? BETTER[column.field] : undefined
      if (better === undefined || !kind.given.has(better)) return { readAs: column.field }
    }
    if (column.kind === 'flag' && isProfile) {
      const { audience_id, split_id } = column
      const [membership] = rules.nameFlags([{ audience_id, split_id, member: true }])
      return { readAs: 'membership', ...(membership && { writtenAs: flagAttribute(membership) }) }
    }
    if (column.standard !== undefined && isProfile) return written(column.standard, kind)
    return written(column.name ?? withoutMark(header), kind)
  }
  return (row) => {
    if (!isObject(row)) return []
    const kind = kindOf(row, endpoint, inherited, columnOf)
    return Object.entries(row).flatMap(([header, value]) => {
      const meant = meaning(header, kind)
      const inner = meant.readAs === 'properties' && isObject(value) ? Object.entries(value) : []
      return [
        { header: withoutMark(header), value, meaning: meant },
        ...inner.map(([name, property]) => ({
          header: `${header} › ${withoutMark(name)}`,
          value: property,
          meaning: written(withoutMark(name), kind),
        })),
      ]
    })
  }
}

const attributeKind = (name: string) => (STANDARD_FIELDS.has(name.trim()) ? 'standard field' : 'attribute')

/** If an event row has both fields, the second one counts and the first one is a property. */
const BETTER: { readonly [field in Field]?: Field } = { exported: 'time', name: 'event name' }

/** Facts about a row that change how its columns are read. */
type Kind = { isEvent: boolean; audience: string | undefined; given: ReadonlySet<Field> }

/** Looks at each cell only once, because a row may spell a header in endless ways. */
function kindOf(row: JsonObject, endpoint: Endpoint, inherited: Inherited, columnOf: ColumnResolver): Kind {
  const given = new Set<Field>(inherited['event name'] === undefined ? [] : ['event name'])
  let audience = inherited.audience
  for (const [header, value] of Object.entries(row)) {
    const column = columnOf(header)
    if (column.kind !== 'field') continue
    const text = readField(column.field, value)
    if (typeof text !== 'string') continue
    given.add(column.field)
    if (column.field === 'audience') audience = text
  }
  return { isEvent: isEventRow(row, endpoint, inherited, columnOf), audience, given }
}

const IDENTIFIERS = ['external_id', 'user_alias', 'braze_id']

/** The fields that Braze defines for the objects of its own body, where nothing is renamed. */
const FIELDS: Record<string, readonly string[]> = {
  attributes: IDENTIFIERS,
  events: [...IDENTIFIERS, 'name', 'time', 'properties'],
  purchases: [...IDENTIFIERS, 'product_id', 'currency', 'price', 'quantity', 'time', 'properties'],
}

function trackCells(row: Json): MeantCell[] {
  if (!isObject(row) || typeof row.array !== 'string' || !isObject(row.object)) return []
  const { array, object } = row
  const fields = FIELDS[array] ?? []
  return Object.entries(object).flatMap(([name, value]) => {
    const header = `${array} › ${withoutMark(name)}`
    if (name === 'properties' && array !== 'attributes' && isObject(value))
      return [
        { header, value, meaning: { readAs: name } },
        ...Object.entries(value).map(([property, inner]) => ({
          header: `${header} › ${withoutMark(property)}`,
          value: inner,
          meaning: { readAs: 'property', writtenAs: withoutMark(property) },
        })),
      ]
    if (fields.includes(name)) return [{ header, value, meaning: { readAs: name } }]
    const readAs = array === 'attributes' ? attributeKind(name) : 'passed on'
    return [{ header, value, meaning: { readAs, writtenAs: withoutMark(name) } }]
  })
}
