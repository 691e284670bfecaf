import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { LONG } from '../long.ts'
import { brokenAfterRedrive } from './after-redrive.ts'
import { brokenPromises } from './oracle.ts'
import { runScenario } from './run-scenario.ts'
import { scenarios } from './scenario.ts'

/**
 * Runs the real `receive` and `work` under random traffic and random faults, judged by an independent model.
 * `npm run test:all` does more runs. FAULT_RUNS sets their number, FAULT_SEED and FAULT_PATH repeat a run,
 * and FAULT_SHRINK looks for a smaller failing scenario.
 */
const RUNS = Number(process.env.FAULT_RUNS ?? (LONG ? 100 : 40))
const HOUR_MS = 3_600_000

test(`the promises hold in ${RUNS} random runs`, { timeout: HOUR_MS }, async () => {
  const { FAULT_SEED, FAULT_PATH, FAULT_SHRINK } = process.env
  const details = await fc.check(
    fc.asyncProperty(scenarios, async (scenario) => {
      const { run, putBackAll } = await runScenario(scenario)
      expect(brokenPromises(run)).toEqual([])
      await putBackAll()
      expect(brokenAfterRedrive(run)).toEqual([])
    }),
    {
      numRuns: RUNS,
      endOnFailure: FAULT_SHRINK === undefined,
      ...(FAULT_SEED !== undefined && { seed: Number(FAULT_SEED) }),
      ...(FAULT_PATH !== undefined && { path: FAULT_PATH }),
    },
  )
  console.log(`${details.numRuns} runs, seed ${details.seed}`)
  if (!details.failed) return
  const [{ requests = [], ...faults } = {}] = details.counterexample ?? []
  const rows = requests.map(({ rows, ...request }) => ({ ...request, rows: rows.length }))
  const scenario = JSON.stringify({ ...faults, requests: FAULT_SHRINK === undefined ? rows : requests })
  throw new Error(`FAULT_SEED=${details.seed} FAULT_PATH=${details.counterexamplePath}\n${scenario}`, {
    cause: details.errorInstance,
  })
})
