import type { Count, Fields, Log } from '../shared/log.ts'
import type { BridgeRequest } from '../shared/request.ts'
import type { Taken } from './answer.ts'
import { isProblem, type Problem } from './problem.ts'
import { type Route, routeOf } from './route.ts'
import type { Settings } from './settings.ts'

/** One line and a few counts per request: ids that AWS made, codes and numbers, nothing that was sent. */
export function tell(
  request: BridgeRequest,
  outcome: Taken | Problem,
  status: number,
  ms: number,
  { log, count, settings }: { log: Log; count: Count; settings: Settings },
): void {
  const route = routeOf(request.path)
  const where: Fields = isProblem(route) ? {} : whereOf(route, settings)
  const result = isProblem(outcome) ? { ...NO_ROWS_TAKEN, problem: outcome.problem } : resultOf(outcome)
  if (outcome.captured) count('RowsCaptured', result.received)
  else {
    count('RowsAccepted', result.accepted)
    count('RowsRejected', result.rejected)
  }
  if (status === 401) count('RequestsRefused', 1)
  const captured: Fields = outcome.captured ? { captured: true } : {}
  log.info('request', { requestId: request.id, ...where, status, ...result, ...captured, ms })
}

/** A connection that is not set up is a text that a stranger wrote. */
const whereOf = ({ endpoint, connection }: Route, { connections }: Settings): Fields =>
  Object.hasOwn(connections, connection) ? { endpoint, connection } : { endpoint }

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
