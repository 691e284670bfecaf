import { type Route, TRACK } from '../../../functions/receiver/request-context.ts'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { joinedQuery } from '../../local/http-event.ts'

/** How a file is or was sent: the connection, the endpoint and the parameters of the URL. */
export type RequestOptions = {
  endpoint: Route['endpoint']
  connection: string
  contentType: string | undefined
  /** As API Gateway passes them on. */
  query: Readonly<Record<string, string>>
}

/** In the order in which the help and error messages list them. */
export const ENDPOINTS: readonly Route['endpoint'][] = ['activations', 'events', 'records', TRACK]

/**
 * @returns the path after the webhook's address. The default connection has short paths, and Braze's own
 * paths have no version.
 */
export function webhookPath(connection: string, endpoint: string): string {
  if (connection !== DEFAULT_CONNECTION) return `/v1/${connection}/${endpoint}`
  return endpoint.startsWith('users/') ? `/${endpoint}` : `/v1/${endpoint}`
}

const text = { type: 'string' } as const

/** Options for `parseArgs`. */
export const REQUEST_FLAGS = {
  endpoint: text,
  connection: text,
  'content-type': text,
  'audience-id': text,
  'split-id': text,
  op: text,
  query: text,
} as const

type Given = { [option in keyof typeof REQUEST_FLAGS]?: string | undefined }

/** @returns the request options, or what is wrong with the command line. */
export function readRequestOptions(given: Given): RequestOptions | { problem: string } {
  const requested = given.endpoint ?? 'records'
  const endpoint = ENDPOINTS.find((known) => known === requested)
  if (endpoint === undefined) return { problem: `--endpoint is one of ${ENDPOINTS.join(', ')}.` }
  return {
    endpoint,
    connection: given.connection ?? DEFAULT_CONNECTION,
    contentType: given['content-type'],
    query: queryOf(given),
  }
}

function queryOf(given: Given): Record<string, string> {
  const parameters = new URLSearchParams(given.query)
  for (const [name, value] of [
    ['audience_id', given['audience-id']],
    ['split_id', given['split-id']],
    ['op', given.op],
  ] as const)
    if (value !== undefined) parameters.append(name, value)
  return joinedQuery(parameters)
}

/** @returns the options as they would be typed on a command line. */
export const requestFlags = ({ endpoint, connection, contentType, query }: RequestOptions): string[] => [
  `--endpoint ${endpoint}`,
  ...(connection === DEFAULT_CONNECTION ? [] : [`--connection ${connection}`]),
  ...(contentType === undefined ? [] : [`--content-type ${shellWord(contentType)}`]),
  ...(Object.keys(query).length > 0 ? [`--query ${shellWord(new URLSearchParams(query).toString())}`] : []),
]

/** Quotes a word for a POSIX shell. */
export const shellWord = (word: string) =>
  /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

export const REQUEST_HELP = `  --endpoint <name>      activations, events, records or users/track (records)
  --connection <name>    by this connection (${DEFAULT_CONNECTION})
  --audience-id <id>     ?audience_id= of the URL: the audience of rows that name none
  --split-id <id>        ?split_id= of the URL
  --op <word>            ?op= of the URL: enter, leave, update
  --query <parameters>   what else stands behind the "?" of the URL
  --content-type <type>  the Content-Type of the requests`
