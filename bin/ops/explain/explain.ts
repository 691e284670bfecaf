import { writeCapture } from '../../../functions/receiver/capture/capture.ts'
import { rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { Capture } from '../../../functions/shared/capture.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { bodyFromGateway } from '../../local/http-event.ts'
import type { RequestOptions } from '../sent-file/request-options.ts'
import { forecastOf, readCapture } from './capture.ts'

export type ExplainDeps = {
  /** The settings of the stage. */
  settings: Pick<ReceiverSettings, 'lanes' | 'objectsPerRequest' | 'connections'>
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
 * Reads a file as the receiver would read it in a request of this connection.
 * @returns how it was read; `usable` is true if every row would reach Braze as a whole, as far as can be known without
 * asking Braze.
 */
export function explain(
  body: Buffer,
  { endpoint, connection: name, contentType, query }: RequestOptions,
  connection: Connection,
  { settings, now, newId }: ExplainDeps,
): { capture: Capture; usable: boolean } {
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const delivered = bodyFromGateway(body, headers)
  const request = { id: '(not sent)', method: 'POST', path: '', headers, query, sourceIp: '', ...delivered }
  const sender = { name, connection: { ...connection, mode: 'capture' as const } }
  const route = { endpoint, connection: name }
  const reader = rowReader(sender.connection, Object.values(settings.connections))
  const context = { request, route, sender, reader, receivedAt: now() }
  const planned = plan(context, { settings: { ...settings, ...NO_QUEUES }, newId })
  const written = writeCapture(isProblem(planned) ? planned : planned.read, context, Number.POSITIVE_INFINITY)
  const capture = readCapture(written)
  if (!capture) throw new Error('The report of the file can not be read back.')
  const { parked, withheld } = forecastOf(capture, settings.objectsPerRequest)
  const lost = parked.length + withheld.length
  return { capture, usable: capture.reading !== undefined && capture.reading.rejected + lost === 0 }
}
