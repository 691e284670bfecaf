import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { authProblem } from '../../functions/receiver/answer/auth-problem.ts'
import { authenticate } from '../../functions/shared/authenticate.ts'
import { Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { parseJson } from '../../functions/shared/json.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import { DEAD_LETTERS_PATH, type LocalDeadLetter } from './dead-letters.ts'
import type { LocalPage } from './gateway.ts'

/** The page always uses the default authentication, whatever the webhook's connections require. */
const DEFAULT_SENDER = { name: DEFAULT_CONNECTION, connection: Connections.parse({})[DEFAULT_CONNECTION] }

/** The default authentication checks only the token, so it needs neither the body nor the source address. */
const UNSIGNED = { body: Buffer.alloc(0), sourceIp: '' }

const NO_LOG = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * Answers `GET /dead-letters` in a local run with a JSON array of `{ queue, messageId, body }`, where `body`
 * is the content of the message in its dead-letter queue. Dead letters contain personal data, so the page
 * requires the webhooks' token. Reading removes nothing. In AWS, use the SQS console instead.
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

/** The JSON is indented because a person reads it. */
function jsonPage(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { statusCode, headers, body: `${JSON.stringify(body, null, 2)}\n` }
}

/** @returns the parsed JSON, or the text itself: SQS also moves messages that the bridge did not write. */
function readable(body: string): unknown {
  const value = parseJson(body)
  return value === undefined ? body : value
}
