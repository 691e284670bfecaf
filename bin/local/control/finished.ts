import { FinishedLine, type FinishedMessage } from '../../../functions/shared/log.ts'
import type { StoredEntry } from '../log-store.ts'

/** What the worker says in its log to have finished. */
export const finishedIn = (entries: readonly StoredEntry[]): FinishedMessage[] =>
  entries.flatMap(({ entry }) => FinishedLine.safeParse(entry).data?.finished ?? [])
