import type { ColumnReading, Reading, ValueKind } from '../../shared/capture.ts'
import type { ColumnType } from '../../shared/connection.ts'
import { isDirective } from '../../shared/directives.ts'
import { hasPersonalNumber } from '../../shared/display-id.ts'
import { flagAttribute } from '../../shared/flags.ts'
import { isObject, type Json } from '../../shared/json.ts'
import type { BridgeRecord, Identifier, ProfileRecord } from '../../shared/record.ts'
import { isEmpty } from '../cells.ts'
import type { RowReader } from '../columns.ts'
import { displayName } from '../problems.ts'
import type { ReadRequest } from '../read/read-request.ts'
import type { AcceptedRow, RejectedRow } from '../read/records.ts'
import { type Route, TRACK } from '../request-context.ts'
import { type MeaningOf, meaningOf } from './column-meaning.ts'

/** More than a person looks through. */
const MAX_SHOWN = 50

/**
 * A wrongly mapped column may hold anything where a name or an id belongs, such as an address or a number.
 * Only what looks like a name is shown.
 */
const LOOKS_LIKE_A_NAME = /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{N} _.:/()-]{0,99}$/u

/** A flag may consist of digits, because an id may be only a number. A telephone number in its place is not shown. */
const LOOKS_LIKE_A_FLAG = /^[\p{L}\p{N}_][\p{L}\p{N} _.:/()-]{0,119}$/u
const NO_NAME = '(no likely name)'

/** Describes how a request was read, in names, counts and times and without any value of a row. */
export function readingOf(
  { records: { accepted, rejected, skipped }, rows = [], skippedRows, inherited, ignoredFields }: ReadRequest,
  endpoint: Route['endpoint'],
  reader: RowReader,
): Reading {
  const records = accepted.map(({ record }) => record)
  const times = timesOf(records)
  return {
    received: accepted.length + rejected.length,
    accepted: accepted.length,
    rejected: rejected.length,
    refusals: refusalsOf(rejected),
    ...(skippedRows !== undefined && { skipped: skippedRows }),
    ...readColumns(
      rows.filter((_, index) => !skipped?.has(index)),
      meaningOf(endpoint, inherited, reader),
      (header) => (endpoint === TRACK ? undefined : reader.columnOf(header).type),
    ),
    ...ignoredOf(ignoredFields),
    identifiers: identifiersOf(accepted),
    ...membershipsOf(records),
    ...eventNamesOf(records),
    events: records.filter(({ type }) => type === 'event').length,
    purchases: records.filter(({ type }) => type === 'purchase').length,
    ...(times && { times }),
    attributeWrites: records.reduce((sum, record) => sum + writesOf(record), 0),
  }
}

function refusalsOf(rejected: readonly RejectedRow[]): Reading['refusals'] {
  return [...Map.groupBy(rejected, ({ code }) => code)].map(([code, rows]) => ({
    code,
    rows: rows.length,
    columns: [...new Set(rows.flatMap(({ field }) => field ?? []))].slice(0, MAX_SHOWN).map(displayName),
  }))
}

/** A URL is easily built wrongly, so its parameters may hold anything. Only likely names are shown. */
function ignoredOf(fields: readonly string[]) {
  const ignoredFields = fields.filter((name) => LOOKS_LIKE_A_NAME.test(name)).slice(0, MAX_SHOWN)
  return { ignoredFields, moreIgnoredFields: fields.length - ignoredFields.length }
}

function identifiersOf(read: readonly AcceptedRow[]): Reading['identifiers'] {
  const counts: Reading['identifiers'] = {}
  for (const { user } of read) {
    const name = identifierName(user)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function identifierName(user: Identifier) {
  if ('external_id' in user) return 'external_id'
  if ('braze_id' in user) return 'braze_id'
  if ('user_alias' in user) return 'user_alias'
  if ('push_tokens' in user) return 'push_tokens'
  return 'email' in user ? 'email' : 'phone'
}

const isProfile = (record: BridgeRecord): record is ProfileRecord => record.type === 'profile'

function membershipsOf(records: readonly BridgeRecord[]) {
  const flags = new Map<string, { enters: number; leaves: number }>()
  for (const membership of records.filter(isProfile).flatMap(({ memberships = [] }) => memberships)) {
    const name = flagAttribute(membership)
    const isNumberOfPerson = [membership.audience_id, membership.split_id, name].some(hasPersonalNumber)
    const flag = LOOKS_LIKE_A_FLAG.test(name) && !isNumberOfPerson ? name : NO_NAME
    const counted = flags.get(flag) ?? { enters: 0, leaves: 0 }
    counted[membership.member ? 'enters' : 'leaves'] += 1
    flags.set(flag, counted)
  }
  const memberships = [...flags].slice(0, MAX_SHOWN).map(([flag, counts]) => ({ flag, ...counts }))
  return { memberships, moreMemberships: flags.size - memberships.length }
}

function eventNamesOf(records: readonly BridgeRecord[]) {
  const names = new Map<string, number>()
  for (const record of records) {
    if (record.type !== 'event') continue
    const name = LOOKS_LIKE_A_NAME.test(record.name) ? record.name : NO_NAME
    names.set(name, (names.get(name) ?? 0) + 1)
  }
  const eventNames = [...names].slice(0, MAX_SHOWN).map(([name, events]) => ({ name, events }))
  return { eventNames, moreEventNames: names.size - eventNames.length }
}

function timesOf(records: readonly BridgeRecord[]): Reading['times'] {
  const times = records.flatMap((record) => (isProfile(record) ? record.source_time : record.time) ?? [])
  const [first] = times
  if (first === undefined) return undefined
  let [earliest, latest] = [first, first]
  for (const time of times) {
    if (Date.parse(time) < Date.parse(earliest)) earliest = time
    if (Date.parse(time) > Date.parse(latest)) latest = time
  }
  return { earliest, latest, rows: times.length }
}

function writesOf(record: BridgeRecord): number {
  if (!isProfile(record)) return 0
  const attributes = Object.keys(record.attributes ?? {}).filter((name) => !isDirective(name))
  return attributes.length + (record.memberships ?? []).length
}

/** More than a person looks through. A made-up request may have 20,000. */
const MAX_COLUMNS = 200
const MAX_MEANINGS = 5

type Counted = { readAs: Set<string>; writtenAs: Set<string>; rows: number; kinds: ColumnReading['kinds'] }

/**
 * Describes how each column of the rows was read and which kinds of values it holds, without any value.
 * @param typeOf the type that the connection gives a column.
 */
export function readColumns(
  rows: readonly Json[],
  meaningOf: MeaningOf,
  typeOf: (header: string) => ColumnType | undefined,
): { columns: ColumnReading[]; moreColumns: number } {
  const counted = new Map<string, Counted>()
  for (const row of rows) {
    for (const { header, value, meaning } of meaningOf(row)) {
      const column = counted.get(header) ?? newColumn(counted, header)
      column.rows += 1
      const kind = kindOf(value)
      column.kinds[kind] = (column.kinds[kind] ?? 0) + 1
      column.readAs.add(meaning.readAs)
      if (meaning.writtenAs !== undefined && column.writtenAs.size < MAX_MEANINGS)
        column.writtenAs.add(meaning.writtenAs)
    }
  }
  const columns = [...counted].slice(0, MAX_COLUMNS).map(([header, { readAs, writtenAs, rows, kinds }]) => {
    const type = typeOf(header)
    return {
      header: displayName(header),
      readAs: [...readAs],
      writtenAs: [...writtenAs].map(displayName),
      ...(type !== undefined && { type }),
      rows,
      kinds,
    }
  })
  return { columns, moreColumns: counted.size - columns.length }
}

function newColumn(counted: Map<string, Counted>, header: string): Counted {
  const column = { readAs: new Set<string>(), writtenAs: new Set<string>(), rows: 0, kinds: {} }
  counted.set(header, column)
  return column
}

export function kindOf(value: Json): ValueKind {
  if (value === null) return 'null'
  if (isEmpty(value)) return 'empty'
  if (Array.isArray(value)) return 'list'
  if (isObject(value)) return 'object'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'boolean' : 'number'
}
