import { createHeap } from '../proof/heap.ts'

/** A process in simulated time that returns a `T`. Each `yield` sleeps for that number of milliseconds. */
export type Process<T = void> = Generator<number, T, void>

/** Yielded by a process that sleeps until it is resumed. */
export const UNTIL_WOKEN = Number.POSITIVE_INFINITY

export type SimulatedClock = {
  /** Milliseconds since the start. */
  now: () => number
  /**
   * Starts or wakes a process after `inMs`. Processes that wake at the same time run in the order of these
   * calls.
   */
  resume: (process: Process, inMs?: number) => void
  /** Runs until `isOver` returns true after a step, or until no process will wake again. */
  run: (isOver: () => boolean) => void
}

type Waking = { at: number; order: number; process: Process }

/**
 * Creates a clock that jumps from one wake-up to the next. Processes are plain generators, so millions of
 * steps take only seconds.
 */
export function createSimulatedClock(): SimulatedClock {
  let now = 0
  let order = 0
  const wakings = createHeap<Waking>(isBefore)

  function resume(process: Process, inMs = 0): void {
    if (inMs === UNTIL_WOKEN) return
    wakings.push({ at: now + Math.max(0, inMs), order: order++, process })
  }

  function run(isOver: () => boolean): void {
    while (!isOver()) {
      const next = wakings.pop()
      if (!next) return
      now = next.at
      const step = next.process.next()
      if (!step.done) resume(next.process, step.value)
    }
  }

  return { now: () => now, resume, run }
}

const isBefore = (a: Waking, b: Waking) => a.at < b.at || (a.at === b.at && a.order < b.order)
