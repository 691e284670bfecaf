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
  if (last === undefined) return 0
  const lastAt = isIncrement(item) ? last.orderedAt : last.at
  return lastAt === undefined ? 0 : lastAt + delayMsOf(invocation)
}

/**
 * Divides objects into those that may be sent now and those whose users were just sent. Nobody has to wait
 * while the worker is behind.
 * @param messages the messages that the objects were made from.
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
  // They come last, because in a long batch that may be late enough.
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

/**
 * Divides groups of objects into turns. A wait is only between two turns, so one user who changes all the time
 * holds no other lane.
 * @param lanes the groups of each lane, in their order, which they keep. Each user is in one lane only.
 */
export function inTurns(
  invocation: Invocation,
  lanes: readonly (readonly (readonly BatchItem[])[])[],
): (readonly BatchItem[])[][] {
  const placed = lanes.flatMap((groups) => placedInLane(invocation, groups))
  const byTurn = Map.groupBy(
    placed.toSorted((a, b) => a.turn - b.turn),
    ({ turn }) => turn,
  )
  return [...byTurn.values()].map((inTurn) => inTurn.map(({ group }) => group))
}

function placedInLane(invocation: Invocation, groups: readonly (readonly BatchItem[])[]) {
  const now = invocation.deps.now()
  const isDelayed = delayMsOf(invocation) > 0
  let turn = 0
  // The users of the turn, and whether only increments are sent for them.
  let users = new Map<string, boolean>()
  const mustWait = (item: BatchItem) => {
    const onlyIncrements = users.get(item.user)
    if (onlyIncrements === undefined) return turn === 0 && readyAt(invocation, item) > now
    return !(onlyIncrements && isIncrement(item))
  }
  return groups.map((group) => {
    if (isDelayed && group.some(mustWait)) {
      turn += 1
      users = new Map()
    }
    for (const item of group) users.set(item.user, (users.get(item.user) ?? true) && isIncrement(item))
    return { turn, group }
  })
}

/** Whether the worker is so late with these messages that it must send them without sleeping first. */
function isBehind(invocation: Invocation, messages: readonly ParsedMessage[]): boolean {
  const { deps, ofBatch } = invocation
  if (ofBatch.size < deps.settings.batchSizes.profiles) return false
  const oldest = deps.now() - DELAYS_BEFORE_BEHIND * delayMsOf(invocation)
  return messages.some(
    ({ messageId, message }) => ofBatch.has(messageId) && Date.parse(message.receivedAt) < oldest,
  )
}

/** Increments give the same sum in any order, so they need not wait for each other. */
const isIncrement = ({ records }: BatchItem) =>
  records.every(({ mapped }) => !mapped.safe && isOnlyIncrements(mapped.object))

/** The one value that is not an increment is the person's identifier. */
const isOnlyIncrements = (object: BrazeObject) =>
  Object.values(object).filter((value) => !isIncrementValue(value)).length === 1

const isIncrementValue = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).join() === 'inc'
