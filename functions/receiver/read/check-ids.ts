import { normalizeHeader } from '../../shared/flags.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import { type Field, HEADERS } from '../aliases.ts'
import { saysNothing } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
import { type IdKind, isUsualId, nonIdCode } from '../non-ids.ts'
import { type RowError, rowError } from '../row-errors.ts'
import type { Rules } from './rules.ts'
import type { RowFields } from './sort-columns.ts'

/** The fields whose texts name something. */
const KINDS = {
  'external id': 'person',
  'braze id': 'person',
  audience: 'audience',
  split: 'audience',
  'event name': 'event',
  name: 'event',
} as const satisfies { [field in Field]?: IdKind }

type IdField = keyof typeof KINDS

const namesOf = (...fields: IdField[]) =>
  new Set(fields.flatMap((field) => HEADERS[field].map(normalizeHeader)))

/** The names of the columns that hold an id: a repeated header line has one of them as its id. */
const COLUMN_NAMES = { person: namesOf('external id', 'braze id'), audience: namesOf('audience', 'split') }

/**
 * Checks the ids and names of a row, and removes optional ids that are words for a missing value. The fields are named
 * one by one, because a loop over their names takes several times as long.
 * @returns the row error of the first one that is not an id, with its column.
 */
export function nonIdIn(fields: RowFields, row: JsonObject, rules: Rules): RowError | undefined {
  if (isNoId(fields.run, rules)) delete fields.run
  if (isNoId(fields['event id'], rules)) delete fields['event id']
  return (
    nonId('external id', fields['external id'], row, rules) ??
    nonId('braze id', fields['braze id'], row, rules) ??
    nonId('audience', fields.audience, row, rules) ??
    nonId('split', fields.split, row, rules) ??
    nonId('event name', fields['event name'], row, rules) ??
    nonId('name', fields.name, row, rules)
  )
}

/**
 * A run and the id of an event only distinguish things. A word for a missing value, a placeholder or a rewritten
 * number there means that there is no id. Otherwise, two events that are alike would be taken for one event that was
 * sent twice.
 */
const isNoId = (text: string | undefined, { allowed }: Rules) =>
  text !== undefined && !isUsualId(text) && !allowed.has(text) && nonIdCode(text, 'audience') !== undefined

function nonId(
  field: IdField,
  text: string | undefined,
  row: JsonObject,
  rules: Rules,
): RowError | undefined {
  const { columnOf, allowed, sound, idHeaders } = rules
  if (text === undefined || text === sound[field]) return undefined
  const isPerson = KINDS[field] === 'person'
  const isOwnHeader = isPerson && idHeaders.size > 0 && idHeaders.has(normalizeHeader(text))
  if (isOwnHeader || !isUsualId(text)) {
    const isHeader = isOwnHeader || isColumnName(text, field, row, rules)
    const code = isHeader ? 'HEADER_REPEATED' : nonIdCode(text, KINDS[field])
    if (code !== undefined && !allowed.has(text)) return rowError(code, headerOf(field, row, columnOf))
  }
  if (!isPerson) sound[field] = text
  return undefined
}

/** Whether a text is the name of a column for the person. */
function isPersonHeader(text: string, { idHeaders }: Pick<Rules, 'idHeaders'>): boolean {
  if (text.length > MAX_HEADER_CHARACTERS) return false
  const name = normalizeHeader(text)
  return COLUMN_NAMES.person.has(name) || idHeaders.has(name)
}

/** Longer texts are ids. The limit saves the work of bringing each of them into the form of a header. */
const MAX_HEADER_CHARACTERS = 60

const LETTERS = /^[\p{L}_ -]+$/u

/** An event may well have the name of a column, and its row names a person too. */
function isColumnName(text: string, field: IdField, row: JsonObject, rules: Rules): boolean {
  const kind = KINDS[field]
  if (kind === 'event') return false
  if (COLUMN_NAMES[kind].has(normalizeHeader(text))) return true
  return (
    kind === 'person' && (Object.hasOwn(row, text) || (LETTERS.test(text) && namesPersonColumn(row, rules)))
  )
}

/** Whether a cell of the row is the name of a column for the person, which the header of another file has. */
export const namesPersonColumn = (row: Json, rules: Pick<Rules, 'idHeaders'>) =>
  isObject(row) && Object.values(row).some((cell) => typeof cell === 'string' && isPersonHeader(cell, rules))

/**
 * The error of a value that all rows inherit, if it is not an id.
 * @param allowed the connection's values that are accepted anyway.
 */
export function nonIdInherited(
  field: Field,
  text: string,
  allowed: ReadonlySet<string>,
): RowError | undefined {
  const kind = field === 'run' ? 'audience' : field in KINDS ? KINDS[field as IdField] : undefined
  const code = kind && nonIdCode(text, kind)
  return code === undefined || allowed.has(text) ? undefined : rowError(code)
}

/** Finds the column of a field in a row. @returns undefined if the row has no such column with a value. */
export const headerOf = (field: Field, row: JsonObject, columnOf: ColumnResolver): string | undefined =>
  Object.keys(row).find((header) => {
    const column = columnOf(header)
    return column.kind === 'field' && column.field === field && !saysNothing(row[header])
  })
