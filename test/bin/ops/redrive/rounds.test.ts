import { describe, expect, test } from 'vitest'
import { nextRound } from '../../../../bin/ops/redrive/next-round.ts'
import { paced } from '../../../../bin/ops/redrive/pace.ts'
import { toPlan } from '../../../../bin/ops/redrive/plan.ts'
import { SETTINGS } from '../../../functions/receiver/settings-fixture.ts'
import { CHOICE, letterOf, messageBody, NOON, openDesk, rowsBody } from './desk.ts'

const event = (n: number) => ({ type: 'event', external_id: 'fixture-u1', name: `fixture-e${n}` })
const parked = (n: number) =>
  messageBody('EVENT_REFUSED', [event(n)], {
    id: `m-${n}`,
    receivedAt: `2026-11-20T11:${10 + n}:00.000Z`,
  })
const names = (desk: ReturnType<typeof openDesk>) => desk.recordsIn('events').map(({ name }) => name)

/** 14 minutes of a round, of which a fifth is for SQS: 672 seconds, so six records of 100 seconds. */
const SLOW = { rate: 0.01 }

/** Ten letters, of which each goes back in a time that only the pace moves. */
function tenParked() {
  const desk = openDesk()
  for (let n = 0; n < 10; n++) desk.park('events', parked(n))
  const started = desk.deps.now()
  const pause = async (ms: number) => desk.wait(ms)
  return { desk, pause, seconds: () => (desk.deps.now() - started) / 1_000 }
}

describe('at a rate', () => {
  test('what is too much for one round goes in the next, in the order of acceptance', async () => {
    const { desk, pause, seconds } = tenParked()
    const { complete } = await desk.redrive(SLOW, { pause })
    expect(complete).toBe(true)
    expect(names(desk)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `fixture-e${n}`))
    expect(desk.letters('events')).toEqual([])
    // Five waits of the first round, three of the second, and between them two seconds until the letters are visible.
    expect(seconds()).toBe(802)
    expect(desk.lines.filter((line) => line.startsWith('Put back:'))).toEqual([
      'Put back: 6 records of 6 letters.',
      'Put back: 4 records of 4 letters.',
    ])
  })

  test('what is rejected again meanwhile stays, or it would go back for ever', async () => {
    const { desk, pause } = tenParked()
    let again = 10
    const sendBatch: typeof desk.deps.sendBatch = async (batch) => {
      desk.wait(1)
      for (const _ of batch) desk.park('events', parked(again++))
      return desk.deps.sendBatch(batch)
    }
    await desk.redrive(SLOW, { pause, sendBatch })
    expect(names(desk)).toHaveLength(10)
    expect(desk.letters('events')).toHaveLength(10)
  })

  test('Ctrl-C ends the wait, and what was not begun is visible again', async () => {
    const { desk } = tenParked()
    const pause = async () => desk.stop()
    const { complete, done } = await desk.redrive(SLOW, { pause })
    expect([complete, done.size]).toEqual([false, 1])
    desk.wait(1_000)
    expect(desk.visible('events')).toBe(9)
  })

  test('shows how far it is, in records', async () => {
    const { desk, pause } = tenParked()
    const shown: string[] = []
    const startProgress: typeof desk.deps.startProgress = (total, title) => ({
      to: (done, what) => shown.push(`${title} ${done} of ${total}, ${what}`),
      end: (what) => shown.push(`${title} ended with ${what}`),
    })
    await desk.redrive(SLOW, { pause, startProgress })
    expect(shown.slice(0, 7)).toEqual([
      'Putting back 1 of 6, about 0 s left',
      'Putting back 2 of 6, about 3 min left',
      'Putting back 3 of 6, about 3 min left',
      'Putting back 4 of 6, about 2 min left',
      'Putting back 5 of 6, about 1 min left',
      'Putting back 6 of 6, about 0 s left',
      'Putting back ended with 6 records of 6 letters',
    ])
  })
})

test('the pace is that of all lanes together, and a message of many records takes its time', async () => {
  let now = 0
  const pause = async (ms: number) => {
    now += ms
  }
  const pace = paced(10, 60_000, { now: () => now, pause, stop: new AbortController().signal })
  const at: number[] = []
  for (const records of [1, 50, 1, 1]) {
    expect(await pace(records)).toBe(true)
    at.push(now)
  }
  expect(at).toEqual([0, 100, 5_100, 5_200])
})

test('a round is cut between requests only, and takes one at least', () => {
  const body = (n: number, code: string, from: number) =>
    rowsBody(code, ['{"user_id":"fixture-u1","tier":"a"}', '{"user_id":"fixture-u2","tier":"a"}'], {
      requestId: `request-${n}`,
      receivedAt: `2026-11-20T11:0${n}:00.000Z`,
      from,
    })
  const letters = [
    letterOf(body(2, 'OP_UNKNOWN', 0), { messageId: 'b' }),
    letterOf(body(1, 'OP_UNKNOWN', 0), { messageId: 'a1' }),
    letterOf(body(1, 'TIME_UNREADABLE', 2), { messageId: 'a2' }),
  ]
  const plan = toPlan(letters, { ...CHOICE, includeStale: true }, NOON, SETTINGS)
  const round = (room: number) => nextRound(plan, room).map(({ letter }) => letter.messageId)
  expect([round(1), round(4), round(5), round(6)]).toEqual([
    ['a1', 'a2'],
    ['a1', 'a2'],
    ['a1', 'a2'],
    ['a1', 'a2', 'b'],
  ])
})

describe('--run', () => {
  test('records of other runs stay', async () => {
    const desk = openDesk()
    for (const [n, run_id] of [
      [0, '889'],
      [1, '890'],
    ] as const)
      desk.park('events', messageBody('EVENT_REFUSED', [{ ...event(n), run_id }], { id: `m-${n}` }))
    await desk.redrive({ run: '889' })
    expect(names(desk)).toEqual(['fixture-e0'])
    expect(desk.letters('events')).toHaveLength(1)
    expect(desk.lines[0]).toBe('Dead letters: 0 in profiles, 2 in events, 1 of them not asked for')
  })

  test('of a letter of rows those of the run go back, the others stay in it', async () => {
    const desk = openDesk()
    const rows = ['{"user_id":"fixture-u1","tier":"a","run_id":889}', '{"user_id":"fixture-u2","tier":"b"}']
    desk.park('profiles', rowsBody('OP_UNKNOWN', rows))
    await desk.redrive({ run: '889' })
    expect(desk.recordsIn('profiles').map(({ external_id }) => external_id)).toEqual(['fixture-u1'])
    expect(desk.letters('profiles').map((body) => JSON.parse(body).rows)).toEqual([
      [{ index: 1, row: { user_id: 'fixture-u2', tier: 'b' } }],
    ])
  })
})
