import type { Opened } from './open.ts'
import type { Run } from './run.ts'

/** Ends a message whose every record is delivered or parked: counts them, and tells how long the way to Braze was. */
export function end(run: Run, { messageId, message, queue }: Opened): void {
  const { ledger, measure, now } = run.deps
  const outcomes = ledger.get(messageId)
  const part = run.progress.of(message.connection, queue)
  let parked = 0
  message.records.forEach((record, index) => {
    const isParked = outcomes?.get(index) === 'parked'
    part.add(record, isParked ? 'parked' : 'done')
    if (isParked) parked += 1
  })
  const delivered = message.records.length - parked
  const codes = Object.fromEntries(run.parked.byMessage.get(messageId) ?? [])
  run.finished.add(messageId)
  run.ended.push({ requestId: message.requestId, messageId, delivered, parked, ...(parked > 0 && { codes }) })
  // What an invocation before this one delivered has lost its time; it was not long ago.
  const ms = (run.deliveredAt.get(messageId) ?? now()) - Date.parse(message.receivedAt)
  if (delivered > 0 && ms >= 0) measure('AcceptedToDelivered', ms, { kind: queue })
}
