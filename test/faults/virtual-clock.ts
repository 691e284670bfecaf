import { setImmediate } from 'node:timers/promises'

export type VirtualClock = {
  /** Milliseconds since the epoch. */
  now: () => number
  /** Resolves when so many virtual milliseconds have passed; less than none counts as none. */
  sleep: (ms: number) => Promise<void>
  /**
   * Runs `main` to its end and passes its result or its error on. Whenever nothing is left to do, time leaps to the next
   * sleeper. Sleepers that are left over at the end, and promises that nobody settles, are not waited for.
   * @throws when nothing will ever happen any more and `main` has not ended.
   */
  run: <T>(main: () => Promise<T>) => Promise<T>
}

type Sleeper = { at: number; wake: () => void }

/**
 * Time that passes only while everyone sleeps, so that two weeks take as long as the work in them. Who wakes at one
 * instant wakes in the order of falling asleep, each after the one before has come to rest. Knows promises only: work
 * in a thread, a file or a socket looks like no work at all. One `run` at a time.
 * @param startMs milliseconds since the epoch.
 */
export function createVirtualClock(startMs: number): VirtualClock {
  let now = startMs
  /** By time, and those of one time in the order they came. */
  const sleepers: Sleeper[] = []

  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      if (!Number.isFinite(ms)) throw new RangeError(`nobody can sleep ${ms} ms`)
      const at = now + Math.max(0, ms)
      sleepers.splice(sleepers.findLastIndex((other) => other.at <= at) + 1, 0, { at, wake })
    })

  async function run<T>(main: () => Promise<T>): Promise<T> {
    const ended: PromiseSettledResult<T>[] = []
    void Promise.allSettled([main()]).then((results) => ended.push(...results))
    while (true) {
      // Comes after every promise that can be settled by now, however long the chain.
      await setImmediate()
      const [end] = ended
      if (end?.status === 'fulfilled') return end.value
      if (end) throw end.reason
      const next = sleepers.shift()
      if (!next) throw new Error(`deadlock at ${new Date(now).toISOString()}: everyone waits, nobody sleeps`)
      now = next.at
      next.wake()
    }
  }

  return { now: () => now, sleep, run }
}
