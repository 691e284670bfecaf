import * as z from 'zod'
import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import type { Json } from '../../../functions/shared/json.ts'
import { MESSAGE_VERSION, Message, RawDeadLetter } from '../../../functions/shared/message.ts'
import type { QueueName } from '../../../functions/shared/record.ts'

/** A dead letter as SQS hands it out. */
export type ReceivedDeadLetter = {
  /** Whose dead-letter queue it stands in. */
  queue: QueueName
  messageId: string
  /** Names this receive, to hide or remove the letter by. */
  handle: string
  /** Its message group; one of its own unless SQS itself moved the message here. */
  group: string
  /** Stays the same when parking is repeated, so that a letter that stands twice goes back once. */
  dedupId: string
  /** Milliseconds since the epoch, when it came into the dead-letter queue. */
  sentAt: number
  /** What stands beside it in the console. */
  attributes: Readonly<Record<string, string>>
  body: string
}

/** What is needed of a letter to hide or to remove it. */
export type DeadLetterHandle = Pick<ReceivedDeadLetter, 'queue' | 'handle'>

/** The code of a letter that tells none: SQS moved the message here after 1,000 receives. */
export const MOVED_BY_SQS = 'MOVED_BY_SQS'

/** What the receiver had read beside the rows, in the form in which it keeps it. */
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

/** Passed on as it was parsed: a copy would lose a key named `__proto__`. */
const AnyJson = z.custom<Json>((value) => value !== undefined)

const RowsDeadLetter = RawDeadLetter.extend({
  inherited: Inherited,
  rows: z.array(RawDeadLetter.shape.rows.element.extend({ row: AnyJson })).min(1),
})
export type RowsDeadLetter = z.infer<typeof RowsDeadLetter>

export type Content =
  /** Of the worker, or moved by SQS. */
  | { kind: 'message'; message: Message }
  /** Of the receiver. */
  | { kind: 'rows'; envelope: RowsDeadLetter }
  | { kind: 'newer version' }
  | { kind: 'foreign' }

export type DeadLetter = ReceivedDeadLetter & {
  code: string
  /** What happened; it may quote Braze, and with it somebody's id. Only of a letter that the bridge has written. */
  reason: string | undefined
  /** What to do, in words that are the same for all of one code. */
  hint: string | undefined
  connection: string | undefined
  /** An earlier run found that a later letter sets anew what the records in it set. */
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

/** Reads a letter, with its numbers as they were written. */
export function parseDeadLetter(received: ReceivedDeadLetter): DeadLetter {
  const json = parsed(received.body)
  const { failure, connection, overtaken = false, v } = Head.safeParse(json).data ?? {}
  const code = displayCode(failure?.code ?? MOVED_BY_SQS)
  const content = contentOf(json, v)
  const { reason, hint } = content.kind === 'foreign' ? {} : (failure ?? {})
  return { ...received, code, reason, hint, connection, overtaken, content }
}

/** What others wrote here may hold anything in the place of a code, and codes are printed. */
export const displayCode = (code: string) => (/^[A-Z_]{1,64}$/.test(code) ? code : 'UNKNOWN')

function contentOf(json: Json | undefined, version: number | undefined): Content {
  if (version !== undefined && version !== MESSAGE_VERSION) return { kind: 'newer version' }
  const message = Message.safeParse(json)
  if (message.success) return { kind: 'message', message: message.data }
  const rows = RowsDeadLetter.safeParse(json)
  return rows.success ? { kind: 'rows', envelope: rows.data } : { kind: 'foreign' }
}

function parsed(text: string): Json | undefined {
  try {
    return parseExactly(text)
  } catch {
    return undefined
  }
}
