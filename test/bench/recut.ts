import { MAX_MESSAGE_BYTES, Message } from '../../functions/shared/message.ts'
import type { OutgoingMessage } from '../../functions/shared/queue.edge.ts'

/**
 * Divides the records of one lane into messages again, as a receiver with a limit of `maxRecords` a message
 * would. It is for plain profile values only, because a message of anything else must fit into one request to
 * Braze.
 */
export function recut(messages: readonly OutgoingMessage[], maxRecords: number): OutgoingMessage[] {
  const [first] = messages
  if (!first) return []
  const { records: _, ...envelope } = Message.parse(JSON.parse(first.body))
  const rows = messages.flatMap(({ body }) =>
    Message.parse(JSON.parse(body)).records.map((record) => JSON.stringify(record)),
  )
  const cut: string[][] = [[]]
  let bytes = 0
  for (const row of rows) {
    if ((cut.at(-1)?.length ?? 0) >= maxRecords || bytes + row.length > MAX_MESSAGE_BYTES - ENVELOPE_BYTES) {
      cut.push([])
      bytes = 0
    }
    cut.at(-1)?.push(row)
    bytes += row.length + 1
  }
  const envelopeJson = JSON.stringify(envelope).slice(0, -1)
  return cut.map((records, ordinal) => ({
    ...first,
    dedupId: `${first.dedupId}-${ordinal}`,
    body: `${envelopeJson},"records":[${records.join(',')}]}`,
  }))
}

/** This is more than the envelope of any message of the workload takes. */
const ENVELOPE_BYTES = 500
