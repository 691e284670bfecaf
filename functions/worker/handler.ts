import { setTimeout as pause } from 'node:timers/promises'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import type * as z from 'zod/mini'
import { track } from '../shared/braze.edge.ts'
import { WorkerEnv } from '../shared/env.ts'
import { SETTLE_SECONDS, WORKER_CALL_MS, WORKER_CLIENT_TIMEOUTS } from '../shared/limits.ts'
import { openLog } from '../shared/log.edge.ts'
import { traceOf } from '../shared/log.ts'
import { personNamer } from '../shared/person-hash.ts'
import { sqsSendBatch } from '../shared/queue.edge.ts'
import type { QueueName } from '../shared/record.ts'
import { cachedSecret } from '../shared/secrets.edge.ts'
import { brazeCredentials, brazeSecret, LogKey } from '../shared/secrets.ts'
import type { WorkerDeps } from './invocation.ts'
import { pacer } from './send/pace.ts'
import { fileMarkers } from './settle/markers.edge.ts'
import { sqsQueue, toReceivedMessage } from './settle/queue.edge.ts'
import { work } from './work.ts'

const env = WorkerEnv.parse(process.env)
const { log, count, measure, logger, publish } = openLog('worker', env.STACK_NAME)
const sqs = new SQSClient(WORKER_CLIENT_TIMEOUTS)
const onQueueError = (code: string) => log.warn('sqs did not do what it was asked', { code })
const secretsManager = new SecretsManagerClient(WORKER_CLIENT_TIMEOUTS)
const secret = <T>(id: string, schema: z.ZodMiniType<T>) =>
  cachedSecret(secretsManager, id, schema, Date.now, WORKER_CALL_MS)
const readSecret = secret(
  env.BRAZE_SECRET_ID,
  brazeSecret({ allowLoopback: env.ALLOW_LOOPBACK_BRAZE === 'true' }),
)
const queueUrls = { profiles: env.PROFILES_QUEUE_URL, events: env.EVENTS_QUEUE_URL }

const deps: Omit<WorkerDeps, 'pace'> = {
  ...sqsQueue(sqs, queueUrls, onQueueError, WORKER_CALL_MS),
  sendBatch: sqsSendBatch(sqs, onQueueError, WORKER_CALL_MS),
  credentials: brazeCredentials(readSecret),
  track,
  pause: (ms) => pause(ms),
  now: Date.now,
  random: Math.random,
  markers: fileMarkers(env.MARKER_DIR),
  ledger: new Map(),
  recentUsers: new Map(),
  settings: {
    profilesDelayMs: env.PROFILES_DELAY_MS,
    deadLetterUrls: { profiles: env.PROFILES_DLQ_URL, events: env.EVENTS_DLQ_URL },
    objectsPerRequest: env.OBJECTS_PER_REQUEST,
    batchSizes: { profiles: env.PROFILES_BATCH_SIZE, events: env.EVENTS_BATCH_SIZE },
  },
  log,
  count,
  measure,
  namePeople: personNamer(secret(env.LOG_KEY_SECRET_ID, LogKey), Date.now),
}

const spacingMs = { profiles: env.PROFILES_REQUEST_SPACING_MS, events: env.EVENTS_REQUEST_SPACING_MS }

async function handleQueue(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const messages = event.Records.map(({ messageId, receiptHandle, body, attributes, eventSourceARN }) =>
    toReceivedMessage(queueOf(eventSourceARN), messageId, receiptHandle, body, attributes),
  )
  const [first] = messages
  if (!first) return { batchItemFailures: [] }
  const deadline = deps.now() + context.getRemainingTimeInMillis() - SETTLE_SECONDS * 1_000
  const pace = pacer(spacingMs[first.queue], deps.now, deps.pause)
  const back = await work(messages, { ...deps, pace }, deadline)
  return { batchItemFailures: back.map((itemIdentifier) => ({ itemIdentifier })) }
}

/** An event source names its queue by ARN, and the environment by URL. Both end with the queue's name. */
function queueOf(arn: string): QueueName {
  const name = arn.slice(arn.lastIndexOf(':') + 1)
  if (env.PROFILES_QUEUE_URL.endsWith(`/${name}`)) return 'profiles'
  if (env.EVENTS_QUEUE_URL.endsWith(`/${name}`)) return 'events'
  throw new Error(`the event source ${name} is none of this worker's queues`)
}

/**
 * An unexpected error sends the whole batch back; what the worker received itself comes back when its visibility
 * timeout is over. The error is replaced because its own message may quote a value, and Lambda would log it.
 */
export const handler = middy(handleQueue)
  .use(injectLambdaContext(logger, { logEvent: false, resetKeys: true }))
  .use({ after: publish, onError: publish })
  .onError((request) => {
    log.error('the worker failed, and its whole batch goes back', traceOf(request.error))
    count('InvocationsFailed', 1)
    request.error = new Error('the worker failed: see its log line before this one')
  })
