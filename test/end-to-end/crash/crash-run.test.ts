import { expect, test } from 'vitest'
import { LONG } from '../../long.ts'
import { crashRun } from './crash-run.ts'
import { explainDuplicates } from './duplicates.ts'
import { ANSWER_MS, withCrashEnvironment } from './environment.ts'
import { promisesBrokenByCrashes } from './judge.ts'
import { randomFor } from './random.ts'

/** The worker handles two batches at a time, of ten messages each. */
const MESSAGES_IN_HAND = 20

/**
 * On a busy machine, both kills can come before anything was accepted. Only the long run treats that as a
 * failure.
 */
const NOTHING_PROVED = 'nothing proved: the queues were empty at every kill'

const SETTINGS = { seed: 7731, ...(LONG ? { kills: 2, rows: 1_000 } : { kills: 1, rows: 400 }) }

/** A run takes ten seconds. */
const RUN_TIMEOUT_MS = 5 * 60_000

test('a short crash run of real processes: kills lose nothing (npm run test:crash is the long one)', async () => {
  const { evidence, sent } = await withCrashEnvironment(
    {
      timeoutMs: RUN_TIMEOUT_MS,
      random: randomFor(process.pid, 'port'),
      counters: { brazeRequests: 0, warnings: [] },
    },
    (environment) => crashRun(SETTINGS, environment, () => undefined),
  )
  const broken = promisesBrokenByCrashes(evidence, explainDuplicates(evidence, ANSWER_MS), MESSAGES_IN_HAND)
  expect(broken.filter((what) => what !== NOTHING_PROVED)).toEqual([])
  expect(sent.rows).toBe(SETTINGS.rows)
  expect(evidence.kills).toHaveLength(SETTINGS.kills)
})
