import * as z from 'zod'

export type CrashSettings = {
  /** Determines the rows, the moments of the kills and the port. */
  seed: number
  /** The number of times that the process is killed. */
  kills: number
  /** The number of rows in the activation. */
  rows: number
}

const wholeNumber = z.string().regex(/^\d+$/).transform(Number)

/** Seeds are below this, so that they are short enough to type. */
const SEEDS = 1_000_000

const Environment = z.object({
  CRASH_SEED: wholeNumber.optional(),
  CRASH_KILLS: wholeNumber.default(20),
  CRASH_ROWS: wholeNumber.default(100_000),
})

/** @throws ZodError if a variable is not a whole number. */
export function readCrashSettings(
  env: Record<string, string | undefined>,
  random: () => number,
): CrashSettings {
  const { CRASH_SEED, CRASH_KILLS, CRASH_ROWS } = Environment.parse(env)
  return { seed: CRASH_SEED ?? Math.floor(random() * SEEDS), kills: CRASH_KILLS, rows: CRASH_ROWS }
}
