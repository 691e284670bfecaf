import { expect, test } from 'vitest'
import type { WaitDialect } from '../../../../bin/local/braze/settings.ts'
import { NOON, openBraze, sendToBraze } from './send.ts'

const body = { attributes: [{ external_id: 'u-7731', tier: 1 }] }

test('an answer tells the limit and what remains of it', () => {
  expect(sendToBraze(openBraze(), body)).toMatchObject({
    status: 201,
    headers: { 'x-ratelimit-limit': '3000', 'x-ratelimit-remaining': '2999' },
  })
})

test('a request over the limit is refused, tells the wait, and stores nothing', () => {
  const braze = openBraze({ settings: { trackLimit: { requests: 1, seconds: 60 } } })
  sendToBraze(braze, body)
  expect(sendToBraze(braze, { attributes: [{ external_id: 'u-late' }] })).toEqual({
    kind: 'answer',
    delayMs: 0,
    status: 429,
    headers: { 'content-type': 'application/json', 'x-ratelimit-retry-after': '60' },
    body: '{"message":"Rate limit exceeded"}',
  })
  expect(braze.profile({ external_id: 'u-late' })).toBeUndefined()
})

test('the next window takes requests again', () => {
  let now = NOON
  const braze = openBraze({ now: () => now, settings: { trackLimit: { requests: 1, seconds: 3 } } })
  sendToBraze(braze, body)
  now += 2_999
  expect(sendToBraze(braze, body)).toMatchObject({ status: 429 })
  now += 1
  expect(sendToBraze(braze, body)).toMatchObject({ status: 201, headers: { 'x-ratelimit-remaining': '0' } })
})

test('an hourly window begins on the clock hour', () => {
  let now = NOON + 3_599_000
  const braze = openBraze({ now: () => now, settings: { trackLimit: { requests: 1, seconds: 3_600 } } })
  sendToBraze(braze, body)
  now = NOON + 3_600_000
  expect(sendToBraze(braze, body)).toMatchObject({ status: 201 })
})

test('exports have a limit of their own', () => {
  const braze = openBraze({ settings: { trackLimit: { requests: 1, seconds: 3 } } })
  sendToBraze(braze, body)
  expect(sendToBraze(braze, {}, { path: '/users/export/ids' })).toMatchObject({
    headers: { 'x-ratelimit-limit': '250', 'x-ratelimit-remaining': '249' },
  })
})

test('a wrong key uses nothing up', () => {
  const braze = openBraze({ settings: { trackLimit: { requests: 1, seconds: 3 } } })
  sendToBraze(braze, body, { headers: {} })
  expect(sendToBraze(braze, body)).toMatchObject({ status: 201 })
})

test.each<[WaitDialect, Record<string, string>]>([
  ['x-ratelimit-retry-after', { 'x-ratelimit-retry-after': '1' }],
  ['retry-after', { 'retry-after': '1' }],
  // 2026-11-20T12:00:03Z
  ['x-ratelimit-reset epoch', { 'x-ratelimit-reset': '1795176003' }],
  ['x-ratelimit-reset seconds', { 'x-ratelimit-reset': '1' }],
  ['none', {}],
])('the dialect %s tells a wait of 0.5 seconds, rounded up', (waitDialect, headers) => {
  const settings = { waitDialect, trackLimit: { requests: 0, seconds: 3 } }
  expect(sendToBraze(openBraze({ settings, now: () => NOON + 2_500 }), body)).toMatchObject({ status: 429 })
  const outcome = sendToBraze(openBraze({ settings, now: () => NOON + 2_500 }), body)
  expect(outcome.kind === 'answer' && outcome.headers).toEqual({
    'content-type': 'application/json',
    ...headers,
  })
})
