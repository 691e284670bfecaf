import type { Refusal } from '../../shared/dead-letter.ts'
import { type Message, readMessage } from '../../shared/message.ts'
import { unreadableMessage } from '../park-reasons.ts'
import type { Handed } from '../run.ts'
import type { Source } from '../send/batch.ts'
import { map } from './map.ts'

/** A message whose body was read, and its records mapped. */
export type Opened = Handed & {
  message: Message
  /** How many records it holds. */
  size: number
  /** Those that Braze can be asked about, in order. */
  sources: readonly Source[]
  /** Those that Braze would refuse or drop. */
  refused: readonly { messageId: string; index: number; refusal: Refusal }[]
  /** All its records may be merged and sent twice. */
  safe: boolean
}

/** A message that can't be opened: with a `refusal` it is parked as it stands, else a newer deployment wrote it. */
export type Unopened = Handed & { refusal?: Refusal }

/** Reads a message's body and maps its records to what Braze takes. */
export function open(handed: Handed): Opened | Unopened {
  const read = readMessage(handed.body)
  if (read.kind === 'unknown version') return handed
  if (read.kind === 'unreadable') return { ...handed, refusal: unreadableMessage(read.where) }
  const { messageId } = handed
  const { message } = read
  const sources: Source[] = []
  const refused: { messageId: string; index: number; refusal: Refusal }[] = []
  message.records.forEach((record, index) => {
    const mapped = map(record, message.receivedAt)
    if ('code' in mapped) refused.push({ messageId, index, refusal: mapped })
    else sources.push({ messageId, index, mapped })
  })
  const safe = sources.every(({ mapped }) => mapped.safe)
  return { ...handed, message, size: message.records.length, sources, refused, safe }
}
