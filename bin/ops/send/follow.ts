import type { FinishedMessage } from '../../../functions/shared/finished-line.ts'
import type { Bridge } from '../bridge.ts'
import { errorReason } from '../error-message.ts'

export type FollowDeps = {
  bridge: Pick<Bridge, 'finished' | 'queues'>
  pause: (ms: number) => Promise<void>
  now: () => number
  stop: AbortSignal
}

/** What the worker has logged about the accepted rows. */
export type DeliveryTally = { delivered: number; parked: number; codes: ReadonlyMap<string, number> }

/** Adds up the worker's log lines by request id. */
export type Follower = {
  /** The requests whose rows are followed. */
  requestIds: Set<string>
  /**
   * Reads the messages that the worker has finished since the last poll.
   * @throws if the log cannot be read.
   */
  poll: () => Promise<DeliveryTally>
}

/** Polls overlap, because clocks differ and log lines arrive late and out of order. */
const OVERLAP_MS = 5 * 60_000

export function openFollower({ bridge, now }: FollowDeps): Follower {
  const requestIds = new Set<string>()
  /** Keyed by message, because a message that is delivered again after it was finished is logged twice. */
  const finished = new Map<string, FinishedMessage>()
  let polledAt = now()
  return {
    requestIds,
    poll: async () => {
      const since = polledAt - OVERLAP_MS
      polledAt = now()
      for (const message of await bridge.finished(since)) finished.set(message.messageId, message)
      const ours = [...finished.values()].filter(({ requestId }) => requestIds.has(requestId))
      return tallyOf(ours)
    },
  }
}

function tallyOf(messages: readonly FinishedMessage[]): DeliveryTally {
  const codes = new Map<string, number>()
  let [delivered, parked] = [0, 0]
  for (const message of messages) {
    delivered += message.delivered
    parked += message.parked
    for (const [code, count] of Object.entries(message.codes ?? {}))
      codes.set(code, (codes.get(code) ?? 0) + count)
  }
  return { delivered, parked, codes }
}

export const NO_TALLY: DeliveryTally = { delivered: 0, parked: 0, codes: new Map() }

export type FollowResult = {
  tally: DeliveryTally
  /**
   * `silent`: the queues are empty, but the worker has not logged all rows. `unidentified`: no answer named its
   * request, so the log cannot be searched for it.
   */
  ended: 'all' | 'stopped' | 'timeout' | 'silent' | 'unidentified' | { problem: string }
}

const FIRST_PAUSE_MS = 250

/** FilterLogEvents allows only a few calls per second for the whole account. */
const MAX_PAUSE_MS = 5_000

/** How long to wait for the log after the last message. CloudWatch takes seconds, seldom more. */
const SILENCE_MS = 90_000

const MAX_FAILURES = 5

/** Polls until the worker has logged every accepted row, or nothing more can come. */
export async function followToEnd(
  follower: Follower,
  accepted: number,
  { until, onTally }: { until: number; onTally: (tally: DeliveryTally) => void },
  deps: FollowDeps,
): Promise<FollowResult> {
  if (follower.requestIds.size === 0) return { tally: NO_TALLY, ended: 'unidentified' }
  let tally = NO_TALLY
  let progressedAt = deps.now()
  let failures = 0
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS)) {
    try {
      const [before, next] = [tally, await follower.poll()]
      tally = next
      onTally(tally)
      if (tally.delivered + tally.parked >= accepted) return { tally, ended: 'all' }
      const hasMoved = tally.delivered + tally.parked > before.delivered + before.parked
      if (hasMoved || !(await isEmpty(deps.bridge))) progressedAt = deps.now()
      failures = 0
    } catch (error) {
      failures += 1
      if (failures >= MAX_FAILURES) return { tally, ended: { problem: errorReason(error) } }
    }
    if (deps.stop.aborted) return { tally, ended: 'stopped' }
    if (deps.now() >= until) return { tally, ended: 'timeout' }
    if (deps.now() - progressedAt >= SILENCE_MS) return { tally, ended: 'silent' }
    await deps.pause(Math.min(pauseMs, until - deps.now()))
  }
}

async function isEmpty(bridge: FollowDeps['bridge']): Promise<boolean> {
  const { profiles, events } = await bridge.queues()
  return [profiles, events].every(({ waiting, inFlight }) => waiting + inFlight === 0)
}
