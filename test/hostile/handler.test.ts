import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { type Aws, awsOnLoopback, environmentOn } from '../../bin/proof/aws-on-loopback.ts'
import { CONTEXT } from '../../bin/proof/lambda-context.ts'
import { receive } from '../../functions/receiver/receive.ts'
import { toRequest } from '../../functions/shared/http-request.ts'
import { LONG } from '../long.ts'
import { leaksSensitiveData } from '../sensitive-fixtures.ts'
import { fuzz } from './fuzz.ts'
import { eventOf } from './gateway.ts'
import { createHostileWorld, SECRET } from './world.ts'

/** There are fewer runs than in memory, because each takes a few milliseconds over HTTP. */
const RUNS = Math.ceil(Number(process.env.FUZZ_RUNS ?? (LONG ? 3_000 : 1_000)) / 20)
const HOUR_MS = 3_600_000

let aws: Aws
let handle: (event: APIGatewayProxyEventV2) => Promise<{ status: number; body: string }>
let leaks: string[] = []

beforeAll(async () => {
  aws = await awsOnLoopback(SECRET)
  for (const [name, value] of Object.entries(environmentOn(aws.url))) vi.stubEnv(name, value)
  // Another test file in this process may have loaded the handler with an environment of its own.
  vi.resetModules()
  const { handler } = await import('../../functions/receiver/handler.ts')
  handle = async (event) => {
    const { statusCode = 0, body = '' } = await handler(event, CONTEXT)
    return { status: statusCode, body }
  }
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await aws.close()
})
beforeEach(() => {
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((...words) => {
      leaks.push(...words.map(String).filter(leaksSensitiveData))
    })
})

test(`the deployed handler does in ${RUNS} runs what was judged in memory`, {
  timeout: HOUR_MS,
}, async () => {
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
