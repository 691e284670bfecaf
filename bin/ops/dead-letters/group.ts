import type { DeadLetterFacts } from './inspect.ts'

/** Letters that have one cause, as far as can be told without looking at people. */
export type Group = Omit<DeadLetterFacts, 'messageId' | 'sentAt' | 'records'> & {
  letters: number
  records: number
  /** Milliseconds since the epoch. */
  oldestSentAt: number
  /** The oldest of them. */
  messageId: string
}

/** @returns the largest first. */
export function toGroups(deadLetters: readonly DeadLetterFacts[]): Group[] {
  const groups = Map.groupBy(deadLetters, ({ code, hint, queue, kind, connection, run }) =>
    JSON.stringify([code, hint, queue, kind, connection, run]),
  )
  return [...groups.values()]
    .flatMap(groupOf)
    .sort((a, b) => b.records - a.records || b.letters - a.letters || a.oldestSentAt - b.oldestSentAt)
}

function groupOf(deadLetters: readonly DeadLetterFacts[]): Group[] {
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
