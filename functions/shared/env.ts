import * as z from 'zod/mini'

/**
 * The names of environment variables are a compile-time contract between the stack, which sets them
 * (`satisfies z.input<typeof WorkerEnv>`), and the functions, which parse them once at start.
 */

const nonEmpty = z.string().check(z.minLength(1))
const wholeNumber = z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number))
const queueUrls = {
  PROFILES_QUEUE_URL: z.url(),
  EVENTS_QUEUE_URL: z.url(),
  PROFILES_DLQ_URL: z.url(),
  EVENTS_DLQ_URL: z.url(),
}

/** The stack's name is a dimension of each metric. */
const stack = { STACK_NAME: nonEmpty }

/** Name or ARN of the secret `{"key"}`, with which people are hashed in the log. */
const logKey = { LOG_KEY_SECRET_ID: nonEmpty }

const inbound = {
  /** The path of the file with the connections' settings. */
  CONNECTIONS_FILE: nonEmpty,
  /** Name or ARN of the default connection's secret: `{"token", "previousToken"?}`. */
  INBOUND_SECRET_ID: nonEmpty,
  /** The name of another connection's secret is this prefix followed by the connection's name. */
  INBOUND_SECRET_PREFIX: nonEmpty,
}
const braze = {
  /** Name or ARN of the secret `{"apiKey", "restEndpoint"}`. */
  BRAZE_SECRET_ID: nonEmpty,
  /** Set by the local run only: allows an http endpoint on loopback. */
  ALLOW_LOOPBACK_BRAZE: z.optional(z.literal('true')),
}

const packing = {
  /** How many objects a request to /users/track may hold. */
  OBJECTS_PER_REQUEST: wholeNumber,
}

export const ReceiverEnv = z.object({
  ...stack,
  ...logKey,
  ...queueUrls,
  ...inbound,
  /** The queue that receives the captures of connections in capture mode. */
  CAPTURES_QUEUE_URL: z.url(),
  /** How many lanes (SQS message groups) each queue has. */
  LANES: wholeNumber,
  ...packing,
})
export type ReceiverEnv = z.infer<typeof ReceiverEnv>

export const ExporterEnv = z.object({ ...stack, ...logKey, ...inbound, ...braze })
export type ExporterEnv = z.infer<typeof ExporterEnv>

export const WorkerEnv = z.object({
  ...stack,
  ...logKey,
  ...queueUrls,
  ...braze,
  ...packing,
  /**
   * Minimum time between two requests of one invocation, in milliseconds, per queue: concurrency / requests
   * per second.
   */
  PROFILES_REQUEST_SPACING_MS: wholeNumber,
  EVENTS_REQUEST_SPACING_MS: wholeNumber,
  /** How many messages Lambda hands to an invocation at most, per queue. */
  PROFILES_BATCH_SIZE: wholeNumber,
  EVENTS_BATCH_SIZE: wholeNumber,
  /** How long the profiles queue delays its messages, in milliseconds. */
  PROFILES_DELAY_MS: wholeNumber,
  /** The folder for the markers of messages that may kill the worker. */
  MARKER_DIR: z._default(z.string(), '/tmp'),
})
export type WorkerEnv = z.infer<typeof WorkerEnv>
