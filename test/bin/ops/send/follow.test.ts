import { expect, test } from 'vitest'
import { followToEnd, openFollower } from '../../../../bin/ops/send/follow.ts'
import type { FinishedMessage } from '../../../../functions/shared/finished-line.ts'

const message = (
  messageId: string,
  delivered: number,
  more: Partial<FinishedMessage> = {},
): FinishedMessage => ({
  requestId: 'r-1',
  messageId,
  delivered,
  parked: 0,
  ...more,
})

/**
 * Follows the requests r-1 and r-2 with a clock that only pauses move.
 * @param log what it holds at each poll; the last entry repeats.
 */
async function followed(
  accepted: number,
  log: readonly (readonly FinishedMessage[] | 'no answer')[],
  { waiting = 1, until = 600_000, stopAt = Number.POSITIVE_INFINITY, requestIds = ['r-1', 'r-2'] } = {},
) {
  let now = 0
  const looks: { at: number; since: number }[] = []
  const stopping = new AbortController()
  const deps = {
    bridge: {
      finished: async (since: number) => {
        const messages = log[Math.min(looks.length, log.length - 1)] ?? []
        looks.push({ at: now, since })
        if (messages === 'no answer') throw new Error('AccessDenied')
        return messages
      },
      queues: async () => ({ profiles: { waiting, inFlight: 0 }, events: { waiting: 0, inFlight: 0 } }),
    },
    pause: async (ms: number) => {
      now += ms
      if (now >= stopAt) stopping.abort()
    },
    now: () => now,
    stop: stopping.signal,
  }
  const follower = openFollower(deps)
  for (const id of requestIds) follower.requestIds.add(id)
  const result = await followToEnd(follower, accepted, { until, onTally: () => undefined }, deps)
  const { tally, ended } = result
  return { ...tally, codes: Object.fromEntries(tally.codes), ended, looks, endedAt: now }
}

test('follows until every row is delivered or parked; what others send does not count', async () => {
  const parked = message('m-2', 1, {
    requestId: 'r-2',
    parked: 2,
    codes: { REJECTED_BY_BRAZE: 1, ATTRIBUTE_REFUSED: 1 },
  })
  const result = await followed(8, [
    [],
    [message('m-1', 5), message('m-9', 50, { requestId: 'r-9' })],
    [message('m-1', 5), parked],
  ])
  expect(result).toMatchObject({
    delivered: 6,
    parked: 2,
    codes: { REJECTED_BY_BRAZE: 1, ATTRIBUTE_REFUSED: 1 },
    ended: 'all',
  })
  expect(result.looks.map(({ at }) => at)).toEqual([0, 250, 750])
})

test('a message that is finished twice counts once, and what was seen is kept', async () => {
  const result = await followed(8, [[message('m-1', 5)], [message('m-1', 5)], [message('m-2', 3)]])
  expect(result).toMatchObject({ delivered: 8, ended: 'all' })
})

test('each read of the log overlaps the previous one, because lines arrive late', async () => {
  const { looks } = await followed(8, [[], [], [message('m-1', 8)]])
  expect(looks).toEqual([
    { at: 0, since: -300_000 },
    { at: 250, since: -300_000 },
    { at: 750, since: -299_750 },
  ])
})

test.each([
  ['timeout', { until: 10_000 }],
  ['stopped', { stopAt: 10_000 }],
])('%s: ends with what is known', async (ended, how) => {
  expect(await followed(8, [[message('m-1', 5)]], how)).toMatchObject({ delivered: 5, ended })
})

test('while messages wait, it continues, however long nothing is delivered', async () => {
  expect(await followed(8, [[]], { until: 10_000_000 })).toMatchObject({ ended: 'timeout' })
})

test('ends when the queues are empty and the log stays silent', async () => {
  const result = await followed(8, [[message('m-1', 5)]], { waiting: 0 })
  expect(result).toMatchObject({ delivered: 5, ended: 'silent' })
  expect(result.endedAt).toBeGreaterThanOrEqual(90_000)
  expect(result.endedAt).toBeLessThan(100_000)
})

test('a log that cannot be read is read again, and then reported', async () => {
  expect(await followed(5, ['no answer', 'no answer', [message('m-1', 5)]])).toMatchObject({ ended: 'all' })
  expect(await followed(5, ['no answer'])).toMatchObject({ ended: { problem: 'AccessDenied' } })
})

test('without an id of any request, nothing is waited for', async () => {
  expect(await followed(3, [[message('m-1', 3)]], { requestIds: [] })).toMatchObject({
    ended: 'unidentified',
    delivered: 0,
    looks: [],
    endedAt: 0,
  })
})
