import * as z from 'zod'

/**
 * The names of environment variables: a compile-time contract between the stack, which sets them
 * (`satisfies z.input<typeof WorkerEnv>`), and the functions, which parse them once at start.
 */

const wholeNumber = z.string().regex(/^\d+$/).transform(Number)
const queueUrls = {
  PROFILES_QUEUE_URL: z.url(),
  EVENTS_QUEUE_URL: z.url(),
  PROFILES_DLQ_URL: z.url(),
  EVENTS_DLQ_URL: z.url(),
}

/** In each metric. */
const stack = { STACK_NAME: z.string().min(1) }
/** Name or ARN of the secret `{"key"}` that people are hashed with in the log. */
const logKey = { LOG_KEY_SECRET_ID: z.string().min(1) }

const inbound = {
  /** The file of the connections' settings. */
  CONNECTIONS_FILE: z.string().min(1),
  /** Name or ARN of the default connection's secret: `{"token", "previousToken"?}`. */
  INBOUND_SECRET_ID: z.string().min(1),
  /** With a connection's name after it, the name of that connection's secret. */
  INBOUND_SECRET_PREFIX: z.string().min(1),
}
const braze = {
  /** Name or ARN of the secret `{"apiKey", "restEndpoint"}`. */
  BRAZE_SECRET_ID: z.string().min(1),
  /** Set by the local run only: lets the endpoint be http on loopback. */
  ALLOW_LOOPBACK_BRAZE: z.literal('true').optional(),
}

export const ReceiverEnv = z.object({
  ...stack,
  ...logKey,
  ...queueUrls,
  ...inbound,
  /** What connections in capture mode lead to. */
  CAPTURES_QUEUE_URL: z.url(),
  /** How many lanes (SQS message groups) each queue has. */
  LANES: wholeNumber,
})
export type ReceiverEnv = z.infer<typeof ReceiverEnv>

export const ExporterEnv = z.object({ ...stack, ...inbound, ...braze })
export type ExporterEnv = z.infer<typeof ExporterEnv>

export const WorkerEnv = z.object({
  ...stack,
  ...logKey,
  ...queueUrls,
  ...braze,
  /** Least time between two requests of one invocation, in milliseconds, per queue: concurrency / requests per second. */
  PROFILES_REQUEST_SPACING_MS: wholeNumber,
  EVENTS_REQUEST_SPACING_MS: wholeNumber,
  /** Where the markers of messages that may kill the worker are kept. */
  MARKER_DIR: z.string().default('/tmp'),
})
export type WorkerEnv = z.infer<typeof WorkerEnv>
