import * as z from 'zod'
import { Failure } from '../../functions/shared/dead-letter.ts'
import { parseJson } from '../../functions/shared/json.ts'
import { RawDeadLetter } from '../../functions/shared/raw-dead-letter.ts'
import { BridgeRecord, type QueueName } from '../../functions/shared/record.ts'
import type { LocalQueues } from './queues.ts'

/** The path where the local run lists its dead letters. The deployed API does not have it. */
export const DEAD_LETTERS_PATH = '/dead-letters'

const Body = z.object({
  failure: Failure.optional(),
  requestId: z.string().optional(),
  records: z.array(BridgeRecord).default([]),
  rows: RawDeadLetter.shape.rows.optional(),
})

/** A dead letter. If it has no `failure`, SQS itself moved it. */
export type LocalDeadLetter = z.infer<typeof Body> & {
  /** The delivery queue whose dead-letter queue holds it. */
  queue: QueueName
  messageId: string
  /** The message body, unparsed. */
  body: string
}

/** Lists both dead-letter queues. Reading removes nothing. */
export const listDeadLetters = ({ list, profilesDlq, eventsDlq }: LocalQueues): LocalDeadLetter[] => [
  ...list(profilesDlq).map((deadLetter) => readDeadLetter('profiles', deadLetter)),
  ...list(eventsDlq).map((letter) => readDeadLetter('events', letter)),
]

function readDeadLetter(
  queue: QueueName,
  { messageId, body }: { messageId: string; body: string },
): LocalDeadLetter {
  return { queue, messageId, body, ...(Body.safeParse(parseJson(body)).data ?? { records: [] }) }
}
