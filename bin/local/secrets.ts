import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import * as z from 'zod'
import { parseJson } from '../../functions/shared/json.ts'
import { type AwsCredentials, isAwsClient, UNKNOWN_CLIENT } from './aws-credentials.ts'
import { closeServer, listen, readBody } from './listen.ts'

const GetSecretValue = z.object({ SecretId: z.string() })
const PutSecretValue = z.object({ SecretId: z.string(), SecretString: z.string() })

export type LocalSecrets = {
  endpoint: string
  /** @returns a secret's JSON value; undefined if the secret does not exist or is not JSON. */
  get: (id: string) => unknown
  /** Sets a secret's JSON value, like a rotation. */
  put: (id: string, value: unknown) => void
  stop: () => Promise<void>
}

type SecretsResponse = { status: number; body: object }

/**
 * Starts a Secrets Manager endpoint on a loopback port. It supports two actions, over AWS's JSON 1.1
 * protocol, for clients with these credentials.
 */
export async function startSecrets(
  initial: Readonly<Record<string, unknown>>,
  credentials: AwsCredentials,
): Promise<LocalSecrets> {
  const secrets = new Map(Object.entries(initial).map(([id, value]) => [id, JSON.stringify(value)]))
  const answer = async (request: IncomingMessage): Promise<SecretsResponse> => {
    if (!isAwsClient(request, credentials)) return UNKNOWN_CLIENT
    const body = await readBody(request)
    if (!body) return TOO_LARGE
    return respond(secrets, String(request.headers['x-amz-target']), parseJson(body.toString()))
  }
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) =>
        response
          .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
          .end(JSON.stringify(body)),
      () => response.destroy(),
    )
  })
  return {
    endpoint: await listen(server, 0),
    get: (id) => parseJson(secrets.get(id) ?? ''),
    put: (id, value) => {
      secrets.set(id, JSON.stringify(value))
    },
    stop: () => closeServer(server),
  }
}

const CURRENT = { VersionStages: ['AWSCURRENT'] }

function respond(secrets: Map<string, string>, target: string, input: unknown): SecretsResponse {
  switch (target) {
    case 'secretsmanager.GetSecretValue': {
      const { data } = GetSecretValue.safeParse(input)
      const SecretString = data && secrets.get(data.SecretId)
      if (SecretString === undefined) return NO_SUCH_SECRET
      return { status: 200, body: { Name: data?.SecretId, SecretString, ...CURRENT } }
    }
    case 'secretsmanager.PutSecretValue': {
      const { data } = PutSecretValue.safeParse(input)
      if (!data || !secrets.has(data.SecretId)) return NO_SUCH_SECRET
      secrets.set(data.SecretId, data.SecretString)
      return { status: 200, body: { Name: data.SecretId, VersionId: randomUUID(), ...CURRENT } }
    }
  }
  return { status: 400, body: { __type: 'UnknownOperationException' } }
}

const TOO_LARGE: SecretsResponse = { status: 413, body: { __type: 'InvalidRequestException' } }

const NO_SUCH_SECRET: SecretsResponse = {
  status: 400,
  body: { __type: 'ResourceNotFoundException', Message: 'There is no such secret.' },
}
