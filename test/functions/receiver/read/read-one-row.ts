import { rowReader } from '../../../../functions/receiver/columns.ts'
import { isProblem } from '../../../../functions/receiver/problems.ts'
import { readRequest } from '../../../../functions/receiver/read/read-request.ts'
import type { Endpoint } from '../../../../functions/receiver/request-context.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { map } from '../../../../functions/worker/map/map.ts'

export const RECEIVED = '2026-01-05T10:00:00.000Z'

/** Reads a body under the settings of a connection. Throws if the body as a whole is refused. */
export function readAll(body: object | string, settings: object = {}, endpoint: Endpoint = 'records') {
  const { default: connection } = Connections.parse({ default: settings })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const request = { headers: {}, query: {}, body: Buffer.from(text) }
  const outcome = readRequest(request, endpoint, rowReader(connection))
  if (isProblem(outcome)) throw new Error(outcome.problem)
  return outcome
}

/**
 * Reads one row and returns the object that Braze receives for it, or the refusal as `CODE field`.
 * @param row the row, or the JSON text of one.
 * @param beside what the body says beside its list of rows.
 */
export function readOneRow(
  row: object | string,
  { settings = {}, beside = {}, endpoint }: { settings?: object; beside?: object; endpoint?: Endpoint } = {},
): object | string {
  const json = typeof row === 'string' ? row : JSON.stringify(row)
  const head = JSON.stringify(beside).slice(1, -1)
  const body = `{${head}${head && ','}"records":[${json}]}`
  const { accepted, rejected } = readAll(body, settings, endpoint).records
  const [refused] = rejected
  if (refused) return [refused.code, refused.field].filter((part) => part !== undefined).join(' ')
  const [record] = accepted.map(({ record }) => record)
  if (!record) throw new Error('there is no row')
  const mapped = map(record, RECEIVED)
  return 'object' in mapped ? { ...mapped.object } : mapped
}
