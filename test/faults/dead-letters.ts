import * as z from 'zod'
import type { QueueName } from '../../functions/shared/record.ts'
import { incrementsIn } from './rows.ts'
import type { FaultRun } from './run.ts'

/**
 * A record in a message or a dead letter. The format is declared again here because the oracle must share no
 * code with what it judges.
 */
const SentRecord = z.looseObject({
  type: z.enum(['profile', 'event', 'purchase']),
  external_id: z.string().optional(),
  memberships: z
    .array(z.object({ audience_id: z.string(), split_id: z.string(), member: z.boolean() }))
    .optional(),
  attributes: z.record(z.string(), z.unknown()).optional(),
  properties: z.object({ row: z.number() }).optional(),
})
export type SentRecord = z.infer<typeof SentRecord>

const nonEmptyText = z.string().min(1)

/** A dead letter without `failure` was moved by SQS itself. */
const OracleDeadLetter = z.looseObject({
  failure: z
    .object({ code: nonEmptyText, reason: nonEmptyText, hint: nonEmptyText, at: nonEmptyText })
    .optional(),
  records: z.array(SentRecord).optional(),
  rows: z.array(z.object({ index: z.number(), row: z.unknown() })).optional(),
  body: z.string().optional(),
})
export type OracleDeadLetter = z.infer<typeof OracleDeadLetter>

export const Message = z.object({ requestId: z.string(), records: SentRecord.array() })

/** The messages that SQS accepted and did not deduplicate, in order. */
export type Accepted = { queue: QueueName; requestId: string; records: SentRecord[] }[]

/** @throws ZodError if a message does not have the expected format. */
export const readAccepted = (run: FaultRun): Accepted =>
  run.accepted.map(({ queue, body }) => ({ queue, ...Message.parse(JSON.parse(body)) }))

/** @throws ZodError if the failure of a dead letter lacks its code, reason, hint or time. */
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

/**
 * The number of a row that must not arrive twice: of an event, a purchase or an increment. Other values may be
 * written again.
 */
export function onceRowOf({ attributes = {}, properties }: SentRecord): number | undefined {
  return properties?.row ?? incrementsIn(attributes)[0]?.[0]
}

/** Identifies a record by its row number, or by its user and memberships if it has no row number. */
export function nameOf(record: SentRecord): string {
  const { external_id, memberships = [] } = record
  const flags = memberships.map(({ audience_id, split_id, member }) => `${audience_id}_${split_id}=${member}`)
  return `${rowOf(record) ?? [external_id, ...flags]}`
}

/** The notes that were withheld from their records because they are too long, and are dead letters by themselves. */
export const withheldNotes = (deadLetters: OracleDeadLetter[]): Set<unknown> =>
  new Set(
    deadLetters
      .filter(({ failure }) => failure?.code === 'ATTRIBUTE_REFUSED')
      .flatMap(recordsOf)
      .map(({ attributes }) => attributes?.note),
  )

/**
 * Whether the records may have reached Braze as well. A message that SQS itself moved may always have
 * reached it.
 */
export const isPerhapsDelivered = ({ failure }: OracleDeadLetter) =>
  failure === undefined || ['MAY_HAVE_ARRIVED', 'WORKER_DIED', 'BRAZE_FAILS_ON_IT'].includes(failure.code)
