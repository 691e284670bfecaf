import type { FaultRun } from './run.ts'

/**
 * Promise 5: no second has more requests of a queue than its concurrency and spacing allow. Each new
 * environment may add one.
 */
export function paceRespected(run: FaultRun): string[] {
  const perSecond = (1_000 / 200) * run.scenario.concurrency + run.scenario.concurrency + run.kills
  for (const queue of ['profiles', 'events'] as const) {
    const times = run.seen.filter((seen) => seen.queue === queue).map(({ at }) => at)
    const isTooMany = (at: number, index: number) => (times[index + perSecond] ?? Infinity) < at + 1_000
    if (times.some(isTooMany)) return [`5: over ${perSecond} requests of ${queue} within a second`]
  }
  return []
}

/** Promise 5: no request holds a user before the wait that Braze asked for has ended. */
export function waitsRespected(run: FaultRun): string[] {
  const until = new Map<string, number>()
  for (const { at, queue, users, waitUntil } of run.seen) {
    for (const user of users) {
      if (at < (until.get(`${queue} ${user}`) ?? 0))
        return [`5: ${user} was sent before the told wait was over`]
      if (waitUntil !== undefined) until.set(`${queue} ${user}`, waitUntil)
    }
  }
  return []
}
