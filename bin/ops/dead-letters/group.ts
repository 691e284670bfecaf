import type { DeadLetterFacts } from './inspect.ts'

/** Dead letters with the same cause, as far as it can be identified without personal data. */
export type CodeGroup = Omit<DeadLetterFacts, 'messageId' | 'sentAt' | 'records'> & {
  letters: number
  records: number
  /** Milliseconds since the epoch. */
  oldestSentAt: number
  /** The message id of the oldest dead letter in the group. */
  messageId: string
}

/** @returns the groups, the largest first. */
export function toGroups(deadLetters: readonly DeadLetterFacts[]): CodeGroup[] {
  const groups = Map.groupBy(deadLetters, ({ code, hint, queue, kind, connection, run }) =>
    JSON.stringify([code, hint, queue, kind, connection, run]),
  )
  return [...groups.values()]
    .flatMap(groupOf)
    .sort((a, b) => b.records - a.records || b.letters - a.letters || a.oldestSentAt - b.oldestSentAt)
}

function groupOf(deadLetters: readonly DeadLetterFacts[]): CodeGroup[] {
  const [first] = deadLetters
  if (!first) return []
  const oldest = deadLetters.reduce((a, b) => (b.sentAt < a.sentAt ? b : a), first)
  const { code, hint, queue, kind, connection, run } = first
  return [
    {
      ...{ code, hint, queue, kind, connection, run },
      letters: deadLetters.length,
      records: deadLetters.reduce((sum, { records }) => sum + records, 0),
      oldestSentAt: oldest.sentAt,
      messageId: oldest.messageId,
    },
  ]
}
