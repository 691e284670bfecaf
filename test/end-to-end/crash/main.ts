/**
 * `npm run test:crash`: kills `npm start` with `kill -9` again and again during an activation and a stream of events,
 * and judges what Braze has in the end. CRASH_SEED, CRASH_KILLS and CRASH_ROWS change a run.
 */

import { WORKER_CONCURRENCY } from '../../../bin/local/function-env.ts'
import { chance } from './chance.ts'
import { crashRun } from './crash-run.ts'
import { explainDoubles } from './doubles.ts'
import { brokenPromises } from './judge.ts'
import { killLine, table } from './report.ts'
import { readCrashSettings } from './settings.ts'
import { ANSWER_MS, type Counters, within } from './surroundings.ts'

/** A run takes a third of it on two cores. */
const RUN_TIMEOUT_MS = 10 * 60_000

/** Lambda's limit for a batch of a FIFO queue. */
const BATCH_SIZE = 10

const TROUBLES_SHOWN = 5

const STOPPED = 130

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(STOPPED))

const settings = readCrashSettings(process.env, Math.random)
const { seed, kills, rows } = settings
console.log(`npm start, ${kills} times kill -9, ${rows} rows. Again with CRASH_SEED=${seed}`)

const counters: Counters = { brazeRequests: 0, troubles: [] }
const startedAt = performance.now()
let killed = 0
const { evidence, sent, seconds } = await within(
  { timeoutMs: RUN_TIMEOUT_MS, random: chance(seed, 'port'), counters },
  (surroundings) =>
    crashRun(settings, surroundings, (kill, sentSoFar) => {
      killed += 1
      console.log(killLine(killed, (performance.now() - startedAt) / 1_000, kill, sentSoFar))
    }),
)

const doubles = explainDoubles(evidence, ANSWER_MS)
const broken = brokenPromises(evidence, doubles, WORKER_CONCURRENCY * BATCH_SIZE)
console.log()
for (const line of table({
  settings,
  evidence,
  sent,
  seconds,
  doubles,
  brazeRequests: counters.brazeRequests,
}))
  console.log(line)
console.log()
for (const line of counters.troubles.slice(0, TROUBLES_SHOWN)) console.log(`it said: ${line}`)
for (const line of broken) console.error(`BROKEN  ${line}`)
console.log(
  broken.length === 0
    ? 'Everything accepted was delivered, the profiles are the model’s, and nothing is doubled but what a kill explains.'
    : 'Promises were broken: see above.',
)
process.exitCode = broken.length === 0 ? 0 : 1
