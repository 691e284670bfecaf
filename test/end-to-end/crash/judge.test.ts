import { expect, test } from 'vitest'
import { explainDuplicates } from './duplicates.ts'
import type { Evidence, Kill } from './evidence.ts'
import { promisesBrokenByCrashes } from './judge.ts'

const ANSWER_MS = 75
const MESSAGES_IN_HAND = 2

const kill = (at: number, hit: Partial<Kill> = {}): Kill => ({
  at,
  over: at + 10,
  duringStart: false,
  brazeRequests: 1,
  openEvents: [],
  eventsInHand: [],
  profilesInHand: 0,
  waiting: 5,
  ...hit,
})

const arrival = (n: number, at: number, user = 'fixture-e1') => ({ n, user, at })

/** The evidence of a run that broke no promise. */
const fine: Evidence = {
  model: new Map([['fixture-u1', { tier: 'fixture-tier-1', AIQ_7731_2: false }]]),
  profiles: new Map([['fixture-u1', { tier: 'fixture-tier-1', AIQ_7731_2: false }]]),
  accepted: [
    { n: 0, user: 'fixture-e1' },
    { n: 1, user: 'fixture-e1' },
  ],
  arrived: [arrival(0, 100), arrival(1, 900)],
  kills: [kill(1_000)],
  left: [],
  miscounted: [],
}

const judge = (changed: Partial<Evidence>) => {
  const evidence = { ...fine, ...changed }
  return promisesBrokenByCrashes(evidence, explainDuplicates(evidence, ANSWER_MS), MESSAGES_IN_HAND)
}

test('a run in which all went well breaks nothing', () => {
  expect(judge({})).toEqual([])
})

test('a value that is not the last one, one too few and one too many are told', () => {
  const profiles = (attributes: Record<string, unknown>) =>
    judge({ profiles: new Map([['fixture-u1', attributes]]) })
  expect(profiles({ tier: 'fixture-tier-0', AIQ_7731_2: false })).toEqual([
    'wrong profile: fixture-u1 has tier = fixture-tier-0, and fixture-tier-1 was sent last',
  ])
  expect(profiles({ tier: 'fixture-tier-1' })).toEqual([
    'wrong profile: fixture-u1 has AIQ_7731_2 = undefined, and false was sent last',
  ])
  expect(profiles({ tier: 'fixture-tier-1', AIQ_7731_2: false, row_0: 7 })).toEqual([
    'wrong profile: fixture-u1 has row_0 = 7, and undefined was sent last',
  ])
  expect(judge({ profiles: new Map([...fine.profiles, ['fixture-u2', { row_0: 7 }]]) })).toEqual([
    'wrong profile: fixture-u2 was never sent',
  ])
})

test('a lost, an invented and an overtaken event are told', () => {
  expect(judge({ arrived: [arrival(0, 100)] })).toEqual(['lost: event 1'])
  expect(judge({ arrived: [...fine.arrived, arrival(2, 990)] })).toEqual(['invented: event 2'])
  expect(judge({ arrived: [arrival(1, 100), arrival(0, 900)] })).toEqual([
    'overtaken: event 0 of fixture-e1 arrived after event 1',
  ])
})

test('what is left behind, a wrong count and kills that hit nothing are told', () => {
  expect(judge({ left: ['a message in events-dlq.fifo'] })).toEqual([
    'left behind: a message in events-dlq.fifo',
  ])
  expect(judge({ miscounted: ['event 1: 0 accepted'] })).toEqual(['wrongly counted: event 1: 0 accepted'])
  expect(judge({ kills: [kill(1_000, { waiting: 0 })] })).toEqual([
    'nothing proved: the queues were empty at every kill',
  ])
  expect(judge({ kills: [kill(1_000, { eventsInHand: [[0], [1], [2]] })] })).toEqual([
    'too much at stake: 3 messages of events in hand at kill 1',
  ])
})

test('a double is explained by a kill that came between both copies while the event was in hand', () => {
  const explain = (first: number, second: number, kills: Kill[]) =>
    explainDuplicates({ arrived: [arrival(7, first), arrival(7, second)], kills }, ANSWER_MS)
  const inHand = kill(1_000, { eventsInHand: [[7]] })
  const none = { answerLost: 0, notDeleted: 0, longestMs: 0, resent: 0, unexplained: [] }
  const unexplained = { ...none, unexplained: [{ n: 7, times: 2 }] }

  expect(explain(950, 1_500, [inHand])).toEqual({ ...none, answerLost: 1 })
  expect(explain(900, 1_500, [inHand])).toEqual({ ...none, notDeleted: 1, longestMs: 25 })
  expect(explain(1_200, 1_500, [inHand])).toEqual(unexplained)
  expect(explain(800, 900, [inHand])).toEqual(unexplained)
  expect(explain(950, 1_500, [kill(1_000)])).toEqual(unexplained)
  const forgotten = kill(3_000, { eventsInHand: [[7]] })
  expect(explain(1_000, 3_500, [forgotten])).toEqual(unexplained)
})

test('an event that its sender sent again is explained once', () => {
  const kills = [kill(1_000, { openEvents: [7] })]
  const copies = (...times: number[]) =>
    explainDuplicates({ arrived: times.map((at) => arrival(7, at)), kills }, ANSWER_MS)
  expect(copies(1_200, 1_300)).toMatchObject({ resent: 1, unexplained: [] })
  expect(copies(1_200, 1_300, 1_400)).toMatchObject({ resent: 1, unexplained: [{ n: 7, times: 3 }] })
  expect(copies(800, 900)).toMatchObject({ resent: 0, unexplained: [{ n: 7, times: 2 }] })
})
