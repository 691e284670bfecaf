import type { Origin } from '../../../functions/receiver/store/messages.ts'
import type { DeadLetter } from './dead-letter.ts'

/**
 * What a message or a letter made of this one says of its way here. Its time stays that of the first acceptance: an
 * event without a time of its own happened then, and a record that is parked once more must not seem new.
 * @param which tells apart what is made of one letter; with the letter's own id it is what SQS recognises a repetition
 * by.
 * @returns undefined for a letter that can't be read.
 */
export function originOf({ content, dedupId }: DeadLetter, which: string): Origin | undefined {
  const envelope =
    content.kind === 'message' ? content.message : content.kind === 'rows' ? content.envelope : undefined
  if (!envelope) return undefined
  const { connection, receivedAt, requestId } = envelope
  return { connection, receivedAt, requestId, senderKey: `redrive ${dedupId} ${which}` }
}
