import { expect, test } from 'vitest'
import {
  backoff,
  firstKeyBackoff,
  rateLimitWaitMs,
  withJitter,
} from '../../../../functions/worker/send/wait.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')

test.for([
  [{ 'x-ratelimit-retry-after': '17' }, 17_000],
  [{ 'retry-after': '60' }, 60_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 12:02:00 GMT' }, 120_000],
  [{ 'x-ratelimit-reset': '45' }, 45_000],
  [{ 'x-ratelimit-reset': '1795177800' }, 1_800_000],
  [{ 'x-ratelimit-retry-after': '5', 'retry-after': '60' }, 5_000],
  [{ 'retry-after': '0' }, 1_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 1_000],
  [{ 'retry-after': '3600' }, 3_600_000],
  [{ 'retry-after': '7200' }, 3_900_000],
  [{ 'retry-after': '86400' }, 3_900_000],
  // Milliseconds.
  [{ 'retry-after': '90000' }, 90_000],
  [{ 'x-ratelimit-retry-after': '3600000' }, 3_600_000],
  [{ 'x-ratelimit-retry-after': '99000000' }, 3_900_000],
  [{ 'x-ratelimit-reset': '1795177800000' }, 1_800_000],
  [{ 'x-ratelimit-reset': '1795176000000' }, 1_000],
  // Times that are too far ahead.
  [{ 'retry-after': 'Fri, 20 Nov 2026 13:05:00 GMT' }, 3_900_000],
  [{ 'retry-after': 'Fri, 20 Nov 2026 13:05:01 GMT' }, undefined],
  [{ 'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT' }, undefined],
  [{ 'retry-after': 'Thu, 01 Jan 2099 00:00:00 GMT', 'x-ratelimit-reset': '45' }, 45_000],
  [{ 'x-ratelimit-reset': '1795262400' }, undefined],
  [{ 'x-ratelimit-reset': '1795262400000' }, undefined],
  [{ 'x-ratelimit-reset': '9'.repeat(400) }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
] as const)('%o is a wait of %s ms', ([headers, ms]) => {
  expect(rateLimitWaitMs(headers, NOW)).toBe(ms)
})

test('jitter only adds: up to a tenth, at most half a minute', () => {
  expect(withJitter(60_000, () => 0)).toBe(60_000)
  expect(withJitter(60_000, () => 0.5)).toBe(63_000)
  expect(withJitter(3_600_000, () => 0.5)).toBe(3_615_000)
  // No wait is longer than 65 minutes.
  expect(withJitter(3_900_000, () => 0.5)).toBe(3_900_000)
})

test('the backoff doubles four times, then grows by a twentieth up to a quarter of an hour, half of it by chance', () => {
  expect([1, 2, 3, 4, 5, 6, 55, 999].map((receives) => backoff(receives, () => 0))).toEqual([
    2_500, 5_000, 10_000, 20_000, 40_000, 42_000, 450_000, 450_000,
  ])
  expect(backoff(1, () => 0.5)).toBe(3_750)
  expect(backoff(999, () => 0.999)).toBeLessThan(900_000)
})

test('a lane comes back within a tenth of the time that has passed, and 1,000 receives last a week', () => {
  const waits = Array.from({ length: 1_000 }, (_, index) => backoff(index + 1, () => 0.5))
  let passed = 0
  for (const [index, wait] of waits.entries()) {
    if (index >= 20) expect(wait / passed).toBeLessThan(0.1)
    passed += wait
  }
  expect(passed / 86_400_000).toBeGreaterThan(7)
})

test('before the first key, a lane comes back within a minute for 50 minutes, and 1,000 receives still last a week', () => {
  expect([1, 5, 6, 80].map((receives) => firstKeyBackoff(receives, () => 0))).toEqual([
    2_500, 40_000, 42_000, 55_000,
  ])
  const waits = Array.from({ length: 1_000 }, (_, index) => firstKeyBackoff(index + 1, () => 0.5))
  expect(Math.max(...waits.slice(0, 80))).toBe(55_000)
  const minutes = (end: number) => waits.slice(0, end).reduce((sum, wait) => sum + wait, 0) / 60_000
  expect(minutes(80)).toBeGreaterThan(50)
  expect(minutes(1_000)).toBeGreaterThan(7 * 24 * 60)
  // The next wait is in proportion to the time that has passed, as after any other trouble.
  expect((waits[80] ?? 0) / 60_000 / minutes(80)).toBeLessThan(0.1)
})
