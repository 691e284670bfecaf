import type { Opened } from './open.ts'

/** Messages of one lane that follow each other and are sent the same way. */
export type Stretch = { safe: boolean; messages: [Opened, ...Opened[]] }

/**
 * Cuts a lane's messages, in queue order, where plain profile values and what isn't safe to resend meet: the first
 * may be merged over messages, the second must stay whole, and neither may pass the other.
 */
export function toStretches(messages: readonly Opened[]): Stretch[] {
  const stretches: Stretch[] = []
  for (const message of messages) {
    const last = stretches.at(-1)
    if (last && last.safe === message.safe) last.messages.push(message)
    else stretches.push({ safe: message.safe, messages: [message] })
  }
  return stretches
}

/** Groups messages by lane, in the order SQS handed them out. */
export function byLane<T extends { lane: string }>(messages: readonly T[]): Map<string, [T, ...T[]]> {
  const lanes = new Map<string, [T, ...T[]]>()
  for (const message of messages) {
    const lane = lanes.get(message.lane)
    if (lane) lane.push(message)
    else lanes.set(message.lane, [message])
  }
  return lanes
}
