import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge } from '../bridge.ts'

export type SwitchDeps = {
  bridge: Pick<Bridge, 'eventSources' | 'enable'>
  /** Milliseconds since the epoch. */
  now: () => number
  /** Sleeps, in milliseconds. Ends at once when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
}

/** AWS takes up to a minute for a change, and one that is under way already has to end before. */
export const GIVEN_UP_AFTER_MS = 3 * 60_000
const LOOK_EVERY_MS = 2_000

/**
 * Turns event sources on or off, and waits until AWS says that they are.
 * @returns those that are not so in time, or when the person ended the waiting.
 */
export async function switchSources(
  queues: readonly QueueName[],
  enabled: boolean,
  { bridge, now, pause, stop }: SwitchDeps,
): Promise<QueueName[]> {
  const until = now() + GIVEN_UP_AFTER_MS
  const asked = new Set<QueueName>()
  for (;;) {
    const sources = await bridge.eventSources()
    const open = queues.filter((queue) => sources[queue].state !== (enabled ? 'enabled' : 'disabled'))
    if (open.length === 0 || stop.aborted || now() >= until) return open
    // AWS refuses a change while it is busy with another.
    const ready = open.filter((queue) => !asked.has(queue) && sources[queue].state !== 'changing')
    for (const queue of ready) {
      await bridge.enable(queue, enabled)
      asked.add(queue)
    }
    if (ready.length === 0) await pause(LOOK_EVERY_MS)
  }
}
