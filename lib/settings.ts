import * as z from 'zod'
import { Connections } from '../functions/shared/connection.ts'
import { MAX_BATCH_SIZE, MAX_OBJECTS_PER_REQUEST, SEND_WINDOW_SECONDS } from '../functions/shared/limits.ts'
import { arn, Domain, MutualTls } from './domain-settings.ts'
import { routesOf } from './routes.ts'
import { readStages, type Stages } from './stages.ts'

/**
 * Everything that differs between one Braze workspace and another: what an entry of `bridge` in cdk.json may
 * say.
 */

/**
 * One invocation may have to send this many requests: those of `MAX_BATCH_SIZE` full messages, each of which is a
 * request and a search for the object that Braze rejects. What does not fit goes back to the queue.
 */
const REQUESTS_PER_INVOCATION = 15 * MAX_BATCH_SIZE

/** SQS event sources accept no smaller and no larger `maximumConcurrency` (AWS Lambda developer guide). */
const MIN_CONCURRENCY = 2
const MAX_CONCURRENCY = 1_000

/** The sizes that Lambda accepts, in MB (AWS Lambda developer guide, "Quotas"). */
const memoryMb = z.int().min(128).max(10_240)

/** The periods, in days, that CloudWatch Logs accepts. It rejects any other. */
const logRetentionDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731])

/** An alarm looks back seven days at most (CloudWatch API reference, "PutMetricAlarm"). */
const MAX_SILENCE_HOURS = 7 * 24

/**
 * Matches the id of a key in one region or in several (KMS API reference, "DescribeKey"). An alias has none.
 */
const KMS_KEY = /key\/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/

/**
 * Each connection has two or three routes and a secret. An API takes 300 routes (API Gateway developer guide, "Quotas
 * for HTTP APIs"), and a stack 500 resources (CloudFormation user guide, "Quotas"), of which up to 100 do not
 * belong to a connection.
 */
const MAX_ROUTES = 200

const Queue = z.strictObject({
  /** The number of concurrent worker invocations. */
  concurrency: z.int().min(MIN_CONCURRENCY).max(MAX_CONCURRENCY),
  /** This queue's share of the workspace's Braze rate limit. Both shares together must stay under that limit. */
  requestsPerSecond: z.number().positive(),
  /**
   * How many messages Lambda hands to an invocation at most. A full batch is topped up from the queue.
   * `npm run bench -- --only batches` measures what fewer messages do.
   */
  batchSize: z.int().min(1).max(MAX_BATCH_SIZE).default(MAX_BATCH_SIZE),
  /** The alarm fires when the oldest message has waited this long. */
  backlogAlarmMinutes: z.int().positive(),
})
export type QueueSettings = z.infer<typeof Queue>
export type PaceSettings = Pick<QueueSettings, 'concurrency' | 'requestsPerSecond'>

/**
 * Minimum time between two requests of one invocation, in milliseconds. It keeps all invocations together
 * under the share.
 */
export const requestSpacingMs = ({ concurrency, requestsPerSecond }: PaceSettings) =>
  Math.ceil((1_000 * concurrency) / requestsPerSecond)

/**
 * A user must be able to become ready within one invocation, so this is well under its send window. SQS allows
 * 900 seconds.
 */
export const MAX_DELIVERY_DELAY_SECONDS = 30

const ProfilesQueue = Queue.extend({
  /**
   * How long a profile change waits before it is delivered, in seconds. It is also the least time between two
   * requests of one execution environment for the same user, because Braze may apply requests for one user in
   * either order if they arrive within seconds.
   */
  deliveryDelaySeconds: z.int().min(0).max(MAX_DELIVERY_DELAY_SECONDS).default(3),
})

function checkPace({ concurrency, requestsPerSecond }: PaceSettings, context: z.core.$RefinementCtx): void {
  const seconds = (REQUESTS_PER_INVOCATION * concurrency) / requestsPerSecond
  if (seconds <= SEND_WINDOW_SECONDS) return
  const leastRequestsPerSecond = Math.ceil((REQUESTS_PER_INVOCATION * concurrency) / SEND_WINDOW_SECONDS)
  context.addIssue(
    `one invocation would take ${Math.ceil(seconds)} s for ${REQUESTS_PER_INVOCATION} requests and has ` +
      `${SEND_WINDOW_SECONDS} s: with concurrency ${concurrency}, raise requestsPerSecond from ` +
      `${requestsPerSecond} to ${leastRequestsPerSecond} or more, or lower concurrency`,
  )
}

export const Settings = z
  .strictObject({
    /** This is CloudFormation's rule for names. The names of the queues contain it. */
    stackName: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,49}$/, 'a letter, then letters, digits and -, at most 50 in all'),
    /** Whether queues, secrets and logs outlive the stack. */
    keepData: z.boolean(),
    /**
     * The operator's own key for queues, secrets and logs. An alias can't name it. Its policy must leave the
     * rest to IAM and let CloudWatch Logs use it (CloudWatch Logs user guide, "Encrypt log data in CloudWatch
     * Logs using AWS KMS").
     */
    kmsKeyArn: arn('kms', KMS_KEY, 'a key in KMS, in the region of the stack').optional(),
    /** The senders, each with its own credentials and its own rules. */
    connections: Connections,
    /**
     * Gives /users/export/ids a separate Braze key, in a separate secret. Then neither key can both write to Braze and
     * read from it.
     */
    separateExportKey: z.boolean().default(false),
    /**
     * How many objects a request to /users/track may hold. Contracts differ (Braze's docs, "User track", "Rate
     * limit").
     */
    objectsPerRequest: z.int().min(1).max(MAX_OBJECTS_PER_REQUEST).default(MAX_OBJECTS_PER_REQUEST),
    /**
     * The message groups of each queue. Change it only while both queues are empty, because it moves users to
     * other lanes.
     */
    lanes: z.int().min(1).max(1_000),
    queues: z.strictObject({
      profiles: ProfilesQueue.superRefine(checkPace),
      events: Queue.superRefine(checkPace),
    }),
    /** What each route of the API accepts before it answers 429. */
    throttle: z.strictObject({ requestsPerSecond: z.int().positive(), burst: z.int().positive() }),
    memoryMb: z.strictObject({ receiver: memoryMb, worker: memoryMb, exporter: memoryMb }),
    logRetentionDays,
    /**
     * Whether the access log contains the address that each request came from. An address is personal data, so this is
     * only for the time of a search.
     */
    logSourceAddresses: z.boolean().default(false),
    /** Whether X-Ray traces the functions. Lambda decides how many invocations, and bills each trace: docs/scale.md. */
    tracing: z.boolean(),
    /** The alarm fires if one request in a hundred takes longer than this to be answered. */
    latencyAlarmSeconds: z.int().min(1).max(29),
    /**
     * The alarm fires if no row was accepted for this long. Set it a little above the longest pause of your
     * senders. Without it, there is no such alarm. After the first deployment it fires until the first rows
     * come in.
     */
    silenceAlarmHours: z.int().min(1).max(MAX_SILENCE_HOURS).optional(),
    /**
     * Who gets the alarms: an email address or an existing topic. Without either, they show in the CloudWatch
     * console only.
     */
    alarmEmail: z.email().optional(),
    alarmTopicArn: arn('sns', /[A-Za-z0-9_-]+/, 'a standard topic').optional(),
    domain: Domain.optional(),
    mutualTls: MutualTls.optional(),
  })
  .superRefine(({ alarmEmail, alarmTopicArn, domain, mutualTls }, context) => {
    const addIssue = (name: string, message: string) =>
      context.addIssue({ code: 'custom', path: [name], message })
    if (alarmEmail && alarmTopicArn) addIssue('alarmTopicArn', 'alarmEmail is set too, and only one can be')
    if (mutualTls && !domain)
      addIssue('mutualTls', 'needs a domain: API Gateway asks for certificates on a domain of your own only')
  })
  .superRefine(({ connections }, context) => {
    const routes = routesOf(connections).length
    if (routes <= MAX_ROUTES) return
    const message = `the API would have ${routes} routes, and a stack can have at most ${MAX_ROUTES}: move some connections to another stage`
    context.addIssue({ code: 'custom', path: ['connections'], message })
  })
  .superRefine(({ lanes, queues }, context) => {
    for (const [name, { concurrency }] of Object.entries(queues)) {
      if (concurrency <= lanes) continue
      context.addIssue({
        code: 'custom',
        path: ['queues', name, 'concurrency'],
        message: `${concurrency} invocations can't share ${lanes} lanes: lower concurrency or raise lanes`,
      })
    }
  })
export type Settings = z.infer<typeof Settings>

/** How to choose a stage with the CDK, with an operator's command and in the local run. */
const HOW_TO_CHOOSE = '-c stage=… (deploy, cdk), --stage … (ops) or STAGE=… (start)'

export type ReadSettings = { settings: Settings } | { problems: string[] }

/**
 * Reads one stage's settings.
 * @param bridge what cdk.json has under `context.bridge`: defaults, and settings by the stage's name.
 * @returns the settings, or what is wrong with them, each problem with its path in cdk.json.
 */
export function readSettings(bridge: unknown, stage: unknown): ReadSettings {
  const stages = readStages(bridge)
  if ('problem' in stages) return { problems: [stages.problem] }
  const name = z.string().safeParse(stage)
  if (!name.success || !stages.settings.has(name.data)) {
    const known = [...stages.settings.keys()].join(', ')
    return { problems: [`no stage "${stage}" in cdk.json: choose one of ${known} with ${HOW_TO_CHOOSE}`] }
  }
  const misplaced = [...stages.settings.keys()].filter((name) => Object.hasOwn(Settings.shape, name))
  if (misplaced.length > 0) return { problems: misplaced.map(misplacedSetting) }
  const shared = sharedStackNames(stages)
  if (shared.length > 0) return { problems: shared }
  const parsed = Settings.safeParse(stages.settings.get(name.data))
  if (parsed.success) return { settings: parsed.data }
  return { problems: parsed.error.issues.map((issue) => formatIssue(issue, name.data, stages)) }
}

const misplacedSetting = (name: string) =>
  `context.bridge.${name}: this is a setting, not a stage: put it into "defaults" or into a stage`

function formatIssue(issue: z.core.$ZodIssue, stage: string, { pathOf }: Stages): string {
  if (issue.code !== 'unrecognized_keys') return `${pathOf(stage, issue.path)}: ${issue.message}`
  const paths = issue.keys.map((key) => pathOf(stage, [...issue.path, key]))
  return `${paths.join(', ')}: no such setting`
}

const WithStackName = z.object({ stackName: z.string() })

/**
 * Returns a problem for each stage that shares its stack's name. Two workspaces under one name would be one
 * stack, and the one that is deployed last would get what both send.
 */
function sharedStackNames({ settings, pathOf }: Stages): string[] {
  const stageOf = new Map<string, string>()
  return [...settings].flatMap(([stage, rawSettings]) => {
    const { data } = WithStackName.safeParse(rawSettings)
    if (!data) return []
    const first = stageOf.get(data.stackName)
    if (first === undefined) stageOf.set(data.stackName, stage)
    return first === undefined
      ? []
      : [`${pathOf(stage, ['stackName'])}: ${data.stackName} is that of ${first} too`]
  })
}
