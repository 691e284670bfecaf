import * as z from 'zod'
import type { QueueName } from '../../functions/shared/record.ts'
import type { FaultRun } from './run.ts'

/** A record as it stands in a message or a letter. Read here anew: the oracle shares no code with what it judges. */
const SentRecord = z.looseObject({
  type: z.enum(['profile', 'event']),
  external_id: z.string().optional(),
  memberships: z
    .array(z.object({ audience_id: z.string(), split_id: z.string(), member: z.boolean() }))
    .optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  properties: z.object({ row: z.number() }).optional(),
})
export type SentRecord = z.infer<typeof SentRecord>

const nonEmptyText = z.string().min(1)

/** Without `failure` it was moved by SQS itself. */
const OracleDeadLetter = z.looseObject({
  failure: z
    .object({ code: nonEmptyText, reason: nonEmptyText, hint: nonEmptyText, at: nonEmptyText })
    .optional(),
  records: z.array(SentRecord).optional(),
  rows: z.array(z.object({ index: z.number(), row: z.unknown() })).optional(),
  body: z.string().optional(),
})
export type OracleDeadLetter = z.infer<typeof OracleDeadLetter>

const Message = z.object({ requestId: z.string(), records: SentRecord.array() })

/** What SQS accepted for the first time, in order. */
export type Accepted = { queue: QueueName; requestId: string; records: SentRecord[] }[]

/** @throws ZodError where a message is none. */
export const readAccepted = (run: FaultRun): Accepted =>
  run.accepted.map(({ queue, body }) => ({ queue, ...Message.parse(JSON.parse(body)) }))

/** @throws ZodError where a letter has a failure without code, reason, hint and time. */
export const readDeadLetters = (run: FaultRun): OracleDeadLetter[] =>
  Object.values(run.deadLetters).flatMap((queue) =>
    queue.list().map(({ body }) => OracleDeadLetter.parse(JSON.parse(body))),
  )

export const recordsOf = ({ records, body }: OracleDeadLetter): SentRecord[] =>
  records ?? (body === undefined ? [] : SentRecord.array().parse(JSON.parse(body).records))

export function rowOf({ attributes, properties }: SentRecord): number | undefined {
  const row = properties?.row ?? attributes?.row
  return typeof row === 'number' ? row : undefined
}

/** Tells a record from all others: by its row, or where it has none, by all that it says. */
export function nameOf(record: SentRecord): string {
  const { external_id, memberships = [] } = record
  const flags = memberships.map(({ audience_id, split_id, member }) => `${audience_id}_${split_id}=${member}`)
  return `${rowOf(record) ?? [external_id, ...flags]}`
}

/** Whether the reason itself says that it may have reached Braze as well; what SQS moved may have too. */
export const isPerhapsDelivered = ({ failure }: OracleDeadLetter) =>
  failure === undefined || ['MAY_HAVE_ARRIVED', 'WORKER_DIED', 'BRAZE_FAILS_ON_IT'].includes(failure.code)
