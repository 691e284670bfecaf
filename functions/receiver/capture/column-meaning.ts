import { IDENTIFYING_FIELDS } from '../../shared/directives.ts'
import { flagAttribute } from '../../shared/flags.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import { TRACK_ARRAYS, type TrackArray } from '../../shared/record.ts'
import { STANDARD_FIELDS } from '../../shared/standard-fields.ts'
import type { Field } from '../aliases.ts'
import { readField } from '../cells.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { withoutMark } from '../exact-json.ts'
import { eventColumns } from '../read/event-row.ts'
import { PROFILE_COLUMNS } from '../read/profile-row.ts'
import { isEventRow } from '../read/records.ts'
import type { Inherited } from '../read/rows.ts'
import { type Omissions, omissionsOf, rulesOf } from '../read/rules.ts'
import type { ColumnUse as SortedAs } from '../read/sort-columns.ts'
import { OBJECT_FIELDS, withoutDropped } from '../read/track.ts'
import { personIn } from '../read/track-person.ts'
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
  endpoint === TRACK ? trackCells(omissionsOf(reader)) : cellsOf(endpoint, inherited, reader)

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

/** Braze's own body is not renamed. Only the connection's rules for what is left out apply to it. */
function trackCells({ isDropped = () => false, isWritten = () => true }: Omissions): MeaningOf {
  return (row) => {
    if (!isObject(row) || !isObject(row.object)) return []
    const array = TRACK_ARRAYS.find((name) => name === row.array)
    if (array === undefined) return []
    const kept = withoutDropped(array, row.object, isDropped)
    const fields = [...IDENTIFYING_FIELDS, ...OBJECT_FIELDS[array]]
    const person = personIn(array, kept)
    const identifies = (name: string) => !isRowError(person) && person.names.includes(name)
    const meaning = (name: string): Meaning => {
      if (!Object.hasOwn(kept, name)) return { readAs: 'dropped' }
      if (fields.includes(name)) return { readAs: name }
      if (array === 'attributes' && !identifies(name) && !isWritten(name)) return { readAs: 'left out' }
      const readAs = array === 'attributes' ? attributeKind(name) : 'passed on'
      return { readAs, writtenAs: withoutMark(name) }
    }
    return Object.entries(row.object).flatMap(([name, value]) => [
      { header: `${array} › ${withoutMark(name)}`, value, meaning: meaning(name) },
      ...propertiesIn(array, name, value),
    ])
  }
}

const propertiesIn = (array: TrackArray, name: string, value: Json): MeantCell[] =>
  name === 'properties' && array !== 'attributes' && isObject(value)
    ? Object.entries(value).map(([property, inner]) => ({
        header: `${array} › ${withoutMark(name)} › ${withoutMark(property)}`,
        value: inner,
        meaning: { readAs: 'property', writtenAs: withoutMark(property) },
      }))
    : []
