/** SQS's deduplication interval, in milliseconds: from when the first was accepted, however often it is repeated. */
const WINDOW_MS = 5 * 60 * 1000

type Accepted = { messageId: string; at: number }

/** What a queue remembers of the messages it accepted, also of those deleted since. */
export function createDeduplication(now: () => number) {
  /** By group and deduplication id, oldest first: with `DeduplicationScope: messageGroup` groups don't share ids. */
  const accepted = new Map<string, Accepted>()
  const keyOf = (group: string, dedupId: string) => JSON.stringify([group, dedupId])

  function forget() {
    for (const [key, { at }] of accepted) {
      if (at + WINDOW_MS > now()) return
      accepted.delete(key)
    }
  }

  return {
    /** @returns the id of the message that this one repeats. */
    originalOf: (group: string, dedupId: string): string | undefined => {
      forget()
      return accepted.get(keyOf(group, dedupId))?.messageId
    },
    remember: (group: string, dedupId: string, messageId: string): void => {
      accepted.set(keyOf(group, dedupId), { messageId, at: now() })
    },
  }
}
