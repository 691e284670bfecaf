import { Option } from '@commander-js/extra-typings'
import type { Route } from '../../../functions/receiver/request-context.ts'
import type { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { choice } from '../../cli/values.ts'
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
export const ENDPOINTS: readonly Route['endpoint'][] = ['activations', 'events', 'records', 'users/track']

/** The type makes it the same name; an import of the value would load the schemas for every `--help`. */
const UNNAMED: typeof DEFAULT_CONNECTION = 'default'

const GROUP = 'How the file is sent:'

export const endpointOption = () =>
  choice('--endpoint <name>', 'the kind of the rows', ENDPOINTS)
    .default('records' as const)
    .helpGroup(GROUP)

export const connectionOption = () =>
  new Option('--connection <name>', 'the connection of the sender').default(UNNAMED).helpGroup(GROUP)

export const audienceIdOption = () =>
  new Option('--audience-id <id>', '?audience_id= of the URL: the audience of rows that name none').helpGroup(
    GROUP,
  )

export const splitIdOption = () =>
  new Option('--split-id <id>', '?split_id= of the URL: the split of rows that name none').helpGroup(GROUP)

export const opOption = () =>
  new Option('--op <word>', '?op= of the URL: enter, leave or update').helpGroup(GROUP)

export const queryOption = () =>
  new Option('--query <parameters>', 'further parameters of the URL, as they follow the "?"').helpGroup(GROUP)

export const contentTypeOption = () =>
  new Option(
    '--content-type <type>',
    'the Content-Type of the requests; by default application/json or text/csv',
  ).helpGroup(GROUP)

/**
 * The content type of a file that is sent without one: the type that most senders would use. The receiver detects
 * the format from the body itself, but API Gateway decodes bodies of these types as UTF-8.
 */
export const contentTypeOf = (body: Buffer) =>
  /^\s*[[{]/.test(body.subarray(0, 100).toString()) ? 'application/json' : 'text/csv; charset=utf-8'

/** @returns the request that these options describe. */
export function readRequest(given: {
  endpoint: Route['endpoint']
  connection: string
  audienceId?: string | undefined
  splitId?: string | undefined
  op?: string | undefined
  query?: string | undefined
  contentType?: string | undefined
}): RequestOptions {
  const { endpoint, connection, contentType, audienceId, splitId, op } = given
  const query = new URLSearchParams(given.query)
  for (const [name, value] of Object.entries({ audience_id: audienceId, split_id: splitId, op }))
    if (value !== undefined) query.append(name, value)
  return { endpoint, connection, contentType, query: joinedQuery(query) }
}

/**
 * @returns the path after the webhook's address. The default connection has short paths, and Braze's own
 * paths have no version.
 */
export function webhookPath(connection: string, endpoint: string): string {
  if (connection !== UNNAMED) return `/v1/${connection}/${endpoint}`
  return endpoint.startsWith('users/') ? `/${endpoint}` : `/v1/${endpoint}`
}

/** @returns the options as they would be typed on a command line. */
export const requestFlags = ({ endpoint, connection, contentType, query }: RequestOptions): string[] => [
  `--endpoint ${endpoint}`,
  ...(connection === UNNAMED ? [] : [`--connection ${connection}`]),
  ...(contentType === undefined ? [] : [`--content-type ${shellWord(contentType)}`]),
  ...(Object.keys(query).length > 0 ? [`--query ${shellWord(new URLSearchParams(query).toString())}`] : []),
]

/** Quotes a word for a POSIX shell. */
export const shellWord = (word: string) =>
  /^[\w./:=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
