import { describe, expect, test } from 'vitest'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'
import { judge } from '../../../../functions/worker/send/judge.ts'
import recorded from '../../../fixtures/braze-answers.json' with { type: 'json' }

const NOW = Date.parse('2026-11-20T12:00:00Z')
const answer = (status: number, body: unknown = {}, headers = {}): BrazeAnswer => ({
  kind: 'answer',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** A request of these objects, each of another user whom Braze counts. */
function sent(attributes: number, events = 0, purchases = 0) {
  const objects = { attributes, events, purchases }
  return { objects, countable: objects }
}
const MIXED = sent(2, 1)

/** Answers from public places, each with its source, and with the verdict that it must get. */
test.each(recorded)('$id: $kind', ({ status, headers, body, sent: [a = 0, e, p], verdict }) => {
  expect(judge(answer(status, body, headers), sent(a, e, p), NOW)).toEqual(verdict)
})

test.for([
  ['a redirect', answer(308), { kind: 'hold', cause: 'BRAZE_URL_WRONG', status: 308 }],
  ['404', answer(404, '<html>'), { kind: 'hold', cause: 'BRAZE_URL_WRONG', status: 404 }],
  ['405', answer(405), { kind: 'hold', cause: 'BRAZE_URL_WRONG', status: 405 }],
  [
    'a 400 that is a page of HTML',
    answer(400, '<html>'),
    { kind: 'retry', cause: 'unreadable 400', status: 400 },
  ],
  ['a 400 without words', answer(400, {}), { kind: 'retry', cause: 'unreadable 400', status: 400 }],
  ['a 400 that is a list', answer(400, []), { kind: 'retry', cause: 'unreadable 400', status: 400 }],
  ['a status that is not listed', answer(418), { kind: 'retry', cause: '418', status: 418 }],
  ['a 429 that names no wait', answer(429), { kind: 'wait' }],
  [
    'a 503 with a wait',
    answer(503, '', { 'retry-after': '120' }),
    { kind: 'retry', cause: '503', status: 503, waitMs: 120_000 },
  ],
  [
    'a 503 with a wait of an hour',
    answer(503, '', { 'retry-after': '3600' }),
    { kind: 'retry', cause: '503', status: 503, waitMs: 600_000 },
  ],
  ['a 201 that is a page of HTML', answer(201, '<html>'), { kind: 'unconfirmed', status: 201 }],
  ['a 204', answer(204, ''), { kind: 'unconfirmed', status: 204 }],
  [
    'a 201 with an unknown message and all counters',
    answer(201, { message: 'maintenance', attributes_processed: 2, events_processed: 1 }),
    { kind: 'unconfirmed', status: 201 },
  ],
  [
    'a 201 with counters and no message',
    answer(201, { attributes_processed: 2, events_processed: 1 }),
    { kind: 'accepted', status: 201, rejected: [] },
  ],
  [
    'a 201 with one of two counters and no message',
    answer(201, { attributes_processed: 2 }),
    { kind: 'unconfirmed', status: 201 },
  ],
  ['a time-out', { kind: 'no answer', cause: 'timeout' }, { kind: 'retry', cause: 'timeout' }],
] as const)('%s', ([, given, verdict]) => {
  expect(judge(given, MIXED, NOW)).toEqual(verdict)
})

describe('a message about the key, its addresses, its permissions or the account holds, whatever the status', () => {
  test.for([
    ['Invalid API Key', 'BRAZE_KEY_REFUSED'],
    ['Error authenticating credentials', 'BRAZE_KEY_REFUSED'],
    ['Invalid whitelisted IPs', 'BRAZE_ADDRESS_REFUSED'],
    ['Your IP address is not allowed', 'BRAZE_ADDRESS_REFUSED'],
    ['You do not have permission to access this resource', 'BRAZE_KEY_LACKS_PERMISSION'],
    ['Access Denied', 'BRAZE_KEY_LACKS_PERMISSION'],
    ['The account is inactive', 'BRAZE_KEY_LACKS_PERMISSION'],
  ])('%s', ([message, cause]) => {
    expect(judge(answer(400, { message }), MIXED, NOW)).toEqual({ kind: 'hold', cause, status: 400 })
    expect(judge(answer(403, { error: message }), MIXED, NOW)).toEqual({ kind: 'hold', cause, status: 403 })
  })
})

test.for([
  ['a text', 'fixture words', 'fixture words'],
  ['a type', { type: 'fixture words', message: 'more' }, 'fixture words'],
  ['a message', { message: 'fixture words' }, 'fixture words'],
  ['an error', { error: 'fixture words' }, 'fixture words'],
  ['none of these', { code: 17 }, '{"code":17}'],
])('the words of an error in the form of %s reach the verdict', ([, error, words]) => {
  const body = { message: 'success', errors: [error] }
  expect(judge(answer(201, body), MIXED, NOW)).toMatchObject({ unattributed: words })
})

test('errors name objects by array and index; the first of two for one object counts', () => {
  const errors = [
    { type: 'fixture first', input_array: 'attributes', index: 1 },
    { type: 'fixture second', input_array: 'attributes', index: 1 },
    { type: 'fixture event', input_array: 'events', index: 0 },
  ]
  const body = { message: 'success', attributes_processed: 1, events_processed: 0, errors }
  expect(judge(answer(201, body), MIXED, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [
      { array: 'attributes', index: 1, message: 'fixture first' },
      { array: 'events', index: 0, message: 'fixture event' },
    ],
  })
})

test.for([[{}], [''], [false], [[null]], [[{}]]])('errors that say nothing are none: %j', ([errors]) => {
  const body = { message: 'success', errors }
  expect(judge(answer(201, body), MIXED, NOW)).toEqual({ kind: 'accepted', status: 201, rejected: [] })
})

test('an index without an array is unambiguous if one array was sent, and not if two were', () => {
  const body = { message: 'success', errors: [{ type: 'fixture', index: 0 }] }
  expect(judge(answer(201, body), sent(0, 2), NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [{ array: 'events', index: 0, message: 'fixture' }],
  })
  expect(judge(answer(201, body), MIXED, NOW)).toMatchObject({ rejected: [], unattributed: 'fixture' })
})

test.for([
  ['no index', { type: 'fixture', input_array: 'events' }],
  ['an index out of range', { type: 'fixture', input_array: 'events', index: 1 }],
  ['an unknown array', { type: 'fixture', input_array: 'fixture', index: 0 }],
] as const)('an error with %s is unattributed unless the counters account for all', ([, error]) => {
  const body = { message: 'success', attributes_processed: 2, errors: [error] }
  expect(judge(answer(201, { ...body, events_processed: 0 }), MIXED, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [],
    unattributed: 'fixture',
    uncounted: 1,
  })
  expect(judge(answer(201, { ...body, events_processed: 1 }), MIXED, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [],
    contradictory: true,
  })
})

describe('counters that do not add up without an error', () => {
  const body = { message: 'success', events_processed: 1 }
  test('are reported with the number of objects that are certainly missing', () => {
    expect(judge(answer(201, body), sent(0, 3), NOW)).toMatchObject({ rejected: [], uncounted: 2 })
  })
  test('are right if a user occurs twice, since Braze counts external ids', () => {
    const twice = { objects: sent(0, 2).objects, countable: sent(0, 1).objects }
    expect(judge(answer(201, body), twice, NOW)).toEqual({ kind: 'accepted', status: 201, rejected: [] })
  })
})

test('a 400 that counts nothing is rejected as a whole, also if its errors name every object', () => {
  const errors = [{ type: 'fixture', input_array: 'events', index: 0 }]
  expect(judge(answer(400, { events_processed: 0, errors }), sent(0, 1), NOW)).toEqual({
    kind: 'rejected',
    status: 400,
    message: 'fixture',
    named: [{ array: 'events', index: 0, message: 'fixture' }],
  })
})

test('a 400 whose errors name only some objects does not decide about the others', () => {
  const message = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
  const errors = [0, 1].map((index) => ({ type: 'fixture', input_array: 'attributes', index }))
  expect(judge(answer(400, { message, errors }), MIXED, NOW)).toEqual({
    kind: 'rejected',
    status: 400,
    message: 'fixture',
  })
})
