import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { inboundSecrets } from '../shared/authenticate.ts'
import { Connections } from '../shared/connection.ts'
import { ReceiverEnv } from '../shared/env.ts'
import { toRequest } from '../shared/http-request.ts'
import { CLIENT_TIMEOUTS, WORKER_CALL_MS, WORKER_CLIENT_TIMEOUTS } from '../shared/limits.ts'
import { openLog } from '../shared/log.edge.ts'
import { traceOf } from '../shared/log.ts'
import { personNamer } from '../shared/person-hash.ts'
import { sqsSendBatch } from '../shared/queue.edge.ts'
import { cachedSecret } from '../shared/secrets.edge.ts'
import { InboundSecret, LogKey } from '../shared/secrets.ts'
import { type Answer, answerTo } from './answer/answer.ts'
import { INTERNAL_ERROR } from './problems.ts'
import { type ReceiverDeps, receive } from './receive.ts'
import { settingsFrom } from './settings.ts'

/**
 * The Lambda behind the HTTP API. It turns API Gateway's event into a request, gives `receive` its real
 * dependencies, and turns the answer back into a result. An unexpected error becomes a 500. The log shows the
 * error without its message, which may quote the request.
 */

const env = ReceiverEnv.parse(process.env)
const { log, count, logger, publish } = openLog('receiver', env.STACK_NAME)

const now = () => Date.now()

const connections = Connections.parse(JSON.parse(readFileSync(env.CONNECTIONS_FILE, 'utf8')))
const secretsManager = new SecretsManagerClient(CLIENT_TIMEOUTS)
const logKey = cachedSecret(
  new SecretsManagerClient(WORKER_CLIENT_TIMEOUTS),
  env.LOG_KEY_SECRET_ID,
  LogKey,
  now,
  WORKER_CALL_MS,
)

const deps: ReceiverDeps = {
  readSecret: inboundSecrets(
    (id) => cachedSecret(secretsManager, id, InboundSecret, now),
    env,
    Object.keys(connections),
  ),
  sendBatch: sqsSendBatch(new SQSClient(CLIENT_TIMEOUTS), (code) =>
    log.warn('SQS did not take a message', { code }),
  ),
  now,
  newId: randomUUID,
  pause: async (ms) => pause(ms),
  log,
  count,
  namePeople: personNamer(logKey, now),
  settings: settingsFrom(env, connections),
}

const toResult = ({ status, headers, body }: Answer): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers,
  body,
})

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
  async (event: APIGatewayProxyEventV2) => toResult(await receive(toRequest(event), deps)),
)
  .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
  .use({ after: publish, onError: publish })
  .onError((request) => {
    log.error('the receiver failed on a request', traceOf(request.error))
    count('RequestsFailed', 1)
    request.response = toResult(answerTo(INTERNAL_ERROR, request.event.requestContext.requestId))
  })
