import { expect, test } from 'vitest'
import { formatVerdict, type Observed, verdictOf } from '../../../bin/ops/verdict.ts'
import { NO_ANSWERS } from './no-answers.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const EMPTY = { isPaused: false, waiting: 0, inFlight: 0 }
const WAITING = { ...EMPTY, waiting: 63, inFlight: 1, oldestMs: 44_000 }
const lastAnswer = (status: string, secondsAgo = 1) => ({ status, at: NOON - secondsAgo * 1_000 })

const observed = (more: Partial<Observed>, profiles: Partial<Observed['queues']['profiles']> = WAITING) => ({
  at: NOON,
  queues: { profiles: { ...EMPTY, ...profiles }, events: EMPTY },
  deadLetters: 0,
  answers: NO_ANSWERS,
  holds: 0,
  last: undefined,
  ...more,
})

test.each([
  ['Braze refuses the key (401).', { last: lastAnswer('401'), answers: { ...NO_ANSWERS, '401': 3 } }],
  [
    'The Braze key may not write, or the account is closed (403).',
    { last: lastAnswer('403'), answers: { ...NO_ANSWERS, '403': 3 } },
  ],
  ['The Braze address in the secret is wrong (404).', { last: lastAnswer('404') }],
  ['Braze limits the requests (429).', { last: lastAnswer('429') }],
  ['Braze rejects the requests (400).', { last: lastAnswer('400') }],
  ['Braze is failing (503).', { last: lastAnswer('503'), answers: { ...NO_ANSWERS, '2xx': 9, '5xx': 9 } }],
  ['Braze does not answer (timeout).', { last: lastAnswer('timeout') }],
  ['The worker holds rows until somebody acts.', { holds: 2 }],
])('while 64 messages wait: %s', (headline, more) => {
  expect(verdictOf(observed(more))).toMatchObject({
    severity: 'problem',
    headline,
    meaning:
      '64 messages wait, the oldest for 44 s. Nothing is lost: delivery goes on when the cause is gone.',
    waitedMs: 44_000,
  })
})

test.each([
  [
    'one bad answer among good ones',
    { last: lastAnswer('503'), answers: { ...NO_ANSWERS, '2xx': 9, '5xx': 1 } },
  ],
  [
    'a search for a bad row, with probes that are accepted',
    { last: lastAnswer('400'), answers: { ...NO_ANSWERS, '2xx': 1, '400': 2 } },
  ],
  ['a bad answer of half an hour ago', { last: lastAnswer('503', 1_800) }],
  ['good answers', { last: lastAnswer('201'), answers: { ...NO_ANSWERS, '2xx': 9 } }],
])('%s: it is delivering', (_, more) => {
  expect(verdictOf(observed(more))).toEqual({
    severity: 'ok',
    code: 'DELIVERING',
    headline: 'The bridge is delivering.',
    meaning: '64 messages wait, the oldest for 44 s.',
  })
})

test('a hold before an accepted request is a note while something waits, and nothing after that', () => {
  const after = { last: lastAnswer('201'), answers: { ...NO_ANSWERS, '2xx': 1, '401': 3 }, holds: 3 }
  expect(verdictOf(observed(after))).toMatchObject({
    severity: 'note',
    headline: 'The worker held rows in the last minutes.',
  })
  expect(verdictOf(observed(after, {})).code).toBe('IDLE')
})

test('a hold counts at once, although most recent answers were good', () => {
  const answers = { ...NO_ANSWERS, '2xx': 90, '401': 1 }
  expect(verdictOf(observed({ last: lastAnswer('401'), answers, holds: 1 })).code).toBe('BRAZE_REFUSES')
})

test.each([
  ['problem', 'resume profiles', { ...WAITING, isPaused: true }],
  ['note', 'resume profiles', { isPaused: true }],
])('a paused queue is a %s', (severity, next, profiles) => {
  const last = lastAnswer('503')
  expect(verdictOf(observed({ last }, profiles))).toMatchObject({
    severity,
    code: 'PAUSED',
    headline: 'Delivery of profiles is paused.',
    next,
  })
})

test('a failing Braze outranks a pause while the other queue has messages', () => {
  const queues = { profiles: { ...WAITING, isPaused: true }, events: WAITING }
  expect(verdictOf(observed({ queues, last: lastAnswer('503') })).code).toBe('BRAZE_FAILS')
})

test('both queues paused', () => {
  const queues = { profiles: { ...EMPTY, isPaused: true }, events: { ...EMPTY, isPaused: true } }
  expect(verdictOf(observed({ queues }))).toMatchObject({
    headline: 'Delivery of profiles and events is paused.',
    meaning: 'Nothing waits.',
    next: 'resume',
  })
})

test('from seven days on, it no longer says that nothing is lost', () => {
  const old = { ...WAITING, oldestMs: 7 * 86_400_000 }
  expect(verdictOf(observed({ last: lastAnswer('503') }, old)).meaning).toBe(
    '64 messages wait, the oldest for 7 d 0 h. SQS deletes messages after 14 days.',
  )
})

test('dead letters are a note, after everything that holds', () => {
  const verdict = verdictOf(observed({ deadLetters: 1 }, {}))
  expect(formatVerdict(verdict, '--stage prod')).toEqual([
    '--  There is 1 dead letter.',
    '    Nothing waits. Rows in dead letters are not in Braze until you redrive them.',
    '    Next: npm run ops -- dead-letters --stage prod',
  ])
  const failing = observed({ last: lastAnswer('503'), deadLetters: 9 })
  expect(verdictOf(failing).code).toBe('BRAZE_FAILS')
})

test('an idle bridge', () => {
  expect(formatVerdict(verdictOf(observed({}, {})), '--local')).toEqual([
    'ok  Everything is delivered.',
    '    Nothing waits.',
  ])
})
