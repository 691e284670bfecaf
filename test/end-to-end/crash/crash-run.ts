import { setTimeout as pause } from 'node:timers/promises'
import { generateActivation } from './activation.ts'
import { arrivedEvents, type CrashEnvironment, writtenProfiles } from './environment.ts'
import type { Evidence, Kill } from './evidence.ts'
import { EVENTS, killAndInspect, PROFILES } from './kill-and-inspect.ts'
import { deliveryMs, generateLifetimes } from './kill-moments.ts'
import { countOnDisk, messagesLeft } from './queues-on-disk.ts'
import { randomFor } from './random.ts'
import { nothingSent, type SenderTotals, sendActivation, sendEvents } from './senders.ts'
import type { CrashSettings } from './settings.ts'

/** The time between two checks whether the queues are empty. */
const POLL_MS = 250

export type CrashResult = {
  evidence: Evidence
  sent: SenderTotals
  /** The time from the first start until everything was delivered. */
  seconds: number
}

/**
 * Kills `npm start` again and again while an activation and events come in and go out to a Braze that is
 * never killed. Then starts it a last time to deliver the rest, and stops it.
 * @param onKill called after each kill with the kill and the senders' totals so far.
 */
export async function crashRun(
  settings: CrashSettings,
  { bridge, braze, url, token, stateDir, signal }: CrashEnvironment,
  onKill: (kill: Kill, sent: SenderTotals) => void,
): Promise<CrashResult> {
  const { seed, rows } = settings
  const activation = generateActivation(rows, randomFor(seed, 'rows'))
  const sent = nothingSent()
  const target = { url, token, signal }
  const lastKill = new AbortController()
  const startedAt = performance.now()

  const killRepeatedly = async () => {
    const kills: Kill[] = []
    for (const { from, ms } of generateLifetimes(settings, randomFor(seed, 'kills'))) {
      const ready = bridge.start()
      if (from === 'ready') await ready
      await pause(ms, undefined, { signal })
      const kill = await killAndInspect({ bridge, braze, sent, stateDir })
      onKill(kill, sent)
      kills.push(kill)
    }
    await bridge.start()
    lastKill.abort()
    return kills
  }

  const [kills] = await Promise.all([
    killRepeatedly(),
    // The pauses spread the requests over half of the delivery time.
    sendActivation(activation, target, sent, deliveryMs(rows) / 2 / activation.requests.length),
    sendEvents(target, sent, { random: randomFor(seed, 'events'), end: lastKill.signal }),
  ])
  while (countOnDisk(stateDir, [PROFILES, EVENTS]) > 0) await pause(POLL_MS, undefined, { signal })
  const seconds = (performance.now() - startedAt) / 1_000
  await bridge.stop()

  const evidence = {
    model: activation.model,
    profiles: writtenProfiles(braze),
    accepted: sent.events,
    arrived: arrivedEvents(braze),
    kills,
    left: messagesLeft(stateDir).map(({ queue }) => `a message in ${queue}`),
    miscounted: sent.miscounted,
  }
  return { evidence, sent, seconds }
}
