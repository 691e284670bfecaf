import { describe, expect, test } from 'vitest'
import { nextRound } from '../../../../bin/ops/redrive/next-round.ts'
import { planRedrive } from '../../../../bin/ops/redrive/plan.ts'
import { createThrottle } from '../../../../bin/ops/redrive/throttle.ts'
import { SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import {
  createRedriveHarness,
  DEFAULT_OPTIONS,
  deadLetterOf,
  event,
  messageBody,
  NOON,
  rowsBody,
} from './harness.ts'

const parked = (n: number) =>
  messageBody('EVENT_REFUSED', [event(`fixture-e${n}`)], {
    id: `m-${n}`,
    receivedAt: `2026-11-20T11:${10 + n}:00.000Z`,
  })
const names = (harness: ReturnType<typeof createRedriveHarness>) =>
  harness.recordsIn('events').map(({ name }) => name)

/** Calls to SQS get a fifth of a round of 14 minutes. Six records of 100 seconds fit in the other 672 s. */
const SLOW = { rate: 0.01 }

/** Parks ten dead letters. Only the pace of the redrive moves the clock. */
function tenParked() {
  const harness = createRedriveHarness()
  for (let n = 0; n < 10; n++) harness.park('events', parked(n))
  const started = harness.deps.now()
  const pause = async (ms: number) => harness.wait(ms)
  return { harness, pause, seconds: () => (harness.deps.now() - started) / 1_000 }
}

describe('at a rate', () => {
  test('what is too much for one round is redriven in the next, in the order of acceptance', async () => {
    const { harness, pause, seconds } = tenParked()
    const { complete } = await harness.redrive(SLOW, { pause })
    expect(complete).toBe(true)
    expect(names(harness)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `fixture-e${n}`))
    expect(harness.deadLetters('events')).toEqual([])
    // Five waits in the first round and three in the second.
    expect(seconds()).toBe(800)
    expect(harness.lines.filter((line) => line.startsWith('Redriven:'))).toEqual([
      'Redriven: 6 records of 6 dead letters.',
      'Redriven: 4 records of 4 dead letters.',
    ])
  })

  test('what is rejected again meanwhile stays, since it would be redriven forever', async () => {
    const { harness, pause } = tenParked()
    let again = 10
    const sendBatch: typeof harness.deps.sendBatch = async (batch) => {
      harness.wait(1)
      for (const _ of batch) harness.park('events', parked(again++))
      return harness.deps.sendBatch(batch)
    }
    await harness.redrive(SLOW, { pause, sendBatch })
    expect(names(harness)).toHaveLength(10)
    expect(harness.deadLetters('events')).toHaveLength(10)
  })

  test('Ctrl-C ends the wait, and the others are visible again', async () => {
    const { harness } = tenParked()
    const pause = async () => harness.stop()
    const { complete, done } = await harness.redrive(SLOW, { pause })
    expect([complete, done.size]).toEqual([false, 1])
    expect(harness.visible('events')).toBe(9)
  })

  test('shows its progress in records', async () => {
    const { harness, pause } = tenParked()
    const printed: string[] = []
    const startProgress: typeof harness.deps.startProgress = (total, title) => ({
      to: (done, what) => printed.push(`${title} ${done} of ${total}, ${what}`),
      end: (what) => printed.push(`${title} ended with ${what}`),
    })
    await harness.redrive(SLOW, { pause, startProgress })
    expect(printed.slice(0, 7)).toEqual([
      'Redriving 1 of 6, about 0 s left',
      'Redriving 2 of 6, about 3 min left',
      'Redriving 3 of 6, about 3 min left',
      'Redriving 4 of 6, about 2 min left',
      'Redriving 5 of 6, about 1 min left',
      'Redriving 6 of 6, about 0 s left',
      'Redriving ended with 6 records of 6 dead letters',
    ])
  })
})

test('the rate is that of all lanes together, and counts the records of each message', async () => {
  let now = 0
  const pause = async (ms: number) => {
    now += ms
  }
  const pace = createThrottle(10, 60_000, { now: () => now, pause, stop: new AbortController().signal })
  const at: number[] = []
  for (const records of [1, 50, 1, 1]) {
    expect(await pace(records)).toBe(true)
    at.push(now)
  }
  expect(at).toEqual([0, 100, 5_100, 5_200])
})

test('a round ends between requests only, and takes at least one', () => {
  const body = (n: number, code: string, from: number) =>
    rowsBody(code, ['{"user_id":"fixture-u1","tier":"a"}', '{"user_id":"fixture-u2","tier":"a"}'], {
      requestId: `request-${n}`,
      receivedAt: `2026-11-20T11:0${n}:00.000Z`,
      from,
    })
  const deadLetters = [
    deadLetterOf(body(2, 'OP_UNKNOWN', 0), { messageId: 'b' }),
    deadLetterOf(body(1, 'OP_UNKNOWN', 0), { messageId: 'a1' }),
    deadLetterOf(body(1, 'TIME_UNREADABLE', 2), { messageId: 'a2' }),
  ]
  const plan = planRedrive(deadLetters, { ...DEFAULT_OPTIONS, includeStale: true }, NOON, SETTINGS)
  const round = (room: number) => nextRound(plan, room).map(({ deadLetter }) => deadLetter.messageId)
  expect([round(1), round(4), round(5), round(6)]).toEqual([
    ['a1', 'a2'],
    ['a1', 'a2'],
    ['a1', 'a2'],
    ['a1', 'a2', 'b'],
  ])
})

describe('--run', () => {
  test('records of other runs stay', async () => {
    const harness = createRedriveHarness()
    for (const [n, run_id] of [
      [0, '889'],
      [1, '890'],
    ] as const)
      harness.park(
        'events',
        messageBody('EVENT_REFUSED', [{ ...event(`fixture-e${n}`), run_id }], { id: `m-${n}` }),
      )
    await harness.redrive({ run: '889' })
    expect(names(harness)).toEqual(['fixture-e0'])
    expect(harness.deadLetters('events')).toHaveLength(1)
    expect(harness.lines[0]).toBe('Dead letters: 0 in profiles, 2 in events. Not selected: 1.')
  })

  test('only the rows of the run are redriven, the others stay in the dead letter', async () => {
    const harness = createRedriveHarness()
    const rows = ['{"user_id":"fixture-u1","tier":"a","run_id":889}', '{"user_id":"fixture-u2","tier":"b"}']
    harness.park('profiles', rowsBody('OP_UNKNOWN', rows))
    await harness.redrive({ run: '889' })
    expect(harness.recordsIn('profiles').map(({ external_id }) => external_id)).toEqual(['fixture-u1'])
    expect(harness.deadLetters('profiles').map((body) => JSON.parse(body).rows)).toEqual([
      [{ index: 1, row: { user_id: 'fixture-u2', tier: 'b' } }],
    ])
  })
})
