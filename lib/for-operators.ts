import * as z from 'zod'

/**
 * What the stack tells `npm run ops` about itself: one output of CloudFormation, as JSON. Nothing in it is secret.
 * It lists no connection but the default one: of fifty it would be unreadable in the console. A value that is not
 * exported has no length limit of its own (CloudFormation user guide, "Quotas"; only exports end at 1,024 bytes).
 */
export const FOR_OPERATORS = 'ForOperators'

const text = z.string().min(1)
const perQueue = <Value extends z.ZodType>(value: Value) => z.object({ profiles: value, events: value })

export const ForOperators = z.object({
  /** Read by the commands of the same version and of later ones: what is added is optional, what changes is a new `v`. */
  v: z.literal(1),
  stage: text,
  stackName: text,
  /** Ends in a slash; `v1/activations` and the other paths come after it. */
  webhookUrl: z.url(),
  /** Whether it asks for a client certificate, which the commands have not. */
  mutualTls: z.literal(true).optional(),
  /** Names, as Lambda's API takes them. */
  functions: z.object({ receiver: text, worker: text, exporter: text }),
  /** Names, as the API of CloudWatch Logs takes them; `api` is the access log. */
  logGroups: z.object({ receiver: text, worker: text, exporter: text, api: text }),
  /** UUIDs of the event source mappings, which feed the worker. */
  eventSources: perQueue(text),
  /** URLs. */
  queues: perQueue(z.url()),
  deadLetters: perQueue(z.url()),
  captures: z.url(),
  secrets: z.object({
    /** ARN of the default connection's. */
    inbound: text,
    /** With a further connection's name after it: the name of that one's. */
    inboundPrefix: text,
    /** ARNs. */
    braze: text,
    logKey: text.optional(),
  }),
  lanes: z.int().positive(),
  /** Of settings by their names, to tell whether cdk.json says what was deployed. */
  digests: z.record(z.string(), z.string()).optional(),
  dashboardName: text.optional(),
})
export type ForOperators = z.infer<typeof ForOperators>
