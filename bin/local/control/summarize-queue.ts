import type { QueuedGroup } from '../queues.ts'
import type { QueueShape } from './shapes.ts'

/** Adds up the message groups of a queue. */
export function summarizeQueue(groups: readonly QueuedGroup[]): QueueShape {
  const oldest = groups.map(({ oldestSentAt }) => oldestSentAt).sort((a, b) => a - b)[0]
  return {
    waiting: groups.reduce((sum, { waiting }) => sum + waiting, 0),
    inFlight: groups.reduce((sum, { inFlight }) => sum + inFlight, 0),
    ...(oldest !== undefined && { oldestSentAt: oldest }),
    lanes: groups.map(({ group, waiting, inFlight }) => ({ lane: group, waiting, inFlight })),
  }
}
