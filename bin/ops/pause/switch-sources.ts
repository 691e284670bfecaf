import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge } from '../bridge.ts'

export type SwitchDeps = {
  bridge: Pick<Bridge, 'eventSources' | 'enable'>
  /** Milliseconds since the epoch. */
  now: () => number
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
}

/** AWS takes up to a minute for a change, and a change that is already in progress must end first. */
export const SWITCH_TIMEOUT_MS = 3 * 60_000
const POLL_EVERY_MS = 2_000

/**
 * Turns event sources on or off and waits until AWS confirms it.
 * @returns the queues that were not switched in time, or before the operator stopped waiting.
 */
export async function switchSources(
  queues: readonly QueueName[],
  enabled: boolean,
  { bridge, now, pause, stop }: SwitchDeps,
): Promise<QueueName[]> {
  const until = now() + SWITCH_TIMEOUT_MS
  const requested = new Set<QueueName>()
  for (;;) {
    const sources = await bridge.eventSources()
    const pending = queues.filter((queue) => sources[queue].state !== (enabled ? 'enabled' : 'disabled'))
    if (pending.length === 0 || stop.aborted || now() >= until) return pending
    // AWS rejects a change while another one is in progress.
    const ready = pending.filter((queue) => !requested.has(queue) && sources[queue].state !== 'changing')
    for (const queue of ready) {
      await bridge.enable(queue, enabled)
      requested.add(queue)
    }
    if (ready.length === 0) await pause(POLL_EVERY_MS)
  }
}
