import type { Origin } from '../../../functions/receiver/store/messages.ts'
import type { DeadLetter } from './dead-letter.ts'

/**
 * The origin to write into a message or dead letter that is made from this one. It keeps the time of the
 * first acceptance, because an event without a time of its own happened then, and because a record that is
 * parked again must not look new.
 * @param which distinguishes what is made from one dead letter. Together with the dead letter's own id, it
 * lets SQS recognise a repetition.
 * @returns undefined if the dead letter cannot be read.
 */
export function originOf({ content, dedupId }: DeadLetter, which: string): Origin | undefined {
  const envelope =
    content.kind === 'message' ? content.message : content.kind === 'rows' ? content.envelope : undefined
  if (!envelope) return undefined
  const { connection, receivedAt, requestId } = envelope
  return { connection, receivedAt, requestId, senderKey: `redrive ${dedupId} ${which}` }
}
