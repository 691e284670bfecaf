import type { Sender } from '../../shared/authenticate.ts'
import type { Count } from '../../shared/emit-metrics.ts'
import type { Fields, Log } from '../../shared/log.ts'
import type { NamePeople } from '../../shared/person-hash.ts'
import { openProgress, progressLines } from '../../shared/progress.ts'
import { type QueueName, queueOf } from '../../shared/record.ts'
import { isProblem, type Problem } from '../problems.ts'
import type { RefusedRow } from '../read/records.ts'
import type { RequestContext, Route } from '../request-context.ts'
import type { RefusalCode } from '../row-errors.ts'
import type { Taken } from './answer.ts'

/**
 * Logs one line for the request and a few more for the runs, audiences and parked rows in it, and counts
 * metrics. Apart from ids of runs and audiences, the lines hold nothing that was sent: they consist of ids
 * that AWS made, codes, numbers and hashes of people's identifiers.
 */
export async function tell(
  { request, route, sender, receivedAt }: RequestContext,
  outcome: Taken | Problem,
  status: number,
  deps: { log: Log; count: Count; namePeople: NamePeople; now: () => number },
): Promise<void> {
  const ms = deps.now() - receivedAt
  const where: Where = isProblem(route) ? {} : whereOf(route, sender)
  const result: Fields = isProblem(outcome)
    ? { ...NO_ROWS_TAKEN, problem: outcome.problem }
    : { ...resultOf(outcome), ...(await peopleOf(outcome, ms, deps.namePeople)) }
  const captured: Fields = outcome.captured ? { captured: true } : {}
  deps.log.info('request', { requestId: request.id, ...where, status, ...result, ...captured, ms })
  if (status === 401) deps.count('RequestsRefused', 1)
  if (status === 503) deps.count('RequestsUnavailable', 1)
  if (!isProblem(outcome) && where.connection !== undefined)
    tellRows(outcome, where.connection, request.id, deps)
}

type Where = { endpoint?: string; connection?: string }

/** The name of a connection that is not set up is untrusted input, which the log never shows. */
const whereOf = ({ endpoint, connection }: Route, { name }: Sender): Where =>
  name === connection ? { endpoint, connection } : { endpoint }

const NO_ROWS_TAKEN = { received: 0, accepted: 0, rejected: 0 }

function resultOf({ records: { read, refused } }: Taken) {
  const codes: Record<string, number> = {}
  for (const { code } of refused) codes[code] = (codes[code] ?? 0) + 1
  return {
    received: read.length + refused.length,
    accepted: read.length,
    rejected: refused.length,
    ...(refused.length > 0 && { codes }),
  }
}

/**
 * Only small requests name people: they are trials, or events that come one by one. An activation's rows are
 * not named one by one.
 */
const MAX_NAMED_ROWS = 10

/** A request that has taken longer must be answered now, and naming its people may mean another wait. */
const PATIENCE_MS = 5_000

async function peopleOf({ records: { read, refused } }: Taken, ms: number, namePeople: NamePeople) {
  if (read.length === 0 || read.length + refused.length > MAX_NAMED_ROWS || ms > PATIENCE_MS) return {}
  const nameOf = await namePeople()
  return nameOf ? { people: [...new Set(read.map(({ user }) => nameOf(user)))] } : {}
}

/**
 * Counts the rows of a request that was taken, and logs how far their runs have come and why some were
 * parked.
 */
export function tellRows(
  { records: { read, refused }, captured }: Taken,
  connection: string,
  requestId: string,
  { log, count }: { log: Log; count: Count },
): void {
  const progress = openProgress()
  const parts = { profiles: progress.of(connection, 'profiles'), events: progress.of(connection, 'events') }
  for (const { record } of read) parts[queueOf(record)].add(record, 'done')
  for (const { queue, run } of refused) parts[queue].add({ run_id: run }, 'parked')
  for (const { kind, total } of progress.parts) {
    const by = { connection, kind }
    if (captured) {
      count('RowsCaptured', total.done + total.parked, by)
    } else {
      count('RowsAccepted', total.done, by)
      count('RowsParked', total.parked, by)
    }
  }
  if (captured) return
  for (const kind of ['profiles', 'events'] as const)
    for (const [code, rows] of codesOf(refused, kind)) {
      count('Parked', rows, { code })
      log.info('parked', { code, connection, kind, rows, requestId })
    }
  for (const { message, fields } of progressLines(progress, 'accepted')) log.info(message, fields)
}

/** The number of rejected rows for each code. */
function codesOf(refused: readonly RefusedRow[], kind: QueueName): Map<RefusalCode, number> {
  const rows = new Map<RefusalCode, number>()
  for (const { queue, code } of refused) if (queue === kind) rows.set(code, (rows.get(code) ?? 0) + 1)
  return rows
}
