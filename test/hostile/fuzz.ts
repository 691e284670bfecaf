import * as fc from 'fast-check'
import { type Attack, attacks } from './requests.ts'

/**
 * Runs attacks until one breaks a promise. FUZZ_SEED and FUZZ_PATH repeat that attack, and FUZZ_SHRINK looks
 * for a smaller one.
 * @param findBroken returns the promises that an attack breaks.
 * @returns the number of runs and the seed, as text.
 * @throws Error with the attack that broke a promise and the variables that repeat it.
 */
export async function fuzz(runs: number, findBroken: (attack: Attack) => Promise<string[]>): Promise<string> {
  const { FUZZ_SEED, FUZZ_PATH, FUZZ_SHRINK } = process.env
  const details = await fc.check(
    fc.asyncProperty(attacks, async (attack) => {
      const broken = await findBroken(attack)
      if (broken.length > 0) throw new Error(broken.join('; '))
    }),
    {
      numRuns: runs,
      endOnFailure: FUZZ_SHRINK === undefined,
      ...(FUZZ_SEED !== undefined && { seed: Number(FUZZ_SEED) }),
      ...(FUZZ_PATH !== undefined && { path: FUZZ_PATH }),
    },
  )
  if (!details.failed) return `${details.numRuns} runs, seed ${details.seed}`
  const [attack] = details.counterexample ?? []
  throw new Error(
    `FUZZ_SEED=${details.seed} FUZZ_PATH=${details.counterexamplePath}\n${describeAttack(attack)}`,
    {
      cause: details.errorInstance,
    },
  )
}

/** The description of an attack is cut here, because a request can be very large. */
const MAX_SHOWN_CHARACTERS = 4_000

function describeAttack(attack: Attack | undefined): string {
  const { request, body, fault } = attack ?? {}
  const printable = { ...request, body: request?.body?.toString('latin1'), text: body?.text, fault }
  return JSON.stringify(printable).slice(0, MAX_SHOWN_CHARACTERS)
}
