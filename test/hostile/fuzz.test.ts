import { expect, test } from 'vitest'
import { receive } from '../../functions/receiver/receive.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { LONG } from '../long.ts'
import { promisesBrokenByAttack } from './broken-promises.ts'
import { fuzz } from './fuzz.ts'
import { eventOf } from './gateway.ts'
import { createHostileWorld } from './world.ts'

/**
 * Runs the receiver under requests that nobody should send, from the API Gateway event to queues as strict as
 * SQS. `npm run test:all` does more runs; FUZZ_RUNS sets their number.
 */
const RUNS = Number(process.env.FUZZ_RUNS ?? (LONG ? 3_000 : 1_000))
const HOUR_MS = 3_600_000

/** This is CPU time, because other processes use the machine too. */
const MAX_CPU_MS = 2_000

test(`no promise breaks under ${RUNS} hostile requests`, { timeout: HOUR_MS }, async () => {
  const outcomes = new Map<string, number>()
  let longest = 0
  const done = await fuzz(RUNS, async (attack) => {
    const world = createHostileWorld(attack.fault)
    const before = process.cpuUsage()
    const answer = await receive(toRequest(eventOf(attack.request)), world.deps)
    const { user, system } = process.cpuUsage(before)
    longest = Math.max(longest, (user + system) / 1000)
    const [, problem = ''] = /problem:([a-z0-9-]+)/.exec(answer.body) ?? []
    const outcome = `${answer.status} ${problem}`.trim()
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    return promisesBrokenByAttack(attack, answer, world)
  })
  const shares = [...outcomes]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${count} × ${outcome}`)
  console.info(`${done}, longest ${Math.round(longest)} ms of the processor; ${shares.join(', ')}`)
  expect(longest).toBeLessThan(MAX_CPU_MS)
})
