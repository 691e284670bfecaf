import { devNull } from 'node:os'
import type * as z from 'zod'
import type { ReceiverEnv, WorkerEnv } from '../../functions/shared/env.ts'
import { MAX_BATCH_SIZE, MAX_OBJECTS_PER_REQUEST } from '../../functions/shared/limits.ts'
import { requestSpacingMs } from '../../lib/settings.ts'
import type { AwsCredentials } from './aws-credentials.ts'
import { LOCAL_REGION, type LocalQueues } from './queues.ts'

/** Batches per queue at once: the lowest concurrency that Lambda, and so the stack, accepts. */
export const WORKER_CONCURRENCY = 2

/** Requests to Braze per second and queue. Every Braze contract allows this pace. */
const REQUESTS_PER_SECOND = 25

export const SPACING_MS = requestSpacingMs({
  concurrency: WORKER_CONCURRENCY,
  requestsPerSecond: REQUESTS_PER_SECOND,
})

export const INBOUND_SECRET_ID = 'local/inbound'
export const INBOUND_SECRET_PREFIX = 'local/connections/'
export const BRAZE_SECRET_ID = 'local/braze'
export const LOG_KEY_SECRET_ID = 'local/log-key'

const STACK_NAME = 'local'

export type FunctionEnv = z.input<typeof ReceiverEnv> & z.input<typeof WorkerEnv> & Record<string, string>

/** The environment variables that point the deployed handlers at the local queues and secrets. */
export function functionEnv(options: {
  queues: LocalQueues
  connectionsFile: string
  secretsEndpoint: string
  credentials: AwsCredentials
  markerDir: string
  spacingMs: number
  profilesDelaySeconds: number
}): FunctionEnv {
  const { queues, connectionsFile, secretsEndpoint, credentials, markerDir, spacingMs } = options
  return {
    STACK_NAME,
    LOG_KEY_SECRET_ID,
    PROFILES_QUEUE_URL: queues.profiles.url,
    EVENTS_QUEUE_URL: queues.events.url,
    PROFILES_DLQ_URL: queues.profilesDlq.url,
    EVENTS_DLQ_URL: queues.eventsDlq.url,
    CAPTURES_QUEUE_URL: queues.captures.url,
    CONNECTIONS_FILE: connectionsFile,
    INBOUND_SECRET_ID,
    INBOUND_SECRET_PREFIX,
    LANES: '16',
    OBJECTS_PER_REQUEST: String(MAX_OBJECTS_PER_REQUEST),
    BRAZE_SECRET_ID,
    PROFILES_BATCH_SIZE: String(MAX_BATCH_SIZE),
    EVENTS_BATCH_SIZE: String(MAX_BATCH_SIZE),
    PROFILES_REQUEST_SPACING_MS: String(spacingMs),
    EVENTS_REQUEST_SPACING_MS: String(spacingMs),
    PROFILES_DELAY_MS: String(1_000 * options.profilesDelaySeconds),
    MARKER_DIR: markerDir,
    ALLOW_LOOPBACK_BRAZE: 'true',
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    // These variables keep this machine's own AWS configuration out.
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    AWS_ENDPOINT_URL_SQS: queues.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsEndpoint,
    // Powertools then writes logs and metrics through the console, where the local run intercepts them.
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_LOG_LEVEL: 'INFO',
  }
}
