import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../bin/local/braze/script.ts'
import { type BrazeSimulator, createBrazeSimulator } from '../../bin/local/braze/simulator.ts'
import { askSimulator, type Braze } from '../../bin/proof/braze.ts'
import { createVirtualClock, type VirtualClock } from '../../bin/proof/clock.ts'
import { exponential, seededRandom } from '../../bin/proof/random.ts'
import { createWorld } from '../../bin/proof/world.ts'

/**
 * Braze answers a request at once and applies it within two seconds, so that two requests for one user that
 * arrive within two seconds are applied in either order. The senders' last values must be Braze's all the same.
 */

const START = Date.parse('2026-11-20T10:00:00Z')
const BRAZE_MS = 100
const APPLIED_WITHIN_MS = 2_000
const SEEDS = Array.from({ length: 20 }, (_, seed) => seed)

type Plan = {
  seed: number
  delaySeconds: number
  environments?: number
  script?: readonly ScriptStep[]
  /** The rows of each request, and the mean time between two requests. */
  requests: readonly (readonly object[])[]
  everyMs: number
}

/** Sends the requests at random intervals. @returns what Braze holds in the end. */
async function deliver({ seed, delaySeconds, environments = 1, script = [], ...plan }: Plan) {
  const clock = createVirtualClock(START)
  const random = seededRandom(seed)
  const { braze, state } = createUnorderedBraze(clock, random, script)
  const pace = { concurrency: environments, requestsPerSecond: 25 * environments }
  const world = createWorld({
    clock,
    fleet: { lanes: 4, queues: { profiles: pace, events: pace }, profilesDelaySeconds: delaySeconds },
    braze,
    random,
  })
  await world.run(async () => {
    for (const rows of plan.requests) {
      await world.post('/v1/activations', Buffer.from(JSON.stringify(rows)))
      await world.sleep(exponential(plan.everyMs, random))
    }
  })
  await clock.run(() => clock.sleep(APPLIED_WITHIN_MS))
  return state
}

/** One simulator answers, and another one with the same rules applies the same requests later. */
function createUnorderedBraze(
  { now, sleep }: VirtualClock,
  random: () => number,
  script: readonly ScriptStep[],
): { braze: Braze; state: BrazeSimulator } {
  const [answering, state] = [createBrazeSimulator({ now }), createBrazeSimulator({ now })]
  answering.script(script)
  state.script(script)
  const braze: Braze = async ({ body }) => {
    await sleep(BRAZE_MS / 2)
    void sleep(random() * APPLIED_WITHIN_MS).then(() => askSimulator(state, body))
    const answer = askSimulator(answering, body)
    await sleep(BRAZE_MS / 2)
    return answer
  }
  return { braze, state }
}

const userOf = (row: number) => `fixture-user-${row % 3}`

/** 90 changes of one attribute, of three users in turn. The last ones are 87, 88 and 89. */
const CHANGES = Array.from({ length: 90 }, (_, row) => [{ external_id: userOf(row), fixture_row: row }])
const changes = { requests: CHANGES, everyMs: 500 }

const LAST = [{ fixture_row: 87 }, { fixture_row: 88 }, { fixture_row: 89 }]

/** Rows of one user that become one object, which Braze rejects because of the second of them. */
const TAKEN_APART = [{ a: 1 }, { bad: 1 }, { a: 2, b: 2 }, { c: 3 }].map((attributes) => ({
  external_id: userOf(0),
  ...attributes,
}))
const rejectsBad: ScriptStep = {
  do: 'reject',
  rejected: [`external_id:${userOf(0)}`],
  users: [`external_id:${userOf(0)}`],
  matches: ({ attributes = [] }) => JSON.stringify(attributes).includes('"bad"'),
  times: 'always',
}
const LAST_TAKEN_APART = [{ a: 2, b: 2, c: 3 }]
const takenApart = { requests: [TAKEN_APART], everyMs: 0, script: [rejectsBad] }

/** How many of the seeds end with other attributes than these. */
async function countWrong(plan: Omit<Plan, 'seed'>, expected: readonly object[]): Promise<number> {
  let wrong = 0
  for (const seed of SEEDS) {
    const braze = await deliver({ ...plan, seed })
    const found = expected.map((_, user) => braze.profile({ external_id: userOf(user) })?.custom_attributes)
    if (!isDeepStrictEqual(found, expected)) wrong += 1
  }
  return wrong
}

describe('Braze applies two requests for one user in either order if they arrive within two seconds', () => {
  test('with the default delay, the value that was sent last is there in the end', async () => {
    expect(await countWrong({ ...changes, delaySeconds: 3 }, LAST)).toBe(0)
  })

  test('without a delay, an older value is there for some users', async () => {
    expect(await countWrong({ ...changes, delaySeconds: 0 }, LAST)).toBeGreaterThan(0)
  })

  test('the limit: two execution environments do not know what the other has sent', async () => {
    expect(await countWrong({ ...changes, delaySeconds: 3, environments: 2 }, LAST)).toBeGreaterThan(0)
  })

  test('an object that was taken apart ends with the values that were sent last', async () => {
    expect(await countWrong({ ...takenApart, delaySeconds: 3 }, LAST_TAKEN_APART)).toBe(0)
  })

  test('without a delay, one of its older values comes back', async () => {
    expect(await countWrong({ ...takenApart, delaySeconds: 0 }, LAST_TAKEN_APART)).toBeGreaterThan(0)
  })
})
