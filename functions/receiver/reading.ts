import type { Reading } from '../shared/capture.ts'
import type { Connection } from '../shared/connection.ts'
import type { Identifier } from '../shared/identifier.ts'
import { type BridgeRecord, flagOf, type ProfileRecord } from '../shared/record.ts'
import { meaningOf } from './column-meaning.ts'
import { keptColumns } from './columns.ts'
import { readColumns } from './read-columns.ts'
import type { ReadRequest } from './read-request.ts'
import type { ReadRow, RefusedRow } from './records.ts'
import { type Route, TRACK } from './route.ts'
import { shownName } from './shown-name.ts'
import { isDirective } from './standard-fields.ts'

/** More than a person looks through. */
const MAX_SHOWN = 50

/** A column that is mapped wrongly may hold anything where a name or an id belongs, such as an address or a number. */
const LOOKS_LIKE_A_NAME = /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{N} _.:/()-]{0,99}$/u
/** An id may be a number alone. */
const LOOKS_LIKE_A_FLAG = /^[\p{L}\p{N}_][\p{L}\p{N} _.:/()-]{0,119}$/u
const NO_NAME = '(no likely name)'

/** How a request was read: names, counts and times, and no value of a row. */
export function readingOf(
  { records: { read, refused }, rows = [], inherited, ignoredFields }: ReadRequest,
  endpoint: Route['endpoint'],
  connection: Connection,
): Reading {
  const columnOf = keptColumns(connection)
  const records = read.map(({ record }) => record)
  const times = timesOf(records)
  return {
    received: read.length + refused.length,
    accepted: read.length,
    rejected: refused.length,
    refusals: refusalsOf(refused),
    ...readColumns(rows, meaningOf(endpoint, inherited, connection), (header) =>
      endpoint === TRACK ? undefined : columnOf(header).type,
    ),
    ...ignoredOf(ignoredFields),
    identifiers: identifiersOf(read),
    ...membershipsOf(records),
    ...eventNamesOf(records),
    events: records.filter(({ type }) => type === 'event').length,
    purchases: records.filter(({ type }) => type === 'purchase').length,
    ...(times && { times }),
    attributeWrites: records.reduce((sum, record) => sum + writesOf(record), 0),
  }
}

function refusalsOf(refused: readonly RefusedRow[]): Reading['refusals'] {
  return [...Map.groupBy(refused, ({ code }) => code)].map(([code, rows]) => ({
    code,
    rows: rows.length,
    columns: [...new Set(rows.flatMap(({ field }) => field ?? []))].slice(0, MAX_SHOWN).map(shownName),
  }))
}

/** A URL is easily put together wrongly, so its parameters may be anything. */
function ignoredOf(fields: readonly string[]) {
  const ignoredFields = fields.filter((name) => LOOKS_LIKE_A_NAME.test(name)).slice(0, MAX_SHOWN)
  return { ignoredFields, moreIgnoredFields: fields.length - ignoredFields.length }
}

function identifiersOf(read: readonly ReadRow[]): Reading['identifiers'] {
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
  return 'email' in user ? 'email' : 'phone'
}

const isProfile = (record: BridgeRecord): record is ProfileRecord => record.type === 'profile'

function membershipsOf(records: readonly BridgeRecord[]) {
  const flags = new Map<string, { enters: number; leaves: number }>()
  for (const membership of records.filter(isProfile).flatMap(({ memberships = [] }) => memberships)) {
    const name = flagOf(membership)
    const flag = LOOKS_LIKE_A_FLAG.test(name) ? name : NO_NAME
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
