import { setTimeout as pause } from 'node:timers/promises'
import { drawActivation } from './activation.ts'
import { chance } from './chance.ts'
import type { Evidence, Kill } from './evidence.ts'
import { EVENTS, killAndLook, PROFILES } from './kill-and-look.ts'
import { deliveryMs, drawLives } from './kill-moments.ts'
import { countOnDisk, messagesLeft } from './queues-on-disk.ts'
import { nothingSent, type Sent, sendActivation, sendEvents } from './senders.ts'
import type { CrashSettings } from './settings.ts'
import { arrivedEvents, type Surroundings, writtenProfiles } from './surroundings.ts'

/** Between two looks at queues that are not empty yet. */
const LOOK_MS = 250

export type Finished = {
  evidence: Evidence
  sent: Sent
  /** From the first start until everything was delivered. */
  seconds: number
}

/**
 * Kills `npm start` again and again while an activation and events come in and go out to a Braze that is never killed,
 * lets the last start deliver what waits, and stops it.
 * @param tell gets a line after each kill.
 */
export async function crashRun(
  settings: CrashSettings,
  { bridge, braze, url, token, stateDir, signal }: Surroundings,
  tell: (kill: Kill, sent: Sent) => void,
): Promise<Finished> {
  const { seed, rows } = settings
  const activation = drawActivation(rows, chance(seed, 'rows'))
  const sent = nothingSent()
  const target = { url, token, signal }
  const lastKill = new AbortController()
  const startedAt = performance.now()

  const killAgainAndAgain = async () => {
    const kills: Kill[] = []
    for (const { from, ms } of drawLives(settings, chance(seed, 'kills'))) {
      const ready = bridge.start()
      if (from === 'ready') await ready
      await pause(ms, undefined, { signal })
      const kill = await killAndLook({ bridge, braze, sent, stateDir })
      tell(kill, sent)
      kills.push(kill)
    }
    await bridge.start()
    lastKill.abort()
    return kills
  }

  const [kills] = await Promise.all([
    killAgainAndAgain(),
    // So slowly that half of the delivery's time has gone by when the last row comes in.
    sendActivation(activation, target, sent, deliveryMs(rows) / 2 / activation.requests.length),
    sendEvents(target, sent, { random: chance(seed, 'events'), end: lastKill.signal }),
  ])
  while (countOnDisk(stateDir, [PROFILES, EVENTS]) > 0) await pause(LOOK_MS, undefined, { signal })
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
