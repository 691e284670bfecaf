import { expect, test } from 'vitest'
import { chance } from './chance.ts'
import { crashRun } from './crash-run.ts'
import { explainDoubles } from './doubles.ts'
import { brokenPromises } from './judge.ts'
import { ANSWER_MS, within } from './surroundings.ts'

/** Two at a time, ten messages each. */
const MESSAGES_IN_HAND = 20

/** On a busy machine both kills can come before anything was accepted; the long run insists that they don't. */
const NOTHING_PROVED = 'nothing proved: the queues were empty at every kill'

test('a short crash run of real processes: two kills lose nothing (npm run test:crash is the long one)', async () => {
  const settings = { seed: 7731, kills: 2, rows: 1_000 }
  const { evidence, sent } = await within(
    {
      timeoutMs: 28_000,
      random: chance(process.pid, 'port'),
      counters: { brazeRequests: 0, troubles: [] },
    },
    (surroundings) => crashRun(settings, surroundings, () => undefined),
  )
  const broken = brokenPromises(evidence, explainDoubles(evidence, ANSWER_MS), MESSAGES_IN_HAND)
  expect(broken.filter((what) => what !== NOTHING_PROVED)).toEqual([])
  expect(sent.rows).toBe(1_000)
  expect(evidence.kills).toHaveLength(2)
})
