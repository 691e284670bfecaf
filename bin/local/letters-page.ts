import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { turnAway } from '../../functions/receiver/answer/auth-problem.ts'
import { authenticate } from '../../functions/shared/authenticate.ts'
import { Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { parseJson } from '../../functions/shared/json.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import type { OwnPage } from './gateway.ts'
import { LETTERS_PATH, type Letter } from './letters.ts'

/** The letters page has one way in, whatever the connections of the webhook have. */
const DEFAULT_SENDER = { name: DEFAULT_CONNECTION, connection: Connections.parse({})[DEFAULT_CONNECTION] }

/** That way asks for a token only, from anywhere. */
const NOTHING_SIGNED = { body: Buffer.alloc(0), sourceIp: '' }

const NOT_LOGGED = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * `GET /dead-letters`, for whoever runs the bridge locally: a JSON array of `{ queue, messageId, body }`, with the
 * bodies as they stand in the dead-letter queues. Letters hold what people sent, so it takes the webhooks' token.
 * Reading removes nothing. In AWS, letters are looked at in the SQS console.
 */
export function lettersPage(letters: () => readonly Letter[], inbound: () => InboundSecret): OwnPage {
  return async ({ method, path, headers }) => {
    if (method !== 'GET' || path !== LETTERS_PATH) return undefined
    const stranger = await authenticate({ headers, ...NOTHING_SIGNED }, DEFAULT_SENDER, {
      readSecret: () => async () => inbound(),
      now: Date.now,
      log: NOT_LOGGED,
    })
    if (stranger) {
      const { status, title, detail } = turnAway(stranger, DEFAULT_SENDER.connection)
      return answer(status, { title, detail })
    }
    return answer(
      200,
      letters().map(({ queue, messageId, body }) => ({ queue, messageId, body: readable(body) })),
    )
  }
}

/** Indented, since a person reads it. */
function answer(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { statusCode, headers, body: `${JSON.stringify(body, null, 2)}\n` }
}

/** @returns the text itself where it is not JSON: SQS also moves what others wrote. */
function readable(body: string): unknown {
  const value = parseJson(body)
  return value === undefined ? body : value
}
