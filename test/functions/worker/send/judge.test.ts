import { expect, test } from 'vitest'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'
import { judge } from '../../../../functions/worker/send/judge.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const SENT = { attributes: 2, events: 1, purchases: 0 }
const answer = (status: number, body: unknown = {}, headers = {}): BrazeAnswer => ({
  kind: 'answer',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

test.for([
  [
    '201 success',
    answer(201, { message: 'success', attributes_processed: 2, events_processed: 1 }),
    { kind: 'accepted', status: 201, rejected: [] },
  ],
  ['202 queued', answer(202, { message: 'queued' }), { kind: 'accepted', status: 202, rejected: [] }],
  ['401', answer(401, 'Invalid API key: fixture'), { kind: 'hold', cause: 'BRAZE_KEY_REFUSED', status: 401 }],
  ['403', answer(403), { kind: 'hold', cause: 'BRAZE_KEY_LACKS_PERMISSION', status: 403 }],
  ['404', answer(404, '<html>'), { kind: 'hold', cause: 'BRAZE_URL_WRONG', status: 404 }],
  ['a redirect', answer(308), { kind: 'hold', cause: 'BRAZE_URL_WRONG', status: 308 }],
  ['413', answer(413), { kind: 'rejected', status: 413, message: 'the request is too large' }],
  [
    '400',
    answer(400, { message: 'Max Input Length Exceeded' }),
    { kind: 'rejected', status: 400, message: 'Max Input Length Exceeded' },
  ],
  ['400 unreadable', answer(400, '<html>'), { kind: 'rejected', status: 400, message: 'Bad Request' }],
  ['429', answer(429, {}, { 'retry-after': '60' }), { kind: 'wait', waitMs: 60_000 }],
  ['429 that tells nothing', answer(429), { kind: 'wait', waitMs: undefined }],
  ['500', answer(500), { kind: 'retry', cause: '500', status: 500, failing: true, waitMs: undefined }],
  [
    '503 with a wait',
    answer(503, '', { 'retry-after': '120' }),
    { kind: 'retry', cause: '503', status: 503, failing: true, waitMs: 120_000 },
  ],
  [
    '201 unreadable',
    answer(201, '<html>'),
    { kind: 'retry', cause: 'unreadable 201', status: 201, failing: false, waitMs: undefined },
  ],
  [
    '418',
    answer(418),
    { kind: 'retry', cause: 'unreadable 418', status: 418, failing: false, waitMs: undefined },
  ],
  [
    'a time-out',
    { kind: 'no answer', cause: 'timeout' },
    { kind: 'retry', cause: 'timeout', failing: false, waitMs: undefined },
  ],
] as const)('%s', ([, given, verdict]) => {
  expect(judge(given, SENT, NOW)).toEqual(verdict)
})

test('errors name objects by array and index; the first of two for one object counts', () => {
  const errors = [
    { type: 'fixture first', input_array: 'attributes', index: 1 },
    { type: 'fixture second', input_array: 'attributes', index: 1 },
    { type: 'fixture event', input_array: 'events', index: 0 },
  ]
  expect(judge(answer(201, { message: 'success', attributes_processed: 1, errors }), SENT, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [
      { array: 'attributes', index: 1, message: 'fixture first' },
      { array: 'events', index: 0, message: 'fixture event' },
    ],
  })
})

test.for([
  ['no index', { type: 'fixture', input_array: 'events' }],
  ['an index out of range', { type: 'fixture', input_array: 'events', index: 1 }],
  ['no array', { type: 'fixture', index: 0 }],
] as const)('an error with %s is left over unless the counters account for all', ([, error]) => {
  const body = { message: 'success', errors: [error] }
  expect(judge(answer(201, { ...body, attributes_processed: 2, events_processed: 0 }), SENT, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [],
    unattributed: 'fixture',
  })
  expect(judge(answer(201, { ...body, attributes_processed: 2, events_processed: 1 }), SENT, NOW)).toEqual({
    kind: 'accepted',
    status: 201,
    rejected: [],
  })
})

test('400 in which every object has its verdict is no refusal of the whole; with one missing it is', () => {
  const message = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
  const errors = [0, 1].map((index) => ({ type: 'fixture', input_array: 'attributes', index }))
  const all = [...errors, { type: 'fixture', input_array: 'events', index: 0 }]
  expect(judge(answer(400, { message, errors: all }), SENT, NOW)).toMatchObject({
    kind: 'accepted',
    status: 400,
    rejected: [{}, {}, {}],
  })
  expect(judge(answer(400, { message, errors }), SENT, NOW)).toEqual({
    kind: 'rejected',
    status: 400,
    message: 'fixture',
  })
})
