import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import * as z from 'zod'
import { authProblem } from '../../functions/receiver/answer/auth-problem.ts'
import { authenticate } from '../../functions/shared/authenticate.ts'
import { Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { Failure } from '../../functions/shared/dead-letter.ts'
import { parseJson } from '../../functions/shared/json.ts'
import { RawDeadLetter } from '../../functions/shared/raw-dead-letter.ts'
import { BridgeRecord, type QueueName } from '../../functions/shared/record.ts'
import type { InboundSecret } from '../../functions/shared/secrets.ts'
import { parseAsWritten } from '../cli/json-as-written.ts'
import type { LocalPage } from './gateway.ts'
import { isSameOrigin } from './guard.ts'
import type { LocalQueues } from './queues.ts'

/** The path where the local run lists its dead letters. The deployed API does not have it. */
export const DEAD_LETTERS_PATH = '/dead-letters'

const Body = z.object({
  failure: z.optional(Failure),
  requestId: z.string().optional(),
  records: z.array(BridgeRecord).default([]),
  rows: z.optional(RawDeadLetter.shape.rows),
})

/** A dead letter. If it has no `failure`, SQS itself moved it. */
export type LocalDeadLetter = z.infer<typeof Body> & {
  /** The delivery queue whose dead-letter queue holds it. */
  queue: QueueName
  messageId: string
  /** The message body, unparsed. */
  body: string
}

/** Lists both dead-letter queues. Reading removes nothing. */
export const listDeadLetters = ({ list, profilesDlq, eventsDlq }: LocalQueues): LocalDeadLetter[] => [
  ...list(profilesDlq).map((deadLetter) => readDeadLetter('profiles', deadLetter)),
  ...list(eventsDlq).map((deadLetter) => readDeadLetter('events', deadLetter)),
]

function readDeadLetter(
  queue: QueueName,
  { messageId, body }: { messageId: string; body: string },
): LocalDeadLetter {
  return { queue, messageId, body, ...(Body.safeParse(parseJson(body)).data ?? { records: [] }) }
}

/** The page always uses the default authentication, whatever the webhook's connections require. */
const DEFAULT_SENDER = { name: DEFAULT_CONNECTION, connection: Connections.parse({})[DEFAULT_CONNECTION] }

/** The default authentication checks only the token, so it needs neither the body nor the source address. */
const UNSIGNED = { body: Buffer.alloc(0), sourceIp: '' }

const NO_LOG = { info: () => {}, warn: () => {}, error: () => {} }

/**
 * Answers `GET /dead-letters` in a local run with a JSON array of `{ queue, messageId, body }`, where `body`
 * is the content of the message in its dead-letter queue. Dead letters contain personal data, so the page
 * requires the webhooks' token, and is not served through a tunnel or under a rebound name. Reading removes
 * nothing. In AWS, use the SQS console instead.
 */
export function deadLettersPage(
  deadLetters: () => readonly LocalDeadLetter[],
  inbound: () => InboundSecret,
): LocalPage {
  return async ({ method, path, headers }) => {
    if (method !== 'GET' || path !== DEAD_LETTERS_PATH) return undefined
    if (!isSameOrigin({ method, headers })) return jsonPage(403, { detail: THIS_MACHINE_ONLY })
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

const THIS_MACHINE_ONLY = 'Dead letters are shown only on this machine: use 127.0.0.1 or localhost.'

/** The JSON is indented because a person reads it. */
function jsonPage(statusCode: number, body: unknown): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return { statusCode, headers, body: `${JSON.stringify(body, null, 2)}\n` }
}

/**
 * @returns the parsed JSON, with every number as it is written, or the text itself: SQS also moves messages that
 * the bridge did not write.
 */
function readable(body: string): unknown {
  const value = parseAsWritten(body)
  return value === undefined ? body : value
}
