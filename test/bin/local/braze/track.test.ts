import { expect, test } from 'vitest'
import { NOON, openBraze, sendTrack } from './send.ts'

const NOTHING_VALID = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ external_id: `u-${index}`, tier: 'fixture-tier-7731' }))

test('each array that was sent has its counter', () => {
  const event = { external_id: 'u-1', name: 'seen', time: '2026-11-20T10:00:00Z' }
  const purchase = {
    external_id: 'u-1',
    product_id: 'p-1',
    currency: 'EUR',
    price: 9.5,
    time: '2026-11-20T10:00:00Z',
  }
  expect(sendTrack(openBraze(), { attributes: people(2), events: [event], purchases: [purchase] })).toEqual({
    status: 201,
    body: { message: 'success', attributes_processed: 2, events_processed: 1, purchases_processed: 1 },
  })
})

test('a bad object is reported by its array and index, and the others go through', () => {
  const braze = openBraze()
  const [first, second] = people(2)
  expect(sendTrack(braze, { attributes: [first, { tier: 'x' }, second] })).toEqual({
    status: 201,
    body: {
      message: 'success',
      attributes_processed: 2,
      errors: [
        {
          type: "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
          input_array: 'attributes',
          index: 1,
        },
      ],
    },
  })
  expect(braze.profiles().map((profile) => profile.external_id)).toEqual(['u-0', 'u-1'])
})

test('if every object is bad, the request fails and nothing is applied', () => {
  const braze = openBraze()
  expect(sendTrack(braze, { attributes: [7], events: [{ external_id: 'u-1' }] })).toEqual({
    status: 400,
    body: {
      message: NOTHING_VALID,
      errors: [
        { type: 'Each of attributes must be an object', input_array: 'attributes', index: 0 },
        { type: 'name must be a string', input_array: 'events', index: 0 },
      ],
    },
  })
  expect(braze.profiles()).toEqual([])
})

const event = { external_id: 'u-1', name: 'seen', time: '2026-11-20T10:00:00Z' }

test.each<[string, unknown, status: number, profiles: number, object]>([
  [
    '75 objects over all arrays',
    { attributes: people(74), events: [event] },
    201,
    74,
    { message: 'success', attributes_processed: 74, events_processed: 1 },
  ],
  [
    '76 objects over all arrays',
    { attributes: people(75), events: [event] },
    400,
    0,
    { message: 'Max Input Length Exceeded' },
  ],
  ['no JSON', '{"attributes":[', 400, 0, { message: 'The body could not be parsed as JSON' }],
  ['an object instead of an array', { events: {} }, 400, 0, { message: 'events must be an array' }],
  ['an empty object', {}, 400, 0, { message: NOTHING_VALID, errors: [] }],
  ['empty arrays', { attributes: [], events: [] }, 400, 0, { message: NOTHING_VALID, errors: [] }],
  ['a bare array', [{ external_id: 'u-1' }], 400, 0, { message: NOTHING_VALID, errors: [] }],
])('the answer to %s', (_, body, status, profiles, answer) => {
  const braze = openBraze()
  expect(sendTrack(braze, body)).toEqual({ status, body: answer })
  expect(braze.profiles().length).toBe(profiles)
})

test('attributes are applied before events, so that the event finds the profile', () => {
  const braze = openBraze()
  sendTrack(braze, {
    events: [{ email: 'fixture-7731@example.com', name: 'seen', time: '2026-11-20T10:00:00Z' }],
    attributes: [{ external_id: 'u-1', email: 'fixture-7731@example.com' }],
  })
  expect(braze.events()[0]?.external_id).toBe('u-1')
})

test('a request is remembered with its counts and users', () => {
  const braze = openBraze()
  sendTrack(braze, {
    attributes: [{ external_id: 'u-1', tier: 1 }, { tier: 1 }],
    events: [{ external_id: 'u-1', name: 'seen', time: '2026-11-20T10:00:00Z' }],
    purchases: [{ braze_id: 'b-1' }],
  })
  expect(braze.requests()).toMatchObject([
    {
      at: NOON,
      answeredAt: NOON,
      method: 'POST',
      path: '/users/track',
      status: 201,
      applied: true,
      objects: { attributes: 2, events: 1, purchases: 1 },
      errors: 2,
      users: ['external_id:u-1', 'braze_id:b-1'],
    },
  ])
})

test('only the latest requests are remembered', () => {
  const braze = openBraze({ settings: { retainedRequests: 2 } })
  for (const external_id of ['u-1', 'u-2', 'u-3']) sendTrack(braze, { attributes: [{ external_id }] })
  expect(braze.requests().map(({ users }) => users)).toEqual([['external_id:u-2'], ['external_id:u-3']])
})
