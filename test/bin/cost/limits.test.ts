import { expect, test } from 'vitest'
import { limitsOf } from '../../../bin/cost/limits.ts'
import { USAGE } from './usage-fixture.ts'

test('each limit in rows a second, the narrowest first', () => {
  const limits = limitsOf(USAGE, { brazeMs: 100, memoryMb: 884.5, tracing: false })
  expect(limits.map(({ name, rowsPerSecond }) => [name, Math.round(rowsPerSecond)])).toEqual([
    // 30 requests a second with 100 rows each.
    ['requestsPerSecond of profiles', 3_000],
    ['requestsPerSecond of events', 5_000],
    // Two workers with 10 answers a second each.
    ['concurrency of events', 5_000],
    ['concurrency of profiles', 6_000],
    ['lanes, a worker each', 10_000],
    ['throttle of the API', 50_000],
    ["Braze's contract (1,000 requests a second)", 71_429],
    // 300 messages a second in each of ten lanes, with 125 rows each.
    ['messages of a lane', 375_000],
    ['SQS FIFO calls', 5_833_333],
    ['HTTP API of the account', 10_000_000],
    // Of 1,000 concurrent invocations, those that the workers leave free handle 1,000 rows in 45 ms each.
    ['Lambda concurrency of the account', 22_044_444],
  ])
})
