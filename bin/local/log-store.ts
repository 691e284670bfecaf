import type { LogEntry } from './log-entries.ts'

/** An entry takes about a kilobyte. */
const MAX_ENTRIES = 50_000

/** `at`: when it was written, in milliseconds since the epoch. */
export type StoredEntry = { at: number; entry: LogEntry }

export type LogStore = {
  add: (entry: LogEntry, at: number) => void
  /** Oldest first; from this moment on, if one is given. */
  entries: (since?: number) => readonly StoredEntry[]
}

/** The newest entries of the functions' logs, in memory: what CloudWatch Logs is to the stack. */
export function openLogStore(maxEntries = MAX_ENTRIES): LogStore {
  let stored: StoredEntry[] = []
  return {
    add: (entry, at) => {
      stored.push({ at, entry })
      // Cut seldom, and then much: each cut copies them all.
      if (stored.length >= 2 * maxEntries) stored = stored.slice(-maxEntries)
    },
    entries: (since = Number.NEGATIVE_INFINITY) => stored.slice(-maxEntries).filter(({ at }) => at >= since),
  }
}
