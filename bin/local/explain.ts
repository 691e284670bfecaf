import { type ExplainDeps, explainForJson } from '../ops/explain/explain.ts'
import { type GroupedWarnings, groupWarnings } from '../ops/explain/format-check-these.ts'
import type { RequestOptions } from '../ops/sent-file/request-options.ts'
import type { SendRequest } from './send.ts'

export type ExplainRequest = SendRequest & Pick<RequestOptions, 'endpoint'>

export type Explained = ReturnType<typeof explainForJson> & { checkThese: GroupedWarnings }

/**
 * Explains a request as `npm run ops -- explain` explains a file, and sends nothing.
 * @returns undefined if the connection does not exist.
 */
export type Explain = (explaining: ExplainRequest) => Explained | undefined

export const createExplainer =
  (deps: ExplainDeps): Explain =>
  ({ connection: name, endpoint, contentType, body }) => {
    const { connections } = deps.settings
    const connection = Object.hasOwn(connections, name) ? connections[name] : undefined
    if (!connection) return undefined
    const request = { endpoint, connection: name, contentType, query: {} }
    const explained = explainForJson(Buffer.from(body), request, connection, deps)
    return { ...explained, checkThese: groupWarnings(explained.result.warnings) }
  }
