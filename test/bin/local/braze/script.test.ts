import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import { NOON, openBraze, sendToBraze, sendTrack } from './send.ts'

const one = { attributes: [{ external_id: 'u-1', tier: 'fixture-tier-7731' }] }
const two = {
  attributes: [
    { external_id: 'u-1', tier: 1 },
    { external_id: 'u-2', tier: 2 },
  ],
}

test('a step serves one request, unapplied, and the next is handled normally', () => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 503 }])
  expect(sendToBraze(braze, one)).toEqual({
    kind: 'answer',
    delayMs: 0,
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<html>Out of order</html>',
  })
  expect(braze.profiles()).toEqual([])
  expect(sendToBraze(braze, one)).toMatchObject({ status: 201 })
})

test('steps serve in their order, each as often as it says', () => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 500, times: 2 }])
  braze.script([{ do: 'answer', status: 404 }])
  for (const _ of [1, 2, 3, 4]) sendToBraze(braze, one)
  expect(braze.requests().map(({ status }) => status)).toEqual([500, 500, 404, 201])
})

test('a step for always lasts until the script is cleared', () => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 403, times: 'always' }])
  expect([1, 2, 3].map(() => sendTrack(braze, one).status)).toEqual([403, 403, 403])
  braze.clearScript()
  expect(sendTrack(braze, one).status).toBe(201)
})

const event = { external_id: 'u-1', time: '2026-11-20T10:00:00Z' }
const exported = { external_ids: ['u-1'], fields_to_export: ['external_id'] }

type Filter = Pick<ScriptStep, 'users' | 'event' | 'path' | 'matches'>

test.each<[string, Filter, sent: [body: object, path: string, status: number][]]>([
  [
    'a user',
    { users: ['external_id:u-2'] },
    [
      [one, '/users/track', 201],
      [two, '/users/track', 500],
    ],
  ],
  [
    'an event',
    { event: 'seen' },
    [
      [{ events: [{ ...event, name: 'other' }] }, '/users/track', 201],
      [{ events: [{ ...event, name: 'seen' }] }, '/users/track', 500],
    ],
  ],
  [
    'a predicate',
    { matches: ({ attributes }) => attributes.length > 1 },
    [
      [one, '/users/track', 201],
      [two, '/users/track', 500],
    ],
  ],
  [
    'tracking',
    {},
    [
      [exported, '/users/export/ids', 201],
      [one, '/users/track', 500],
    ],
  ],
  [
    'exports',
    { path: '/users/export/ids' },
    [
      [one, '/users/track', 201],
      [exported, '/users/export/ids', 500],
    ],
  ],
])('a step for %s applies to no other request', (_, filter, sent) => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 500, ...filter }])
  for (const [body, path, status] of sent)
    expect(sendToBraze(braze, body, { path })).toMatchObject({ status })
})

test.each([
  [202, '{"message":"queued"}'],
  [401, '{"message":"Invalid API key: fixture-key-4410"}'],
  [403, '{"message":"Forbidden"}'],
  [404, '{"message":"Not found"}'],
  [413, '{"message":"Payload too large"}'],
  [400, '{"message":"Scripted answer 400"}'],
])('a %d without a stated body has the usual one', (status, body) => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status }])
  expect(sendToBraze(braze, one)).toMatchObject({ status, body })
})

test('a 2xx is carried out first', () => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 202 }])
  sendToBraze(braze, one)
  expect(braze.profiles()).toHaveLength(1)
})

test('a 201 without a stated body is the own answer, and an unreadable one can be stated', () => {
  const braze = openBraze()
  braze.script([
    { do: 'answer', status: 201 },
    { do: 'answer', status: 201, body: 'not json', apply: false },
  ])
  expect(sendToBraze(braze, one)).toMatchObject({ body: '{"message":"success","attributes_processed":1}' })
  expect(sendToBraze(braze, two)).toMatchObject({ status: 201, body: 'not json' })
  expect(braze.profile({ external_id: 'u-2' })).toBeUndefined()
})

test('a request can be carried out and its answer be another', () => {
  const braze = openBraze()
  braze.script([{ do: 'answer', status: 502, apply: true, headers: { 'X-Proxy': 'fixture' } }])
  expect(sendToBraze(braze, one)).toMatchObject({ status: 502, headers: { 'x-proxy': 'fixture' } })
  expect(braze.profiles()).toHaveLength(1)
})

test('a rate limit tells its wait in the stated dialect', () => {
  const braze = openBraze()
  braze.script([{ do: 'rate limit', dialect: 'retry-after', seconds: 7 }])
  expect(sendToBraze(braze, one)).toMatchObject({ status: 429, headers: { 'retry-after': '7' } })
  expect(braze.profiles()).toEqual([])
})

test('a delayed request is carried out on arrival and answered late', () => {
  const braze = openBraze()
  braze.script([{ do: 'delay', delayMs: 2_000 }])
  expect(sendToBraze(braze, one)).toMatchObject({ kind: 'answer', status: 201, delayMs: 2_000 })
  expect(braze.requests()).toMatchObject([{ at: NOON, answeredAt: NOON + 2_000, applied: true }])
})

test('a reset comes before or after the request is carried out', () => {
  const braze = openBraze()
  braze.script([
    { do: 'reset', apply: false },
    { do: 'reset', apply: true, delayMs: 50 },
  ])
  expect(sendToBraze(braze, one)).toEqual({ kind: 'reset', delayMs: 0, applied: false })
  expect(braze.profiles()).toEqual([])
  expect(sendToBraze(braze, one)).toEqual({ kind: 'reset', delayMs: 50, applied: true })
  expect(braze.profiles()).toHaveLength(1)
  expect(braze.requests()).toMatchObject([
    { status: 'reset', applied: false },
    { status: 'reset', applied: true },
  ])
})

test.each([
  ['right', [{ type: 'odd', input_array: 'attributes', index: 1 }]],
  ['missing', [{ type: 'odd', input_array: 'attributes' }]],
  [
    'twice',
    [
      { type: 'odd', input_array: 'attributes', index: 1 },
      { type: 'odd', input_array: 'attributes', index: 1 },
    ],
  ],
  ['out of range', [{ type: 'odd', input_array: 'attributes', index: 3 }]],
] as const)('the objects of a user can be refused with indexes that are %s', (indexes, errors) => {
  const braze = openBraze()
  braze.script([{ do: 'reject', rejected: ['external_id:u-2'], type: 'odd', indexes }])
  expect(sendTrack(braze, two)).toEqual({
    status: 201,
    body: { message: 'success', attributes_processed: 1, errors },
  })
  expect(braze.profiles().map((profile) => profile.external_id)).toEqual(['u-1'])
})

test('a request with refused objects alone is refused', () => {
  const braze = openBraze()
  braze.script([{ do: 'reject', rejected: ['external_id:u-1'] }])
  expect(sendTrack(braze, one)).toMatchObject({
    status: 400,
    body: { errors: [{ type: 'The simulator was told to reject this object', index: 0 }] },
  })
})

test('errors can be added to an answer whose objects all went through', () => {
  const braze = openBraze()
  braze.script([{ do: 'add errors', errors: [{ type: 'odd', input_array: 'events', index: 9 }] }])
  expect(sendTrack(braze, one)).toEqual({
    status: 201,
    body: {
      message: 'success',
      attributes_processed: 1,
      errors: [{ type: 'odd', input_array: 'events', index: 9 }],
    },
  })
})
