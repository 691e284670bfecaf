import { expect, test } from 'vitest'
import { createVirtualClock } from '../../../bin/proof/clock.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const never = () => new Promise<never>(() => {})

test('fourteen days of looking up every hour take no time worth mentioning', async () => {
  const clock = createVirtualClock(NOON)
  const startedAt = performance.now()
  const looks = await clock.run(async () => {
    let count = 0
    for (; clock.now() < NOON + 14 * DAY_MS; count++) await clock.sleep(HOUR_MS)
    return count
  })
  expect(looks).toBe(336)
  expect(new Date(clock.now()).toISOString()).toBe('2026-12-04T12:00:00.000Z')
  // The loop needs a few milliseconds; even one real minute of waiting would show that time is not virtual.
  expect(performance.now() - startedAt).toBeLessThan(5000)
})

test('sleepers wake by time, and those of one instant in the order of falling asleep', async () => {
  const clock = createVirtualClock(NOON)
  const woken: string[] = []
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms)
    woken.push(`${name} at ${clock.now() - NOON}`)
  }
  await clock.run(() =>
    Promise.all([sleeper('a', 20), sleeper('b', 10), sleeper('c', 20), sleeper('d', 0), sleeper('e', -5)]),
  )
  expect(woken).toEqual(['d at 0', 'e at 0', 'b at 10', 'a at 20', 'c at 20'])
})

test('a sleeper comes to rest before the next one of its instant wakes', async () => {
  const clock = createVirtualClock(NOON)
  const steps: string[] = []
  const sleeper = async (name: string) => {
    await clock.sleep(10)
    for (const step of [1, 2, 3]) steps.push(await Promise.resolve(`${name}${step}`))
  }
  await clock.run(() => Promise.all([sleeper('a'), sleeper('b')]))
  expect(steps).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])
})

test('time stands still while promises are settled, however many', async () => {
  const clock = createVirtualClock(NOON)
  const seen = await clock.run(async () => {
    void clock.sleep(1)
    for (let link = 0; link < 10_000; link++) await Promise.resolve()
    return clock.now()
  })
  expect(seen).toBe(NOON)
})

test('nobody waits for what was abandoned', async () => {
  const clock = createVirtualClock(NOON)
  const result = await clock.run(async () => {
    void never()
    void clock.sleep(DAY_MS)
    await clock.sleep(10)
    return 'fixture-result-4417'
  })
  expect(result).toBe('fixture-result-4417')
  expect(clock.now()).toBe(NOON + 10)
})

test('a second run goes on in the time of the first', async () => {
  const clock = createVirtualClock(NOON)
  await clock.run(() => clock.sleep(10))
  await clock.run(() => clock.sleep(10))
  expect(clock.now()).toBe(NOON + 20)
})

test('a deadlock is an error that says when', async () => {
  const clock = createVirtualClock(NOON)
  const run = clock.run(async () => {
    await clock.sleep(HOUR_MS)
    await never()
  })
  await expect(run).rejects.toThrow('deadlock at 2026-11-20T13:00:00.000Z')
})

test('an error comes out as it is', async () => {
  const clock = createVirtualClock(NOON)
  const failure = new Error('fixture trouble')
  const run = clock.run(async () => {
    await clock.sleep(10)
    throw failure
  })
  await expect(run).rejects.toBe(failure)
})

test('a sleep of no length at all is an error of who asked for it', async () => {
  const clock = createVirtualClock(NOON)
  await expect(clock.sleep(Number.NaN)).rejects.toThrow('NaN')
})
