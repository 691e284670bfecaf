import { setImmediate } from 'node:timers/promises'
import { createHeap } from './heap.ts'

export type VirtualClock = {
  /** Milliseconds since the epoch. */
  now: () => number
  /** Resolves after `ms` virtual milliseconds. A negative number counts as 0. */
  sleep: (ms: number) => Promise<void>
  /**
   * Runs `main` to its end and passes on its result or its error. Whenever nothing is left to do, time jumps
   * to the next sleeper. Sleepers that are left at the end, and promises that never settle, are not waited
   * for.
   * @throws Error on a deadlock: `main` has not ended and nobody sleeps.
   */
  run: <T>(main: () => Promise<T>) => Promise<T>
}

type Sleeper = { at: number; order: number; wake: () => void }

/**
 * Creates a clock whose time passes only while everyone sleeps, so that two weeks take only as long as the
 * work in them. Sleepers of the same instant wake in the order in which they fell asleep, each after the
 * previous one has settled. The clock sees only promises: it does not wait for work in a thread, a file or a
 * socket. Only one `run` may be active at a time.
 * @param startMs milliseconds since the epoch.
 */
export function createVirtualClock(startMs: number): VirtualClock {
  let now = startMs
  let order = 0
  const sleepers = createHeap<Sleeper>(isBefore)

  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      if (!Number.isFinite(ms)) throw new RangeError(`nobody can sleep ${ms} ms`)
      sleepers.push({ at: now + Math.max(0, ms), order: order++, wake })
    })

  async function run<T>(main: () => Promise<T>): Promise<T> {
    const ended: PromiseSettledResult<T>[] = []
    void Promise.allSettled([main()]).then((results) => ended.push(...results))
    while (true) {
      // setImmediate resolves only after every promise that can settle now has settled, however long the
      // chain.
      await setImmediate()
      const [end] = ended
      if (end?.status === 'fulfilled') return end.value
      if (end) throw end.reason
      const next = sleepers.pop()
      if (!next) throw new Error(`deadlock at ${new Date(now).toISOString()}: everyone waits, nobody sleeps`)
      now = next.at
      next.wake()
    }
  }

  return { now: () => now, sleep, run }
}

const isBefore = (a: Sleeper, b: Sleeper) => a.at < b.at || (a.at === b.at && a.order < b.order)
