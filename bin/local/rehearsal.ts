import * as z from 'zod'
import type { BrazeSimulator } from './braze/simulator.ts'

/** What the window can make the simulated Braze do for a while. */
export const REHEARSALS = ['503', '401', '429'] as const
export type Rehearsal = (typeof REHEARSALS)[number]

export const RehearsalRequest = z.object({ answer: z.enum([...REHEARSALS, 'normal']) })

/** In milliseconds. Long enough to see what holds, short enough to see it drain. */
const REHEARSAL_MS = 60_000

/** In seconds: what a 429 asks for. */
const TOLD_WAIT_SECONDS = 5

export type Rehearse = (answer: Rehearsal | 'normal') => void

/**
 * Lets the simulator answer every request with an error for a minute.
 * @param later schedules a function, in milliseconds from now, and returns a function that cancels it.
 */
export function createRehearsal(
  simulator: Pick<BrazeSimulator, 'script' | 'clearScript'>,
  later: (run: () => void, ms: number) => () => void,
): Rehearse {
  let cancel = () => {}
  return (answer) => {
    cancel()
    simulator.clearScript()
    if (answer === 'normal') return
    simulator.script([
      answer === '429'
        ? { do: 'rate limit', dialect: 'retry-after', seconds: TOLD_WAIT_SECONDS, times: 'always' }
        : { do: 'answer', status: Number(answer), times: 'always' },
    ])
    cancel = later(() => simulator.clearScript(), REHEARSAL_MS)
  }
}
