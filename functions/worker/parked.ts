import type { Handed } from './handed.ts'
import type { Opened } from './open.ts'

/** A record that was parked, or a message of which nobody knows the records. */
export type ParkedRecord =
  | { code: string; message: Handed }
  | { code: string; message: Opened; index: number }

/** What an invocation parked, for the log and the metrics. */
export type ParkedRecords = {
  byCode: Map<string, number>
  /** The same of each message, by its id. */
  byMessage: Map<string, Map<string, number>>
  first: ParkedRecord[]
}

/** One bad column parks thousands for the same reason: the first tell it, the letters tell all. */
const MAX_TOLD = 20

export const noneParked = (): ParkedRecords => ({ byCode: new Map(), byMessage: new Map(), first: [] })

export function noteParked({ byCode, byMessage, first }: ParkedRecords, parked: ParkedRecord): void {
  const { code, message } = parked
  const ofMessage = byMessage.get(message.messageId) ?? new Map<string, number>()
  byMessage.set(message.messageId, ofMessage)
  for (const counts of [byCode, ofMessage]) counts.set(code, (counts.get(code) ?? 0) + 1)
  if (first.length < MAX_TOLD) first.push(parked)
}
