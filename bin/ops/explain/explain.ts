import { writeCapture } from '../../../functions/receiver/capture/capture.ts'
import { rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { Capture } from '../../../functions/shared/capture.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { bodyFromGateway } from '../../local/http-event.ts'
import { contentTypeOf, type RequestOptions } from '../sent-file/request-options.ts'
import { signatureAlwaysOf } from '../sign.ts'
import { captureForJson, isUsable, readCapture } from './capture.ts'
import { warningsOf } from './check-these/check-these.ts'
import type { Warning } from './check-these/warning.ts'
import { EMPTY_FILE, needsBytes, unclearHeader } from './check-these/whole-file.ts'

export type ExplainDeps = {
  /** The settings of the stage. */
  settings: Pick<ReceiverSettings, 'lanes' | 'objectsPerRequest' | 'connections'>
  now: () => number
  newId: () => string
}

export type Explanation = { capture: Capture; warnings: Warning[]; usable: boolean }

/** Placeholders: nothing is sent, so no queue is needed. */
const NO_QUEUES = {
  queues: { profiles: '', events: '' },
  deadLetters: { profiles: '', events: '' },
  captures: '',
}

/**
 * Reads a file as the receiver would read it in a request of this connection.
 * @returns how it was read, and the mistakes that are likely in it; `usable` is true if there are rows and every one
 * would reach Braze as a whole, as far as can be known without asking Braze.
 */
export function explain(
  body: Buffer,
  { endpoint, connection: name, contentType, query }: RequestOptions,
  connection: Connection,
  { settings, now, newId }: ExplainDeps,
): Explanation {
  const headers = { 'content-type': contentType ?? contentTypeOf(body) }
  const delivered = bodyFromGateway(body, headers)
  const request = { id: '(not sent)', method: 'POST', path: '', headers, query, sourceIp: '', ...delivered }
  const sender = { name, connection: { ...connection, mode: 'capture' as const } }
  const route = { endpoint, connection: name }
  const reader = rowReader(sender.connection, Object.values(settings.connections))
  const context = { request, route, sender, reader, receivedAt: now() }
  const planned = plan(context, signatureAlwaysOf(connection), {
    settings: { ...settings, ...NO_QUEUES },
    newId,
  })
  const written = writeCapture(isProblem(planned) ? planned : planned.read, context, Number.POSITIVE_INFINITY)
  const capture = readCapture(written)
  if (!capture) throw new Error('The report of the file cannot be read back.')
  const warnings = [
    ...needsBytes(body, headers['content-type']),
    ...(body.length === 0 ? [EMPTY_FILE] : []),
    ...unclearHeader(body, capture),
    ...warningsOf(capture, connection),
  ]
  const hasRows = (capture.reading?.received ?? 0) > 0
  return { capture, warnings, usable: hasRows && isUsable(capture, settings.objectsPerRequest) }
}

/**
 * Explains a body to a program: the same result as `explain --json` prints.
 * @param values also shows the content of the rows, which is personal data.
 */
export function explainForJson(
  body: Buffer,
  request: RequestOptions,
  connection: Connection,
  deps: ExplainDeps,
  values = false,
) {
  const { capture, warnings, usable } = explain(body, request, connection, deps)
  const { objectsPerRequest } = deps.settings
  return { usable, result: captureForJson(capture, warnings, { values, objectsPerRequest }) }
}
