import { columnOf, rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { readRequest } from '../../../functions/receiver/read/read-request.ts'
import { type Records, toRecords } from '../../../functions/receiver/read/records.ts'
import { toRows } from '../../../functions/receiver/read/rows.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { BridgeRecord, userKey } from '../../../functions/shared/record.ts'
import { cut, MAX_REQUEST_BYTES } from '../sent-file/cut.ts'
import type { Sent } from '../sent-file/sent.ts'
import { type Expectation, expect } from './expectation.ts'
import { sample } from './sample.ts'

/** What the rows that were sent lead one to expect of profiles. */
export type Gathered = {
  rows: number
  /** Rows that change profiles. */
  profileRows: number
  /** Rows that are events or purchases. */
  eventRows: number
  /** Rows that don't get to Braze, by the code under which they are parked. */
  parked: ReadonlyMap<string, number>
  expectations: readonly Expectation[]
}

/** Where the rows come from. */
export type Source =
  | { kind: 'file'; read: () => AsyncIterable<Buffer>; sent: Sent }
  /** External ids, of whom each has or has not a membership. */
  | { kind: 'ids'; ids: readonly string[]; query: Sent['query'] }

/** A file is read in parts as it may have been sent. */
const ROWS_AT_A_TIME = 5_000

/** Reads rows by the receiver's own code, in order, and works out what each person's profile should hold in the end. */
export async function gather(
  source: Source,
  connection: Connection,
  { size, seed }: { size: number | undefined; seed: string },
): Promise<Gathered | { problem: string }> {
  const drawn = sample<Expectation>(size, seed)
  const parked = new Map<string, number>()
  const counts = { rows: 0, profileRows: 0, eventRows: 0 }
  const park = (code: string) => parked.set(code, (parked.get(code) ?? 0) + 1)
  const take = ({ read, refused }: Records) => {
    const first = counts.rows
    const refusedAt = new Set(refused.map(({ index }) => index))
    counts.rows += read.length + refused.length
    for (const { code } of refused) park(code)
    let index = 0
    for (const { json, user } of read) {
      while (refusedAt.has(index)) index += 1
      const row = first + index
      index += 1
      // As it stands in its message, where every number is what JSON makes of it.
      const record = BridgeRecord.parse(JSON.parse(json))
      if (record.type !== 'profile') {
        counts.eventRows += 1
        continue
      }
      counts.profileRows += 1
      const expectation = drawn.of(userKey(user), () => ({
        user,
        wanted: new Map(),
        row,
        onlyExisting: true,
      }))
      const result = expectation && expect(expectation, record, row)
      if (result) park(result.parked)
    }
  }

  for await (const records of recordsOf(source, connection)) {
    if ('problem' in records) return { problem: `From row ${counts.rows} on: ${records.problem}` }
    take(records)
  }
  return { ...counts, parked, expectations: drawn.all().filter(({ wanted }) => wanted.size > 0) }
}

async function* recordsOf(
  source: Source,
  connection: Connection,
): AsyncGenerator<Records | { problem: string }> {
  if (source.kind === 'ids') return yield recordsOfIds(source, connection)
  const { endpoint, contentType, query } = source.sent
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const limits = { rows: ROWS_AT_A_TIME, bytes: MAX_REQUEST_BYTES }
  const reader = rowReader(connection)
  for await (const piece of cut(source.read(), limits, reader.columnOf)) {
    if ('problem' in piece) return yield piece
    const read = readRequest({ headers, query, body: piece.body }, endpoint, reader)
    if (isProblem(read)) return yield { problem: `${read.title}. ${read.detail}` }
    yield read.records
  }
}

/** By the names that the bridge knows itself, whatever the connection calls its columns. */
function recordsOfIds(
  { ids, query }: Extract<Source, { kind: 'ids' }>,
  connection: Connection,
): Records | { problem: string } {
  const rows = toRows(
    ids.map((external_id) => ({ external_id })),
    query,
    'activations',
  )
  if (isProblem(rows)) return { problem: `${rows.title}. ${rows.detail}` }
  return toRecords(rows, 'activations', { ...rowReader(connection), columnOf })
}
