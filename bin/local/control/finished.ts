import { FinishedLine, type FinishedMessage } from '../../../functions/shared/finished-line.ts'
import type { StoredEntry } from '../log-store.ts'

/** @returns the messages that the worker's log reports as finished. */
export const finishedIn = (entries: readonly StoredEntry[]): FinishedMessage[] =>
  entries.flatMap(({ entry }) => FinishedLine.safeParse(entry).data?.finished ?? [])
