import * as z from 'zod'
import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import type { Json, JsonObject } from '../../../functions/shared/json.ts'
import { MESSAGE_VERSION, Message } from '../../../functions/shared/message.ts'
import { RawDeadLetter, RawRow } from '../../../functions/shared/raw-dead-letter.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { parseAsWritten } from '../../cli/json-as-written.ts'

/** A dead letter as received from SQS. */
export type ReceivedDeadLetter = {
  /** The queue whose dead-letter queue it is in. */
  queue: QueueName
  messageId: string
  /** Receipt handle, used to hide or remove the dead letter. */
  handle: string
  /** Its message group. Each dead letter has its own group unless SQS itself moved the message here. */
  group: string
  /** Stays the same if parking is repeated, so that a dead letter that exists twice is redriven once. */
  dedupId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  sentAt: number
  /** The message attributes that the AWS console shows. */
  attributes: Readonly<Record<string, string>>
  body: string
}

/** Identifies a dead letter for hiding or removing it. */
export type DeadLetterHandle = Pick<ReceivedDeadLetter, 'queue' | 'handle'>

/** The code of a dead letter that has none: SQS moved the message here after 1,000 receives. */
export const MOVED_BY_SQS = 'MOVED_BY_SQS'

/** What the receiver had read outside the rows, in the form in which it keeps it. */
const Inherited = z.strictObject({
  audience: z.exactOptional(z.string()),
  split: z.exactOptional(z.string()),
  run: z.exactOptional(z.string()),
  op: z.exactOptional(z.string()),
  exported: z.exactOptional(z.string()),
  time: z.exactOptional(z.string()),
  'event name': z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
})

/** Passed on without a copy, because a copy would lose a key named `__proto__`. */
const AnyJson = z.custom<Json>((value) => value !== undefined)

const RowsDeadLetter = z.object({
  ...RawDeadLetter.shape,
  inherited: Inherited,
  rows: z.array(z.object({ ...RawRow.shape, row: AnyJson })).min(1),
})
export type RowsDeadLetter = z.infer<typeof RowsDeadLetter>

export type Content =
  /** Parked by the worker, or moved by SQS. */
  | { kind: 'message'; message: Message }
  /** Parked by the receiver. */
  | { kind: 'rows'; envelope: RowsDeadLetter }
  | { kind: 'newer version' }
  | { kind: 'foreign' }

export type DeadLetter = ReceivedDeadLetter & {
  code: string
  /**
   * What happened. It may quote Braze, and with it a person's id. Only present if the bridge wrote the dead
   * letter.
   */
  reason: string | undefined
  /** What the operator should do. The text is the same for all dead letters with one code. */
  hint: string | undefined
  connection: string | undefined
  /** An earlier run found that a later dead letter sets the same attributes as these records. */
  overtaken: boolean
  content: Content
}

const Head = z.object({
  failure: z
    .object({ code: z.string(), reason: z.string().optional(), hint: z.string().optional() })
    .optional(),
  connection: z.string().optional(),
  overtaken: z.boolean().optional(),
  v: z.number().optional(),
})

/** Parses a dead letter and keeps its numbers exactly as they were written. */
export function parseDeadLetter(received: ReceivedDeadLetter): DeadLetter {
  const json = parsed(received.body)
  const { failure, connection, overtaken = false, v } = Head.safeParse(json).data ?? {}
  const code = displayCode(failure?.code ?? MOVED_BY_SQS)
  const content = contentOf(json, v)
  const { reason, hint } = content.kind === 'foreign' ? {} : (failure ?? {})
  return { ...received, code, reason, hint, connection, overtaken, content }
}

/** Foreign messages may hold any text as their code. Codes are printed, so only valid ones pass. */
export const displayCode = (code: string) => (/^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : 'UNKNOWN')

function contentOf(json: Json | undefined, version: number | undefined): Content {
  if (version !== undefined && version !== MESSAGE_VERSION) return { kind: 'newer version' }
  const message = Message.safeParse(json)
  if (message.success) return { kind: 'message', message: message.data }
  const rows = RowsDeadLetter.safeParse(json)
  return rows.success ? { kind: 'rows', envelope: rows.data } : { kind: 'foreign' }
}

/** Passed on without a copy too, which would change the order of its members. */
const RowAsWritten = z.custom<JsonObject & { row: Json }>(
  (item) => typeof item === 'object' && item !== null && 'row' in item,
)

const ContentAsWritten = z.object({
  records: z.array(AnyJson).catch([]),
  rows: z.array(RowAsWritten).catch([]),
})

/**
 * The records or rows of a dead letter as a person sees them, with every number as it is written in the message.
 * Both are empty for a message that the bridge did not write.
 */
export const contentAsWritten = (body: string): z.infer<typeof ContentAsWritten> =>
  ContentAsWritten.safeParse(parseAsWritten(body)).data ?? { records: [], rows: [] }

function parsed(text: string): Json | undefined {
  try {
    return parseExactly(text)
  } catch {
    return undefined
  }
}
