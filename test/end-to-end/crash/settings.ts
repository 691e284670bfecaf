import * as z from 'zod'

export type CrashSettings = {
  /** Draws the rows, the moments of the kills and the port. */
  seed: number
  /** How often the process is killed. */
  kills: number
  /** Rows of the activation. */
  rows: number
}

const wholeNumber = z.string().regex(/^\d+$/).transform(Number)

/** A seed that a person can type again. */
const SEEDS = 1_000_000

const Environment = z.object({
  CRASH_SEED: wholeNumber.optional(),
  CRASH_KILLS: wholeNumber.default(20),
  CRASH_ROWS: wholeNumber.default(100_000),
})

/** @throws ZodError where a variable is no whole number. */
export function readCrashSettings(
  env: Record<string, string | undefined>,
  random: () => number,
): CrashSettings {
  const { CRASH_SEED, CRASH_KILLS, CRASH_ROWS } = Environment.parse(env)
  return { seed: CRASH_SEED ?? Math.floor(random() * SEEDS), kills: CRASH_KILLS, rows: CRASH_ROWS }
}
