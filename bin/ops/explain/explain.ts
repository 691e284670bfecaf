import { writeCapture } from '../../../functions/receiver/capture/capture.ts'
import { rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { Route } from '../../../functions/receiver/request-context.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { acceptedRows, forecast } from './forecast.ts'
import { formatCapture } from './format-capture.ts'
import { readCapture } from './read-capture.ts'

export type ExplainOptions = {
  endpoint: Route['endpoint']
  connection: string
  contentType: string | undefined
  query: Readonly<Record<string, string>>
  /** Show the values of the first rows. */
  values: boolean
}

export type ExplainDeps = {
  /** The settings of the stage. */
  settings: Pick<ReceiverSettings, 'lanes' | 'connections'>
  now: () => number
  newId: () => string
}

/** Placeholders: nothing is sent, so no queue is needed. */
const NO_QUEUES = {
  queues: { profiles: '', events: '' },
  deadLetters: { profiles: '', events: '' },
  captures: '',
}

/**
 * Reads a file as the receiver would read it in a request of this connection, and describes the outcome.
 * @returns `lines` for the operator; `usable` is true if every row would reach Braze, as far as can be known
 * without asking Braze.
 */
export function explain(
  body: Buffer,
  options: ExplainOptions,
  connection: Connection,
  { settings, now, newId }: ExplainDeps,
): { lines: string[]; usable: boolean } {
  const { endpoint, contentType, query, values } = options
  const request = {
    id: '(not sent)',
    method: 'POST',
    path: '',
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    query,
    body,
    sourceIp: '',
  }
  const name = options.connection
  const receivedAt = now()
  const sender = { name, connection: { ...connection, mode: 'capture' as const } }
  const route = { endpoint, connection: name }
  const reader = rowReader(sender.connection, Object.values(settings.connections))
  const context = { request, route, sender, reader, receivedAt }
  const planned = plan(context, { settings: { ...settings, ...NO_QUEUES }, newId })
  const written = writeCapture(isProblem(planned) ? planned : planned.read, context, Number.POSITIVE_INFINITY)
  const capture = readCapture(written)
  if (!capture) throw new Error('The report of the file can not be read back.')
  const parked = forecast(acceptedRows(capture), capture.receivedAt).parked.length
  const usable = capture.reading !== undefined && capture.reading.rejected + parked === 0
  return { lines: formatCapture(capture, { values }), usable }
}
