import * as z from 'zod'
import { Failure } from '../../functions/shared/dead-letter.ts'
import { parseJson } from '../../functions/shared/json.ts'
import { RawDeadLetter } from '../../functions/shared/message.ts'
import { BridgeRecord, type QueueName } from '../../functions/shared/record.ts'
import type { LocalQueues } from './queues.ts'

/** Where the local run shows its dead letters; the deployed API has no such path. */
export const DEAD_LETTERS_PATH = '/dead-letters'

const Body = z.object({
  failure: Failure.optional(),
  requestId: z.string().optional(),
  records: z.array(BridgeRecord).default([]),
  rows: RawDeadLetter.shape.rows.optional(),
})

/** A dead letter. One without a `failure` was moved by SQS itself. */
export type LocalDeadLetter = z.infer<typeof Body> & {
  /** Whose dead-letter queue it stands in. */
  queue: QueueName
  messageId: string
  /** As it stands in the queue. */
  body: string
}

/** What stands in both dead-letter queues; reading removes nothing. */
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
