import type { Sender } from '../../shared/authenticate.ts'
import type { Count } from '../../shared/emit-metrics.ts'
import type { Log, LogFields } from '../../shared/log.ts'
import type { NamePeople } from '../../shared/person-hash.ts'
import { openProgress, progressLines } from '../../shared/progress.ts'
import { type QueueName, queueOf } from '../../shared/record.ts'
import { isProblem, type Problem } from '../problems.ts'
import type { RejectedRow } from '../read/records.ts'
import type { RequestContext, Route } from '../request-context.ts'
import type { RowErrorCode } from '../row-errors.ts'
import type { StoredRequest } from './answer.ts'

/**
 * Logs one line for the request and a few more for the runs, audiences and parked rows in it, and counts
 * metrics. Apart from ids of runs and audiences, the lines hold nothing that was sent: they consist of ids
 * that AWS made, codes, numbers and hashes of people's identifiers.
 */
export async function logRequest(
  { request, route, sender, receivedAt }: RequestContext,
  outcome: StoredRequest | Problem,
  status: number,
  deps: { log: Log; count: Count; namePeople: NamePeople; now: () => number },
): Promise<void> {
  const ms = deps.now() - receivedAt
  const where: LoggedRoute = isProblem(route) ? {} : whereOf(route, sender)
  const result: LogFields = isProblem(outcome)
    ? { ...NO_ROWS_TAKEN, problem: outcome.problem }
    : { ...resultOf(outcome), ...(await peopleOf(outcome, ms, deps.namePeople)) }
  const captured: LogFields = outcome.captured ? { captured: true } : {}
  deps.log.info('request', { requestId: request.id, ...where, status, ...result, ...captured, ms })
  if (status === 401) deps.count('RequestsRefused', 1)
  if (status === 503) deps.count('RequestsUnavailable', 1)
  if (!isProblem(outcome) && where.connection !== undefined)
    logRows(outcome, where.connection, request.id, deps)
}

type LoggedRoute = { endpoint?: string; connection?: string }

/** The name of a connection that is not set up is untrusted input, which the log never shows. */
const whereOf = ({ endpoint, connection }: Route, { name }: Sender): LoggedRoute =>
  name === connection ? { endpoint, connection } : { endpoint }

const NO_ROWS_TAKEN = { received: 0, accepted: 0, rejected: 0 }

function resultOf({ records: { accepted, rejected } }: StoredRequest) {
  const codes: Record<string, number> = {}
  for (const { code } of rejected) codes[code] = (codes[code] ?? 0) + 1
  return {
    received: accepted.length + rejected.length,
    accepted: accepted.length,
    rejected: rejected.length,
    ...(rejected.length > 0 && { codes }),
  }
}

/**
 * Only small requests name people: they are trials, or events that come one by one. An activation's rows are
 * not named one by one.
 */
const MAX_NAMED_ROWS = 10

/** A request that has taken longer must be answered now, and naming its people may mean another wait. */
const PATIENCE_MS = 5_000

async function peopleOf(
  { records: { accepted, rejected } }: StoredRequest,
  ms: number,
  namePeople: NamePeople,
) {
  if (accepted.length === 0 || accepted.length + rejected.length > MAX_NAMED_ROWS || ms > PATIENCE_MS)
    return {}
  const nameOf = await namePeople()
  return nameOf ? { people: [...new Set(accepted.map(({ user }) => nameOf(user)))] } : {}
}

/**
 * Counts the rows of a request that was taken, and logs how far their runs have come and why some were
 * parked.
 */
export function logRows(
  { records: { accepted, rejected }, captured }: StoredRequest,
  connection: string,
  requestId: string,
  { log, count }: { log: Log; count: Count },
): void {
  const progress = openProgress()
  const parts = { profiles: progress.of(connection, 'profiles'), events: progress.of(connection, 'events') }
  for (const { record } of accepted) parts[queueOf(record)].add(record, 'done')
  for (const { queue, run } of rejected) parts[queue].add({ run_id: run }, 'parked')
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
    for (const [code, rows] of codesOf(rejected, kind)) {
      count('Parked', rows, { code })
      log.info('parked', { code, connection, kind, rows, requestId })
    }
  for (const { message, fields } of progressLines(progress, 'accepted')) log.info(message, fields)
}

/** The number of rejected rows for each code. */
function codesOf(rejected: readonly RejectedRow[], kind: QueueName): Map<RowErrorCode, number> {
  const rows = new Map<RowErrorCode, number>()
  for (const { queue, code } of rejected) if (queue === kind) rows.set(code, (rows.get(code) ?? 0) + 1)
  return rows
}
