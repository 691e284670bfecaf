import { createHeap } from '../proof/heap.ts'

/** Something that goes on in simulated time and ends with a `T`: each `yield` sleeps so many milliseconds. */
export type Process<T = void> = Generator<number, T, void>

/** Yielded by a course that sleeps until it is woken. */
export const UNTIL_WOKEN = Number.POSITIVE_INFINITY

export type SimulatedClock = {
  /** Milliseconds since the start. */
  now: () => number
  /** Begins or wakes a course after so many milliseconds; courses of one instant go on in the order of these calls. */
  resume: (process: Process, inMs?: number) => void
  /** Goes on until `isOver` says so after a step, or until everybody sleeps for ever. */
  run: (isOver: () => boolean) => void
}

type Waking = { at: number; order: number; process: Process }

/** Time that leaps from one waking to the next. Courses are plain generators, so millions of steps take seconds. */
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
