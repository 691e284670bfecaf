import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod'
import { closeServer, listen } from './listen.ts'

const GetSecretValue = z.object({ SecretId: z.string() })

export type LocalSecrets = {
  endpoint: string
  /** @returns a secret's JSON value; undefined where there is no such secret. */
  get: (id: string) => unknown
  /** Sets a secret's JSON value, as a rotation does. */
  put: (id: string, value: unknown) => void
  stop: () => Promise<void>
}

/** A Secrets Manager endpoint on a loopback port that knows one action, GetSecretValue, over AWS's JSON 1.1 protocol. */
export async function startSecrets(initial: Readonly<Record<string, unknown>>): Promise<LocalSecrets> {
  const secrets = new Map(Object.entries(initial))
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body))
    text(request).then(
      (body) => {
        if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue')
          return answer(400, { __type: 'UnknownOperationException' })
        const { data } = GetSecretValue.safeParse(parseJson(body))
        if (!data || !secrets.has(data.SecretId))
          return answer(400, { __type: 'ResourceNotFoundException', Message: 'There is no such secret.' })
        return answer(200, {
          Name: data.SecretId,
          SecretString: JSON.stringify(secrets.get(data.SecretId)),
          VersionStages: ['AWSCURRENT'],
        })
      },
      () => response.destroy(),
    )
  })
  return {
    endpoint: await listen(server, 0),
    get: (id) => secrets.get(id),
    put: (id, value) => {
      secrets.set(id, value)
    },
    stop: () => closeServer(server),
  }
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
