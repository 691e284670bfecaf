import { readFileSync } from 'node:fs'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { inboundSecrets } from '../shared/authenticate.ts'
import { callBraze } from '../shared/braze.edge.ts'
import { Connections } from '../shared/connection.ts'
import { ExporterEnv } from '../shared/env.ts'
import { toRequest } from '../shared/http-request.ts'
import { CLIENT_TIMEOUTS, WORKER_CALL_MS, WORKER_CLIENT_TIMEOUTS } from '../shared/limits.ts'
import { openLog } from '../shared/log.edge.ts'
import { traceOf } from '../shared/log.ts'
import { personNamer } from '../shared/person-hash.ts'
import { cachedSecret } from '../shared/secrets.edge.ts'
import { brazeCredentials, brazeSecret, InboundSecret, LogKey } from '../shared/secrets.ts'
import { type ExporterDeps, exportIds } from './export-ids.ts'

/**
 * The Lambda behind /users/export/ids. It holds the Braze key, which the receiver must not hold, because the
 * receiver reads JSON that anybody may have sent.
 */

const env = ExporterEnv.parse(process.env)
const { log, count, logger, publish } = openLog('exporter', env.STACK_NAME)
const secretsManager = new SecretsManagerClient(CLIENT_TIMEOUTS)
const connections = Connections.parse(JSON.parse(readFileSync(env.CONNECTIONS_FILE, 'utf8')))
const logKey = cachedSecret(
  new SecretsManagerClient(WORKER_CLIENT_TIMEOUTS),
  env.LOG_KEY_SECRET_ID,
  LogKey,
  Date.now,
  WORKER_CALL_MS,
)
const allowLoopback = env.ALLOW_LOOPBACK_BRAZE === 'true'

const deps: ExporterDeps = {
  readSecret: inboundSecrets(
    (id) => cachedSecret(secretsManager, id, InboundSecret, Date.now),
    env,
    Object.keys(connections),
  ),
  credentials: brazeCredentials(
    cachedSecret(secretsManager, env.BRAZE_SECRET_ID, brazeSecret({ allowLoopback }), Date.now),
  ),
  callBraze,
  connections,
  now: Date.now,
  log,
  count,
  namePeople: personNamer(logKey, Date.now),
}

export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>(
  async (event: APIGatewayProxyEventV2) => {
    const { status, headers, body } = await exportIds(toRequest(event), deps)
    return { statusCode: status, headers, body }
  },
)
  .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
  .use({ after: publish, onError: publish })
  .onError((request) => {
    log.error('the exporter failed on a request', traceOf(request.error))
    count('RequestsFailed', 1)
    request.response = {
      statusCode: 500,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify({ message: 'Internal error' }),
    }
  })
