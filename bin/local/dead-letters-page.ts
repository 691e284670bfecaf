import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { authProblem } from '../../functions/receiver/answer/auth-problem.ts'
import { authenticate } from '../../functions/shared/authenticate.ts'
import { Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { parseJson } from '../../functions/shared/json.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import { DEAD_LETTERS_PATH, type LocalDeadLetter } from './dead-letters.ts'
import type { LocalPage } from './gateway.ts'

/** The letters page has one way in, whatever the connections of the webhook have. */
const DEFAULT_SENDER = { name: DEFAULT_CONNECTION, connection: Connections.parse({})[DEFAULT_CONNECTION] }

/** That way asks for a token only, from anywhere. */
const UNSIGNED = { body: Buffer.alloc(0), sourceIp: '' }

const NO_LOG = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * `GET /dead-letters`, for whoever runs the bridge locally: a JSON array of `{ queue, messageId, body }`, with the
 * bodies as they stand in the dead-letter queues. Letters hold what people sent, so it takes the webhooks' token.
 * Reading removes nothing. In AWS, letters are looked at in the SQS console.
 */
export function deadLettersPage(
  deadLetters: () => readonly LocalDeadLetter[],
  inbound: () => InboundSecret,
): LocalPage {
  return async ({ method, path, headers }) => {
    if (method !== 'GET' || path !== DEAD_LETTERS_PATH) return undefined
    const authFailure = await authenticate({ headers, ...UNSIGNED }, DEFAULT_SENDER, {
      readSecret: () => async () => inbound(),
      now: Date.now,
      log: NO_LOG,
    })
    if (authFailure) {
      const { status, title, detail } = authProblem(authFailure, DEFAULT_SENDER.connection)
      return jsonPage(status, { title, detail })
    }
    return jsonPage(
      200,
      deadLetters().map(({ queue, messageId, body }) => ({ queue, messageId, body: readable(body) })),
    )
  }
}

/** Indented, since a person reads it. */
function jsonPage(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { statusCode, headers, body: `${JSON.stringify(body, null, 2)}\n` }
}

/** @returns the text itself where it is not JSON: SQS also moves what others wrote. */
function readable(body: string): unknown {
  const value = parseJson(body)
  return value === undefined ? body : value
}
