import { asciiLength } from '../../shared/ascii-json.ts'
import { normalizeHeader } from '../../shared/flags.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import { tidy } from '../../shared/invisible.ts'
import { isObject, type Json } from '../../shared/json.ts'
import { type Field, LISTS } from '../aliases.ts'
import { cellOf, decidesMembership, readField } from '../cells.ts'
import { type Column, type ColumnResolver, builtInColumn as knownColumn } from '../columns.ts'
import { readJson } from '../decode/json-body.ts'
import { isRepeat } from '../exact-json.ts'
import { MAX_INHERITED_BYTES, MAX_INHERITED_CHARACTERS, MAX_ROWS } from '../limits.ts'
import { operationIn, opLikenessOf } from '../op-like.ts'
import {
  fieldsConflict,
  fieldUnreadable,
  INHERITED_TOO_LARGE,
  isProblem,
  NO_ROWS,
  opUnclear,
  type Problem,
  personBesideRows,
  severalLists,
  TOO_MANY_ROWS,
} from '../problems.ts'
import type { Endpoint } from '../request-context.ts'
import { isRowError, rowErrorTexts } from '../row-errors.ts'
import { nonIdInherited } from './check-ids.ts'
import type { Rules } from './rules.ts'

/** Values that every row has unless it states its own. Each is already read into one form. */
export type Inherited = { readonly [field in Field]?: string }
export type FoundRows = {
  rows: readonly Json[]
  inherited: Inherited
  /** Fields beside the rows and URL parameters that have no meaning here. The answer names them. */
  ignoredFields: readonly string[]
  /** False if the body is known to have no damaged text anywhere. */
  mayHoldDamage?: boolean
}

const LIST_NAMES: ReadonlySet<string> = new Set(LISTS)

/** List names that are unlikely to be the name of an attribute. */
const ONLY_ROWS = new Set(['records', 'rows', 'batch'])

const FROM_BODY: readonly Field[] = ['audience', 'split', 'run', 'op', 'exported', 'time']
const EVENT_NAMES: Record<Endpoint, readonly Field[]> = {
  activations: [],
  events: ['event name', 'name'],
  records: ['event name'],
}
const FROM_URL: readonly Field[] = ['audience', 'split', 'op']

/**
 * Finds the rows of a body and the values that they inherit. Values beside the list override those in the
 * URL.
 */
export function toRows(
  json: Json,
  query: BridgeRequest['query'],
  endpoint: Endpoint,
  rules: Rules,
): FoundRows | Problem {
  const found = findRows(json, rules.columnOf)
  if (isProblem(found)) return found
  if (found.rows.length > MAX_ROWS) return TOO_MANY_ROWS
  const url = inherit(Object.entries(query), FROM_URL, { ...rules, columnOf: knownColumn })
  if (isProblem(url)) return url
  const body = inherit(found.siblings, [...FROM_BODY, ...EVENT_NAMES[endpoint]], rules)
  if (isProblem(body)) return body
  const inherited = { ...url.inherited, ...body.inherited }
  if (endpoint !== 'events') {
    const unclear = unclearOperation([body, url], inherited, found.rows, rules)
    if (unclear) return unclear
  }
  if (asciiLength(Object.values(inherited).join('')) * found.rows.length > MAX_INHERITED_BYTES)
    return INHERITED_TOO_LARGE
  return {
    rows: found.rows,
    inherited,
    ignoredFields: [...body.ignored, ...url.ignored],
  }
}

/**
 * The problem of a name beside the rows or in the URL that seems to be the operation, if people would enter in spite
 * of it.
 */
function unclearOperation(
  sources: readonly ReadInherited[],
  inherited: Inherited,
  rows: readonly Json[],
  { connection, columnOf }: Rules,
): Problem | undefined {
  const found = sources.flatMap(({ opLike }) => opLike ?? [])
  const opLike = found.find(({ leaves }) => leaves) ?? found[0]
  if (opLike === undefined || connection.presenceEnters) return undefined
  if (inherited.op !== undefined && (inherited.op !== 'enter' || !opLike.leaves)) return undefined
  const changesMembership =
    inherited.audience !== undefined || rows.some((row) => namesAudience(row, columnOf))
  return changesMembership ? opUnclear(opLike.name) : undefined
}

type RowList = { rows: readonly Json[]; siblings: [string, Json][] }

function findRows(json: Json, columnOf: ColumnResolver): RowList | Problem {
  if (Array.isArray(json)) return { rows: json, siblings: [] }
  if (!isObject(json)) return NO_ROWS
  const cells = Object.entries(json)
  if (cells.length === 0) return { rows: [], siblings: [] }
  const person = cells.find(([header]) => meansOneOf(PERSON, header, columnOf))
  if (person) {
    const list = cells.find(
      ([name, value]) => LIST_NAMES.has(normalizeHeader(name)) && holdsRows(name, value, columnOf),
    )
    return list ? personBesideRows(person[0], list[0]) : { rows: [json], siblings: [] }
  }
  const inText = cells.find(isListInText)
  if (inText) return rowsInText(cells, inText)
  const lists = cells.filter(isKnownList)
  const others = cells.filter((cell) => !isKnownList(cell) && isListOfObjects(cell[1]))
  const [name, rows] = lists[0] ?? []
  // Rows under a second name, known or not, must not be ignored: Braze's own body has `attributes` beside
  // `events`.
  if (lists.length > 0 && lists.length + others.length > 1)
    return severalLists([...lists, ...others].map(([list]) => list))
  if (Array.isArray(rows)) return { rows, siblings: cells.filter(([other]) => other !== name) }
  // An object that names no person and has a list of objects under an unknown name is not a row. It holds
  // rows under the wrong name.
  return others.length > 0 ? NO_ROWS : { rows: [json], siblings: [] }
}

/** A list that was written as a string: some senders do that with a body that they put into another one. */
const isListInText = ([name, value]: readonly [string, Json]) =>
  typeof value === 'string' && LIST_NAMES.has(normalizeHeader(name)) && /^\s*\[/.test(value)

function rowsInText(cells: readonly [string, Json][], [name, text]: [string, Json]): RowList | Problem {
  const read = readJson(String(text))
  if (isProblem(read)) return read
  if (cells.some(isKnownList)) return severalLists([name, ...cells.filter(isKnownList).map(([list]) => list)])
  const siblings = cells.filter(([other]) => other !== name)
  return Array.isArray(read.json) ? { rows: read.json, siblings } : NO_ROWS
}

const isKnownList = ([name, value]: readonly [string, Json]) =>
  Array.isArray(value) && LIST_NAMES.has(normalizeHeader(name))

const PERSON: readonly Field[] = ['external id', 'braze id']

function meansOneOf(fields: readonly Field[], header: string, columnOf: ColumnResolver): boolean {
  const column = columnOf(header)
  return column.kind === 'field' && fields.includes(column.field)
}

/**
 * Whether a list in an object that names a person holds rows of its own, which must not become an attribute
 * of that person. A list of other objects is an attribute: the `items` of a cart, the `members` of a
 * household.
 */
function holdsRows(name: string, list: Json, columnOf: ColumnResolver): boolean {
  if (!Array.isArray(list)) return false
  const objects = list.filter(isObject)
  if (ONLY_ROWS.has(normalizeHeader(name))) return objects.length > 0
  return objects.some((row) =>
    Object.keys(row).some((header) => meansOneOf([...PERSON, 'event name'], header, columnOf)),
  )
}

const isListOfObjects = (value: Json) => Array.isArray(value) && value[0] !== undefined && isObject(value[0])

const namesAudience = (row: Json, columnOf: ColumnResolver) =>
  isObject(row) && Object.keys(row).some((header) => meansOneOf(['audience'], header, columnOf))

type ReadInherited = {
  inherited: Inherited
  ignored: string[]
  /** The first name that seems to say whether people enter or leave but has no such meaning here. */
  opLike: { name: string; leaves: boolean } | undefined
}

const mayBeOperation = (column: Column) => column.kind !== 'field' || column.field === 'event name'

function inherit(
  cells: readonly (readonly [string, Json | undefined])[],
  wanted: readonly Field[],
  { columnOf, allowed, emptyWords }: Rules,
): ReadInherited | Problem {
  const inherited: { [field in Field]?: string } = {}
  const headers: { [field in Field]?: string } = {}
  const ignored: string[] = []
  let opLike: ReadInherited['opLike']
  for (const [name, value = null] of cells) {
    const column = columnOf(name)
    if (column.kind === 'dropped') continue
    if (isRepeat(name)) return fieldUnreadable(name, rowErrorTexts('COLUMN_TWICE').reason)
    if (column.kind !== 'field' || !wanted.includes(column.field)) {
      ignored.push(name)
      const likeness = mayBeOperation(column) ? opLikenessOf(column.name ?? name) : undefined
      const operation = likeness && operationIn(value, likeness)
      if (operation !== undefined && !opLike?.leaves) opLike = { name, leaves: operation === 'leave' }
      continue
    }
    if (typeof value === 'string' && emptyWords.has(tidy(value)) && !decidesMembership(column)) continue
    const cell = cellOf(column, value)
    if (isRowError(cell)) return fieldUnreadable(name, rowErrorTexts(cell.code).reason)
    const text = readField(column.field, cell.value)
    if (text === undefined) continue
    if (typeof text !== 'string') return fieldUnreadable(name, rowErrorTexts(text.code).reason)
    const nonId = nonIdInherited(column.field, text, allowed)
    if (nonId && column.field === 'run') continue
    if (nonId)
      return fieldUnreadable(name, `${rowErrorTexts(nonId.code).reason} ${rowErrorTexts(nonId.code).hint}`)
    if (text.length > MAX_INHERITED_CHARACTERS) return fieldUnreadable(name, 'It is too long.')
    const before = inherited[column.field]
    if (before !== undefined && before !== text) return fieldsConflict(headers[column.field] ?? name, name)
    inherited[column.field] = text
    headers[column.field] = name
  }
  return { inherited, ignored, opLike }
}
