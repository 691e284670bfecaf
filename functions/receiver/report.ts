import type { Count } from '../shared/gather-metrics.ts'
import type { Fields, Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import type { BridgeRequest } from '../shared/request.ts'
import type { Taken } from './answer.ts'
import { isProblem, type Problem } from './problem.ts'
import { type Route, routeOf } from './route.ts'
import type { Settings } from './settings.ts'
import { tellRows } from './tell-rows.ts'

/**
 * Tells a request by one line, a few more for what its rows are part of, and counts: ids that AWS made, codes and
 * numbers, nothing else that was sent.
 */
export async function tell(
  request: BridgeRequest,
  outcome: Taken | Problem,
  status: number,
  ms: number,
  deps: { log: Log; count: Count; namePeople: NamePeople; settings: Settings },
): Promise<void> {
  const route = routeOf(request.path)
  const where: Where = isProblem(route) ? {} : whereOf(route, deps.settings)
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

/** A connection that is not set up is a text that a stranger wrote. */
const whereOf = ({ endpoint, connection }: Route, { connections }: Settings): Where =>
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

/** People are named where somebody tries things out or an event comes by itself, not row by row of an activation. */
const MAX_NAMED_ROWS = 10

/** A request that took so long must be answered now, and its people's names may have to be waited for. */
const PATIENCE_MS = 5_000

async function peopleOf({ records: { read, refused } }: Taken, ms: number, namePeople: NamePeople) {
  if (read.length === 0 || read.length + refused.length > MAX_NAMED_ROWS || ms > PATIENCE_MS) return {}
  const nameOf = await namePeople()
  return nameOf ? { people: [...new Set(read.map(({ user }) => nameOf(user)))] } : {}
}
