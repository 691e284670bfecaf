import { describe, expect, test } from 'vitest'
import { acceptedAt, createRedriveHarness, event, messageBody, profile, rowsBody } from './harness.ts'

/** The command may be stopped or killed at any moment, and then run again. */

describe('safe to interrupt and run again', () => {
  const parkedEvent = () => {
    const harness = createRedriveHarness()
    harness.park('events', messageBody('EVENT_REFUSED', [event('fixture-e1')]))
    return harness
  }
  const names = (harness: ReturnType<typeof createRedriveHarness>) =>
    harness.recordsIn('events').map(({ name }) => name)

  test('killed before the send: the dead letter is redriven once it is visible again', async () => {
    const harness = parkedEvent()
    const never = () => new Promise<never>(() => {})
    void harness.redrive({}, { sendBatch: never })
    await settled()
    expect(names(harness)).toEqual([])
    harness.wait(60_000)
    await harness.redrive()
    expect([names(harness), harness.deadLetters('events')]).toEqual([['fixture-e1'], []])
  })

  test('killed between send and delete: SQS recognises the repeated message, even if it was delivered', async () => {
    const harness = parkedEvent()
    const never = () => new Promise<never>(() => {})
    void harness.redrive({}, { remove: never })
    await settled()
    expect(names(harness)).toEqual(['fixture-e1'])
    harness.wait(60_000)
    const { complete } = await harness.redrive()
    expect(complete).toBe(true)
    expect([names(harness), harness.deadLetters('events')]).toEqual([['fixture-e1'], []])
  })

  test('stopped between two dead letters: the first is completed, the others are visible again', async () => {
    const harness = createRedriveHarness()
    for (const n of [1, 2, 3])
      harness.park('events', messageBody('EVENT_REFUSED', [event(`fixture-e${n}`)], { id: `m-${n}` }))
    const sendBatch: typeof harness.deps.sendBatch = async (batch) => {
      harness.stop()
      return harness.deps.sendBatch(batch)
    }
    const { complete, done, partlySent } = await harness.redrive({}, { sendBatch })
    expect([complete, done.size, partlySent.size]).toEqual([false, 1, 0])
    expect(names(harness)).toEqual(['fixture-e1'])
    expect(harness.visible('events')).toBe(2)
    expect(harness.lines.join('\n')).toContain('Stopped before the end.')
  })
})

/** Wraps the effects of a run so that the process dies at the n-th: before it, or as soon as it is done. */
function killedAt(
  n: number,
  when: 'before' | 'after',
  deps: ReturnType<typeof createRedriveHarness>['deps'],
) {
  let effects = 0
  const never = new Promise<never>(() => {})
  const mortal =
    <A extends unknown[], R>(effect: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      effects += 1
      if (effects > n || (effects === n && when === 'before')) return never
      const result = await effect(...args)
      return effects >= n ? never : result
    }
  return {
    changed: { sendBatch: mortal(deps.sendBatch), hide: mortal(deps.hide), remove: mortal(deps.remove) },
    survived: () => effects < n,
  }
}

/**
 * Parks a profile dead letter that a later one overtakes in part, dead letters of events, and rows of the
 * receiver, one of which still cannot be read.
 */
function parkedHarness() {
  const harness = createRedriveHarness()
  harness.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a', city: 'x' })], acceptedAt(1)),
  )
  harness.park('profiles', messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], acceptedAt(2)))
  const rows = ['{"user_id":"fixture-u1","event_name":"fixture-e1"}', '{"user_id":"fixture-u3"}']
  harness.park('events', rowsBody('TIME_UNREADABLE', rows, { endpoint: 'events', ...acceptedAt(3) }))
  for (const n of [2, 3])
    harness.park('events', messageBody('EVENT_REFUSED', [event(`fixture-e${n}`)], acceptedAt(n + 2)))
  return harness
}

/** @returns the queues, and whether the run got past its n-th effect. */
async function runKilledAt(n: number, when: 'before' | 'after') {
  const harness = parkedHarness()
  const { changed, survived } = killedAt(n, when, harness.deps)
  void harness.redrive({}, changed)
  await settled()
  return { harness, survived: survived() }
}

test.each(['before', 'after'] as const)(
  'killed %s each of its effects, and run again: nothing is lost, duplicated or stale',
  async (when) => {
    let kills = 0
    for (let run = await runKilledAt(1, when); !run.survived; run = await runKilledAt(kills + 1, when)) {
      kills += 1
      const { harness } = run
      // Those being sent are visible again within a minute, the others when the time of the listing ends.
      harness.wait(60_000)
      await harness.redrive()
      harness.wait(900_000)
      await harness.redrive()
      const attributes = harness.recordsIn('profiles').map((record) => record.attributes)
      expect([kills, attributes.at(-1), attributes.some(({ city }) => city === 'x')]).toEqual([
        kills,
        { tier: 'b' },
        true,
      ])
      const names = harness.recordsIn('events').map(({ name }) => name)
      expect([kills, names.toSorted()]).toEqual([kills, ['fixture-e1', 'fixture-e2', 'fixture-e3']])
      expect([kills, ...harness.deadLetters('events').map((body) => JSON.parse(body).failure.code)]).toEqual([
        kills,
        'EVENT_NAME_MISSING',
      ])
    }
    expect(kills).toBeGreaterThan(15)
  },
)

/** Resolves when all pending in-memory work has run as far as it can. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
