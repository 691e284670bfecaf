import { builtInColumn, type RowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { readRequest } from '../../../functions/receiver/read/read-request.ts'
import { type Records, toRecords } from '../../../functions/receiver/read/records.ts'
import { toRows } from '../../../functions/receiver/read/rows.ts'
import { rulesOf } from '../../../functions/receiver/read/rules.ts'
import { unsignedPart } from '../../../functions/receiver/request-context.ts'
import { isDirective } from '../../../functions/shared/directives.ts'
import {
  BridgeRecord,
  type Identifier,
  identifierOf,
  isRelative,
  type ProfileRecord,
  userKey,
} from '../../../functions/shared/record.ts'
import { map } from '../../../functions/worker/map/map.ts'
import { bodyFromGateway } from '../../local/http-event.ts'
import { cut, MAX_WEBHOOK_BYTES } from '../sent-file/cut.ts'
import { contentTypeOf, type RequestOptions } from '../sent-file/request-options.ts'
import { signatureAlwaysOf } from '../sign.ts'
import { isComparable, isStandard } from './compare.ts'
import { createSample } from './sample.ts'

/** The expected final value of an attribute; `unverifiable` if the profile cannot show it. */
export type Wanted = { row: number; kind: 'value'; value: unknown } | { row: number; kind: 'unverifiable' }

/** The expected content of one person's profile when all rows have arrived. */
export type Expectation = {
  user: Identifier
  /** Keyed by the attribute's name in Braze. */
  wanted: Map<string, Wanted>
  /** The last row that writes to the profile. */
  row: number
  /** No row would create the profile. */
  onlyExisting: boolean
}

/** The rows that were sent, and the profiles that are expected from them. */
export type Gathered = {
  rows: number
  /** Rows that change profiles. */
  profileRows: number
  /** Rows that are events or purchases. */
  eventRows: number
  /** Numbers of rows that do not reach Braze, by the code under which they are parked. */
  parked: ReadonlyMap<string, number>
  expectations: readonly Expectation[]
}

/** Where the rows come from. */
export type VerifySource =
  | { kind: 'file'; read: () => AsyncIterable<Buffer>; requestOptions: RequestOptions }
  /** External ids of persons who should have, or should not have, a membership. */
  | { kind: 'ids'; ids: readonly string[]; query: RequestOptions['query'] }

/** A file is read in parts, as it may have been sent. */
const ROWS_AT_A_TIME = 5_000

/**
 * Reads rows with the receiver's own code, in order, and determines what each person's profile should hold in
 * the end.
 */
export async function gather(
  source: VerifySource,
  reader: RowReader,
  { size, seed }: { size: number | undefined; seed: string },
): Promise<Gathered | { problem: string }> {
  const sampled = createSample<Expectation>(size, seed)
  const parked = new Map<string, number>()
  const counts = { rows: 0, profileRows: 0, eventRows: 0 }
  const park = (code: string) => parked.set(code, (parked.get(code) ?? 0) + 1)
  const take = ({ accepted, rejected }: Records) => {
    const first = counts.rows
    const rejectedIndexes = new Set(rejected.map(({ index }) => index))
    counts.rows += accepted.length + rejected.length
    for (const { code } of rejected) park(code)
    let index = 0
    for (const { json, user } of accepted) {
      while (rejectedIndexes.has(index)) index += 1
      const row = first + index
      index += 1
      // Parse the text that the message would hold, in which every number is a plain JSON number.
      const record = BridgeRecord.parse(JSON.parse(json))
      if (record.type !== 'profile') {
        counts.eventRows += 1
        continue
      }
      counts.profileRows += 1
      const expectation = sampled.getOrCreate(userKey(user), () => ({
        user,
        wanted: new Map(),
        row,
        onlyExisting: true,
      }))
      const result = expectation && addExpected(expectation, record, row)
      if (result) park(result.parked)
    }
  }

  for await (const records of recordsOf(source, reader)) {
    if ('problem' in records) return { problem: `From row ${counts.rows} on: ${records.problem}` }
    take(records)
  }
  return { ...counts, parked, expectations: sampled.all().filter(({ wanted }) => wanted.size > 0) }
}

async function* recordsOf(
  source: VerifySource,
  reader: RowReader,
): AsyncGenerator<Records | { problem: string }> {
  if (source.kind === 'ids') return yield recordsOfIds(source, reader)
  const { endpoint, connection: name, contentType, query } = source.requestOptions
  const { connection } = reader
  const unsigned = signatureAlwaysOf(connection) && unsignedPart({ query }, { name, connection }, endpoint)
  if (unsigned) return yield { problem: `${unsigned.title}. ${unsigned.detail}` }
  const limits = { rows: ROWS_AT_A_TIME, bytes: MAX_WEBHOOK_BYTES }
  for await (const part of cut(source.read(), limits, reader.columnOf)) {
    if ('problem' in part) return yield part
    const headers = { 'content-type': contentType ?? contentTypeOf(part.body) }
    const read = readRequest({ headers, query, ...bodyFromGateway(part.body, headers) }, endpoint, reader)
    if (isProblem(read)) return yield { problem: `${read.title}. ${read.detail}` }
    yield read.records
  }
}

/** Builds rows with the bridge's own column names, whatever names the connection gives its columns. */
function recordsOfIds(
  { ids, query }: Extract<VerifySource, { kind: 'ids' }>,
  reader: RowReader,
): Records | { problem: string } {
  const rows = toRows(
    ids.map((external_id) => ({ external_id })),
    query,
    'activations',
    rulesOf({ ...reader, columnOf: builtInColumn }),
  )
  if (isProblem(rows)) return { problem: `${rows.title}. ${rows.detail}` }
  return toRecords(rows, 'activations', { ...reader, columnOf: builtInColumn })
}

const EXISTING_ONLY = '_update_existing_only'

/**
 * Adds what a record writes, after all earlier records.
 * @returns the code if the worker would park the record.
 */
function addExpected(
  expectation: Expectation,
  record: ProfileRecord,
  row: number,
): { parked: string } | undefined {
  const mapped = map(record, '')
  if ('code' in mapped) return { parked: mapped.code }
  const { [EXISTING_ONLY]: existingOnly, _merge_objects: merged, ...object } = mapped.object
  const [identifierName = ''] = Object.keys(identifierOf(record) ?? {})
  for (const [name, value] of Object.entries(object)) {
    if (name === identifierName || isDirective(name)) continue
    const isVerifiable = isStandard(name)
      ? isComparable(name, value)
      : !isRelative(value) && !(merged === true && isObject(value))
    expectation.wanted.set(name, isVerifiable ? { row, kind: 'value', value } : { row, kind: 'unverifiable' })
  }
  expectation.row = row
  if (existingOnly !== true) expectation.onlyExisting = false
  return undefined
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
