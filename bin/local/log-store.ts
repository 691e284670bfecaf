import type { LogEntry } from './log-entries.ts'

/** Bounds the memory: an entry takes about a kilobyte. */
const MAX_ENTRIES = 50_000

/** `at` is when the entry was written, in milliseconds since the epoch. */
export type StoredEntry = { at: number; entry: LogEntry }

export type LogStore = {
  add: (entry: LogEntry, at: number) => void
  /** Entries from `since` on, oldest first; all of them unless it is given. */
  entries: (since?: number) => readonly StoredEntry[]
}

/** Keeps the newest log entries of the functions in memory. A deployed stack has CloudWatch Logs for this. */
export function openLogStore(maxEntries = MAX_ENTRIES): LogStore {
  let stored: StoredEntry[] = []
  return {
    add: (entry, at) => {
      stored.push({ at, entry })
      // Each cut copies all entries, so cuts are rare and large.
      if (stored.length >= 2 * maxEntries) stored = stored.slice(-maxEntries)
    },
    entries: (since = Number.NEGATIVE_INFINITY) => stored.slice(-maxEntries).filter(({ at }) => at >= since),
  }
}
