import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { receive } from '../../functions/receiver/receive.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { LONG } from '../long.ts'
import { leaksSensitiveData } from '../sensitive-fixtures.ts'
import { type DeployedHandler, deployedHandler } from './deployed-handler.ts'
import { fuzz } from './fuzz.ts'
import { eventOf } from './gateway.ts'
import { createHostileWorld } from './world.ts'

/** There are fewer runs than in memory, because each takes a few milliseconds over HTTP. */
const RUNS = Math.ceil(Number(process.env.FUZZ_RUNS ?? (LONG ? 3_000 : 1_000)) / 20)
const HOUR_MS = 3_600_000

let deployed: DeployedHandler
let leaks: string[] = []
beforeAll(async () => {
  deployed = await deployedHandler()
})
afterAll(() => deployed.aws.close())
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => {
      leaks.push(...words.map(String).filter(leaksSensitiveData))
    })
})

test(`the deployed handler does in ${RUNS} runs what was judged in memory`, {
  timeout: HOUR_MS,
}, async () => {
  const { aws, handle } = deployed
  const done = await fuzz(RUNS, async ({ request }) => {
    const event = eventOf(request)
    const world = createHostileWorld('none')
    const expected = await receive(toRequest(event), world.deps)
    aws.sent = []
    leaks = []
    const answer = await handle(event)
    const inMemory = (['profiles', 'events', 'profiles-dlq', 'events-dlq'] as const).flatMap(world.bodies)
    return [
      ...(answer.status === expected.status ? [] : [`${answer.status} in place of ${expected.status}`]),
      ...(answer.body === expected.body ? [] : ['another answer']),
      ...(aws.sent.length === inMemory.length ? [] : ['other messages']),
      ...leaks.map(() => 'a value stands in the log'),
    ]
  })
  expect(aws.secretReads).toBeGreaterThan(0)
  vi.restoreAllMocks()
  console.info(done)
})
