import { expect, test } from 'vitest'
import { KEY, openBraze, sendTrack } from './send.ts'

const body = { attributes: [{ external_id: 'u-7731', tier: 'fixture-tier-7731' }] }
const json = { 'content-type': 'application/json' }

test('a wrong key is 401, and the answer echoes it', () => {
  const braze = openBraze()
  expect(
    sendTrack(braze, body, { headers: { ...json, authorization: 'Bearer fixture-wrong-5518' } }),
  ).toEqual({
    status: 401,
    body: { message: 'Invalid API key: fixture-wrong-5518' },
  })
  expect(braze.profiles()).toEqual([])
})

test.each([
  ['no Authorization header', json],
  ['another scheme', { ...json, authorization: `Basic ${KEY}` }],
  ['a name that every object inherits', { ...json, authorization: 'Bearer constructor' }],
])('%s is 401', (_, headers) => {
  expect(sendTrack(openBraze(), body, { headers }).status).toBe(401)
})

test('a key without the permission is 403', () => {
  const braze = openBraze({ settings: { keys: { [KEY]: ['users.export.ids'] } } })
  expect(sendTrack(braze, body)).toEqual({ status: 403, body: { message: 'The key lacks users.track' } })
})

test('keys can be changed while it runs', () => {
  const braze = openBraze()
  braze.configure({ keys: { 'fixture-key-4411': ['users.track'] } })
  expect(sendTrack(braze, body).status).toBe(401)
})

test.each([
  ['a trailing slash', { path: '/users/track/' }, 403],
  ['the root', { path: '/' }, 404],
  ['a part of a path', { path: '/users' }, 404],
  ['a longer path', { path: '/users/track2' }, 404],
  ['another path of Braze', { path: '/campaigns/trigger/send' }, 404],
  ['a name that every object inherits', { path: '/constructor' }, 404],
  ['a query string', { path: '/users/track?x=1' }, 201],
  ['another method', { method: 'GET' }, 405],
])('the status for %s', (_, changed, status) => {
  expect(sendTrack(openBraze(), body, changed).status).toBe(status)
})

test('a body that is not declared as JSON is an error', () => {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'text/plain' }
  expect(sendTrack(openBraze(), body, { headers })).toEqual({
    status: 400,
    body: { message: 'Content-Type must be application/json' },
  })
})

test('a body over 4 MB is 413', () => {
  const empty = JSON.stringify({ ...body, pad: '' })
  const padded = (bytes: number) => JSON.stringify({ ...body, pad: 'x'.repeat(bytes - empty.length) })
  expect(sendTrack(openBraze(), padded(4_000_000)).status).toBe(201)
  expect(sendTrack(openBraze(), padded(4_000_001)).status).toBe(413)
})
