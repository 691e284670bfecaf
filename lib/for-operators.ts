import * as z from 'zod'

/**
 * What the stack tells `npm run ops` about itself: one CloudFormation output, as JSON, with no secrets in it.
 * The default connection is the only one listed, because a list of fifty would be unreadable in the console.
 * A value that is not exported has no length limit of its own (CloudFormation user guide, "Quotas"; only
 * exports end at 1,024 bytes).
 */
export const FOR_OPERATORS = 'ForOperators'

const text = z.string().min(1)
const perQueue = <Value extends z.ZodType>(value: Value) => z.object({ profiles: value, events: value })

export const ForOperators = z.object({
  /**
   * Commands of the same version and of later ones read this, so whatever is added is optional, and a change
   * needs a new `v`. Since 2, the exporter may be absent.
   */
  v: z.literal([1, 2]),
  stage: text,
  stackName: text,
  /** The base URL for senders. Only stacks that were deployed by earlier versions have a slash at its end. */
  webhookUrl: z.url(),
  /** Whether the webhook asks for a client certificate, which the commands do not have. */
  mutualTls: z.literal(true).optional(),
  /** Names, as Lambda's API takes them. */
  functions: z.object({ receiver: text, worker: text, exporter: text.optional() }),
  /** Names, as the API of CloudWatch Logs takes them; `api` is the access log. */
  logGroups: z.object({ receiver: text, worker: text, exporter: text.optional(), api: text }),
  /** UUIDs of the event source mappings, which feed the worker. */
  eventSources: perQueue(text),
  /** URLs. */
  queues: perQueue(z.url()),
  deadLetters: perQueue(z.url()),
  captures: z.url(),
  secrets: z.object({
    /** ARN of the default connection's secret. */
    inbound: text,
    /** The name of another connection's secret is this prefix followed by the connection's name. */
    inboundPrefix: text,
    /** ARNs. */
    braze: text,
    /** Present if /users/export/ids has a Braze key of its own. */
    brazeExport: text.optional(),
    logKey: text.optional(),
  }),
  lanes: z.int().positive(),
  /** Digests of settings by their names, which show whether cdk.json says what was deployed. */
  digests: z.record(z.string(), z.string()).optional(),
  dashboardName: text.optional(),
})
export type ForOperators = z.infer<typeof ForOperators>
