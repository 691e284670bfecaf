/**
 * `npm run test:crash` kills `npm start` with `kill -9` again and again during an activation and a stream of
 * events, and judges the final state of Braze. CRASH_SEED, CRASH_KILLS and CRASH_ROWS change a run.
 */

import { WORKER_CONCURRENCY } from '../../../bin/local/function-env.ts'
import { crashRun } from './crash-run.ts'
import { explainDuplicates } from './duplicates.ts'
import { ANSWER_MS, type Counters, withCrashEnvironment } from './environment.ts'
import { promisesBrokenByCrashes } from './judge.ts'
import { randomFor } from './random.ts'
import { formatKill, reportTable } from './report.ts'
import { readCrashSettings } from './settings.ts'

/** A run of the usual size takes two to three minutes on two cores. */
const RUN_TIMEOUT_MS = 30 * 60_000

/** Lambda's limit for a batch of a FIFO queue. */
const BATCH_SIZE = 10

const MAX_WARNINGS_SHOWN = 5

const STOPPED = 130

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(STOPPED))

const settings = readCrashSettings(process.env, Math.random)
const { seed, kills, rows } = settings
console.log(`npm start, ${kills} times kill -9, ${rows} rows. Again with CRASH_SEED=${seed}`)

const counters: Counters = { brazeRequests: 0, warnings: [] }
const startedAt = performance.now()
let killed = 0
const { evidence, sent, seconds } = await withCrashEnvironment(
  { timeoutMs: RUN_TIMEOUT_MS, random: randomFor(seed, 'port'), counters },
  (environment) =>
    crashRun(settings, environment, (kill, sentSoFar) => {
      killed += 1
      console.log(formatKill(killed, (performance.now() - startedAt) / 1_000, kill, sentSoFar))
    }),
)

const duplicates = explainDuplicates(evidence, ANSWER_MS)
const broken = promisesBrokenByCrashes(evidence, duplicates, WORKER_CONCURRENCY * BATCH_SIZE)
console.log()
for (const line of reportTable({
  settings,
  evidence,
  sent,
  seconds,
  duplicates,
  brazeRequests: counters.brazeRequests,
}))
  console.log(line)
console.log()
for (const line of counters.warnings.slice(0, MAX_WARNINGS_SHOWN)) console.log(`it said: ${line}`)
for (const line of broken) console.error(`BROKEN  ${line}`)
console.log(
  broken.length === 0
    ? 'Everything accepted was delivered, the profiles are the model’s, and nothing is doubled but what a kill explains.'
    : 'Promises were broken: see above.',
)
process.exitCode = broken.length === 0 ? 0 : 1
