import * as z from 'zod'
import { type Endpoint, TRACK } from '../../functions/receiver/request-context.ts'
import { TOKEN_HEADER } from '../../functions/shared/authentication.ts'
import { ConnectionName } from '../../functions/shared/connection.ts'
import { parseJson } from '../../functions/shared/json.ts'
import {
  NoRowUsable,
  ObjectError,
  ProblemAnswer,
  RowErrorSchema,
  Summary,
  Tracked,
  TrackProblem,
} from './answers.ts'
import { AnyRows, EventRow, EventRows, ProfileRow, ProfileRows, TrackRequest } from './bodies.ts'
import { EXAMPLES, type Example } from './examples.ts'

/** The schemas, by their names in the document. */
const SCHEMAS = {
  ProfileRow,
  EventRow,
  RowError: RowErrorSchema,
  ObjectError,
  ProfileRows,
  EventRows,
  AnyRows,
  TrackRequest,
  Summary,
  NoRowUsable,
  Problem: ProblemAnswer,
  Tracked,
  TrackProblem,
}

const refTo = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` })

const TEXT_FORMATS = ['text/csv', 'application/x-ndjson', 'application/x-www-form-urlencoded']

/** The statuses of failed requests, with their descriptions. */
const PROBLEMS: readonly [status: string, description: string][] = [
  [
    '400',
    'The body as a whole cannot be read, or a signed request has the wrong path or a parameter in its URL.',
  ],
  ['401', 'The token or the signature is missing, is wrong, or belongs to another connection.'],
  ['403', 'The credentials are right; requests may not come from this address.'],
  ['404', 'There is no such path.'],
  ['405', 'Only POST sends rows.'],
  ['413', 'Too large: lower the batch size.'],
  ['415', 'Compressed in a way other than gzip.'],
  ['500', 'A fault of the bridge.'],
  ['503', 'Not everything could be stored: send the whole request again.'],
]

/** Builds the OpenAPI document of the bridge's API for senders. @param version of the package. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'ActionIQ to Braze bridge',
      version,
      description:
        'What senders send, and how the bridge answers. 429 with {"message"} and the answers to other paths come from API Gateway. Every path under /v1 has a connection\'s name in it, or none for the default connection.',
    },
    security: [{ header: [] }, { bearer: [] }, { basic: [] }, { signature: [] }, { standardWebhooks: [] }],
    paths: {
      ...rowPaths('activations', 'ProfileRows', 'Audience members and attributes'),
      ...rowPaths('events', 'EventRows', 'Events'),
      ...rowPaths('records', 'AnyRows', 'Both: a row with event_name or event is an event'),
      ...bothPaths('/users/track', { post: trackOperation() }),
      ...bothPaths('/users/export/ids', { post: exportOperation() }),
    },
    components: { schemas: schemas(), securitySchemes: SECURITY },
  }
}

function schemas(): object {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id })
  const { schemas: named } = z.toJSONSchema(registry, {
    io: 'input',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ jsonSchema }) => {
      // Zod bounds integers by what a double can represent. In the document, these bounds would be noise.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    },
  })
  return Object.fromEntries(
    Object.entries(named).map(([id, { $schema: _schema, $id: _id, ...schema }]) => [id, schema]),
  )
}

const SECURITY = {
  header: { type: 'apiKey', in: 'header', name: TOKEN_HEADER },
  bearer: { type: 'http', scheme: 'bearer' },
  basic: { type: 'http', scheme: 'basic' },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-signature',
    description: 'HMAC-SHA256 of the body as sent; the connection names the header.',
  },
  standardWebhooks: {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description: 'https://www.standardwebhooks.com, with webhook-id and webhook-timestamp.',
  },
}

const { $schema: _schema, ...connectionName } = z.toJSONSchema(ConnectionName)

const CONNECTION = {
  name: 'connection',
  in: 'path',
  required: true,
  schema: connectionName,
}

const URL_PARAMETERS = ['audience_id', 'split_id', 'op'].map((name) => ({
  name,
  in: 'query',
  required: false,
  description: 'Holds for each row that does not say otherwise. Not accepted in signed requests.',
  schema: { type: 'string' },
}))

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'One value for each request, the same again for its retries. Never a fixed one. Ignored in signed requests.',
  schema: { type: 'string' },
}

function rowPaths(path: Endpoint, body: keyof typeof SCHEMAS, summary: string) {
  const operation = {
    summary,
    parameters: [...URL_PARAMETERS, IDEMPOTENCY_KEY],
    requestBody: requestBody(path, body),
    responses: {
      '200': response('Every row is kept, or parked with its reason.', 'application/json', 'Summary'),
      ...problems('application/problem+json', 'Problem'),
      '422': response(
        'No row can be used; they stand in the dead-letter queue.',
        'application/problem+json',
        'NoRowUsable',
      ),
    },
  }
  const test = {
    summary: 'Tests the connection',
    responses: { '200': response('URL and token are right.', 'application/json', 'Summary') },
  }
  return {
    [`/v1/${path}`]: { post: operation, get: test, head: test },
    [`/v1/{connection}/${path}`]: { parameters: [CONNECTION], post: operation, get: test, head: test },
  }
}

const bothPaths = (path: string, item: object) => ({
  [path]: item,
  [`/v1/{connection}${path}`]: { parameters: [CONNECTION], ...item },
})

function trackOperation() {
  return {
    summary: "Braze's own body, answered as Braze answers",
    parameters: [IDEMPOTENCY_KEY],
    requestBody: requestBody(TRACK, 'TrackRequest'),
    responses: {
      '201': response('The objects without an entry in errors are kept.', 'application/json', 'Tracked'),
      ...problems('application/json', 'TrackProblem'),
    },
  }
}

function exportOperation() {
  const json = { 'application/json': { schema: { type: 'object' } } }
  return {
    summary: "Passed on to Braze with the bridge's key",
    description:
      'Only a connection whose settings list the fields that may be read (`exports`) has this path. Other fields are left out of the request.',
    requestBody: { required: true, content: json },
    responses: {
      '201': { description: "Braze's answer, whatever its status.", content: json },
      '400': {
        description: 'The request cannot be read, names no profile, or names more than 50.',
        content: json,
      },
      '401': {
        description: 'The token is missing, is wrong, or belongs to another connection.',
        content: json,
      },
      '403': {
        description: 'Requests may not come from this address, or none of the fields may be read.',
        content: json,
      },
      '404': { description: 'The connection may read no profiles.', content: json },
      '405': { description: 'Only POST.', content: json },
      '413': { description: 'The body is larger than 200 KB.', content: json },
      '502': {
        description: "Braze refuses the bridge's key, or its answer is larger than 5 MB.",
        content: json,
      },
      '503': { description: 'There is no key yet, or the token could not be checked.', content: json },
      '504': { description: 'Braze gave no answer.', content: json },
    },
  }
}

const problems = (type: string, schema: keyof typeof SCHEMAS) =>
  Object.fromEntries(PROBLEMS.map(([status, description]) => [status, response(description, type, schema)]))

const response = (description: string, type: string, schema: keyof typeof SCHEMAS) => ({
  description,
  content: { [type]: { schema: refTo(schema) } },
})

function requestBody(path: Example['path'], schema: keyof typeof SCHEMAS) {
  const own = EXAMPLES.filter((example) => example.path === path)
  const types = path === TRACK ? ['application/json'] : ['application/json', ...TEXT_FORMATS]
  return {
    required: true,
    description: 'UTF-8, also with Content-Encoding: gzip. The bytes decide the format.',
    content: Object.fromEntries(
      types.map((type) => [
        type,
        {
          schema: type === 'application/json' ? refTo(schema) : { type: 'string' },
          ...examplesOf(own.filter((example) => example.type === type)),
        },
      ]),
    ),
  }
}

function examplesOf(examples: readonly Example[]): object {
  if (examples.length === 0) return {}
  return {
    examples: Object.fromEntries(
      examples.map(({ name, body, status }) => [
        name.replaceAll(' ', '-'),
        { summary: `${name}: answered ${status}`, value: exampleValue(body) },
      ]),
    ),
  }
}

/** Returns the parsed value of a JSON body, or the text of any other body. */
function exampleValue(body: string): unknown {
  const value = parseJson(body)
  return value === undefined ? body : value
}
