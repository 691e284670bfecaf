import type { OutgoingMessage } from '../../functions/shared/queue.edge.ts'

/** SQS bills each started 64 KB of a call as one request (Amazon SQS pricing). In bytes. */
const BILLED_BYTES = 65_536

export type SqsCount = { messages: number; billedRequests: number }

/**
 * Counts the requests that SQS would bill. Bodies are ASCII, and messages that go to Braze have no
 * attributes.
 */
export function countSqs() {
  const total: SqsCount = { messages: 0, billedRequests: 0 }
  const bill = (bodies: readonly { body: string }[]) => {
    const bytes = bodies.reduce((sum, { body }) => sum + body.length, 0)
    total.billedRequests += Math.max(1, Math.ceil(bytes / BILLED_BYTES))
  }
  return {
    sent: (batch: readonly OutgoingMessage[]) => {
      total.messages += batch.length
      bill(batch)
    },
    received: bill,
    deleted: () => bill([]),
    total: () => total,
  }
}
