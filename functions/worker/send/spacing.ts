import { BATCH_SIZE } from '../../shared/limits.ts'
import type { Invocation } from '../invocation.ts'
import type { ParsedMessage } from '../map/map.ts'
import type { BrazeObject } from '../map/mapped.ts'
import { forgetOld, remember } from '../recent-users.ts'
import type { BatchItem } from './batch.ts'

/**
 * Braze may apply two requests for one user in either order if they arrive within seconds of each other (Braze,
 * "POST /users/track", FAQ on the order of requests). A user who was just sent therefore waits for as long as
 * the queue delays its messages. Events carry their own time and never wait.
 */

/**
 * After this number of delays, a worker that gets full batches is behind, and no longer sleeps. A user who
 * changes all the time would otherwise limit a lane to ten messages for each delay, for as long as they do.
 */
const DELAYS_BEFORE_BEHIND = 2

const delayMsOf = ({ kind, deps }: Invocation) => (kind === 'profiles' ? deps.settings.profilesDelayMs : 0)

/**
 * Remembers that these objects were sent. Objects of a request that failed or got no answer count too, since
 * Braze may still apply them. A probe has no records and changes nobody.
 */
export function noteSent(invocation: Invocation, items: readonly BatchItem[]): void {
  const delayMs = delayMsOf(invocation)
  if (delayMs === 0) return
  const { recentUsers, now } = invocation.deps
  const at = now()
  for (const item of items.filter(({ records }) => records.length > 0))
    remember(recentUsers, item.user, { at, onlyIncrements: isIncrement(item) })
  forgetOld(recentUsers, at - delayMs)
}

/** When an object may be sent, in milliseconds since the epoch. */
function readyAt(invocation: Invocation, item: BatchItem): number {
  const last = invocation.deps.recentUsers.get(item.user)
  const lastAt = isIncrement(item) ? last?.orderedAt : last?.at
  return lastAt === undefined ? 0 : lastAt + delayMsOf(invocation)
}

/**
 * Divides objects into those that may be sent now and those whose users were just sent. Nobody has to wait
 * while the worker is behind.
 * @param messages those that the objects were made from.
 */
export function byReadiness(
  invocation: Invocation,
  messages: readonly ParsedMessage[],
  items: readonly BatchItem[],
): { ready: readonly BatchItem[]; waiting: readonly BatchItem[] } {
  const { now } = invocation.deps
  const waiting = new Set(items.filter((item) => readyAt(invocation, item) > now()))
  if (waiting.size === 0) return { ready: items, waiting: [] }
  const ready = items.filter((item) => !waiting.has(item))
  // What comes last in a long batch may be sent late enough all the same.
  return isBehind(invocation, messages)
    ? { ready: [...ready, ...waiting], waiting: [] }
    : { ready, waiting: [...waiting] }
}

/**
 * Sleeps until all these objects may be sent.
 * @returns false, without sleeping, if that is not before the deadline.
 */
export async function untilReady(invocation: Invocation, items: readonly BatchItem[]): Promise<boolean> {
  const { deps, deadline } = invocation
  const at = items.reduce((latest, item) => Math.max(latest, readyAt(invocation, item)), 0)
  if (at >= deadline) return false
  if (at > deps.now()) await deps.pause(at - deps.now())
  return true
}

/** Whether so many messages wait behind these that the worker must not sleep before it sends them. */
export function isBehind(invocation: Invocation, messages: readonly ParsedMessage[]): boolean {
  const { deps, received } = invocation
  if (received.size < BATCH_SIZE) return false
  const oldest = deps.now() - DELAYS_BEFORE_BEHIND * delayMsOf(invocation)
  return messages.some(({ message }) => Date.parse(message.receivedAt) < oldest)
}

/** Increments give the same sum in any order, so they need not wait for each other. */
const isIncrement = ({ records }: BatchItem) =>
  records.every(({ mapped }) => !mapped.safe && isOnlyIncrements(mapped.object))

/** The one value that is no increment is the person's identifier. */
const isOnlyIncrements = (object: BrazeObject) =>
  Object.values(object).filter((value) => !isIncrementValue(value)).length === 1

const isIncrementValue = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'inc'
