import { expect, test } from 'vitest'
import { type Paint, plain } from '../../../bin/cli/paint.ts'
import { errorLine, logLine, requestLine } from '../../../bin/local/live-lines.ts'

const AT = new Date(2026, 10, 20, 9, 5, 7)
const request = (status: number, body: string, path = '/v1/activations') =>
  requestLine({ method: 'POST', path, status, body, ms: 12 }, AT, plain)
const log = (level: string, message: string, fields: object = {}) =>
  logLine({ level, message, service: 'worker', timestamp: '2026-11-20T09:05:07Z', ...fields }, AT, plain)

test('a request shows its counts', () => {
  expect(request(200, '{"accepted":4,"rejected":3}')).toBe(
    '09:05:07  →  POST /v1/activations      200      4 accepted, 3 parked              12 ms',
  )
  expect(request(200, '{"accepted":4,"rejected":0}')).toBe(
    '09:05:07  →  POST /v1/activations      200      4 accepted                        12 ms',
  )
})

test('a refused request shows the title of its problem', () => {
  expect(request(401, '{"title":"The token is not valid","detail":"more"}')).toContain(
    '  401      The token is not valid            12 ms',
  )
  expect(request(404, '{"message":"Not Found"}')).toContain('  404      Not Found ')
  expect(request(200, '')).toContain('200')
})

test('a request whose rows are all refused shows how many were parked', () => {
  expect(request(422, '{"title":"None of the rows can be used","accepted":0,"rejected":3}')).toContain(
    '  422      0 accepted, 3 parked  ',
  )
})

test('long paths and titles are cut, and the columns stay', () => {
  const long = {
    method: 'POST',
    path: '/v1/fixture-connection-7731/activations',
    status: 400,
    body: '{"title":"It is not clear whether the body is one row or many"}',
    ms: 12,
  }
  expect(requestLine(long, AT, plain)).toBe(
    '09:05:07  →  POST /v1/fixture-connec…  400      It is not clear whether the bod…  12 ms',
  )
})

test('a GET and a HEAD that pass are connection tests, and a look at the letters counts them', () => {
  const got = (method: string, path: string, status: number, body: string) =>
    requestLine({ method, path, status, body, ms: 12 }, AT, plain)
  expect(got('GET', '/v1/events', 200, '{"accepted":0,"rejected":0}')).toContain('200      connection test ')
  expect(got('HEAD', '/v1/events', 200, '')).toContain('200      connection test ')
  expect(got('HEAD', '/v1/events', 401, '')).not.toContain('connection test')
  expect(got('GET', '/dead-letters', 200, '[{}]')).toContain('200      1 dead letter ')
})

test('a request to Braze shows its objects, or why there was no answer', () => {
  const fields = { status: 201, attributes: 5, events: 1, purchases: 0, ms: 29 }
  expect(log('INFO', 'braze answered', fields)).toBe(
    '09:05:07  ⇒  Braze /users/track        201      5 profiles, 1 event               29 ms',
  )
  expect(log('INFO', 'braze answered', { status: 'timeout', attributes: 1, ms: 8000 })).toBe(
    '09:05:07  ⇒  Braze /users/track        timeout  1 profile                         8000 ms',
  )
})

test('parked records, warnings and errors are lines; other entries are not', () => {
  expect(log('INFO', 'worked', { parked: 2 })).toBe(
    '09:05:07  !  worker parked 2 records: GET /dead-letters says why',
  )
  expect(log('WARN', 'braze told to wait', { ms: 7000, nested: { a: 1 } })).toBe(
    '09:05:07  !  worker: braze told to wait  ms=7000',
  )
  expect(log('ERROR', 'holding every message', { code: 'BRAZE_KEY_REFUSED' })).toBe(
    '09:05:07  !  worker: holding every message  code=BRAZE_KEY_REFUSED',
  )
  expect(log('INFO', 'worked', { parked: 0 })).toBeUndefined()
  expect(log('INFO', 'request')).toBeUndefined()
  expect(log('DEBUG', 'noise')).toBeUndefined()
})

test('statuses have the colours one expects', () => {
  const named: Paint = (colour, text) => (colour === 'dim' || colour === 'cyan' ? text : `${colour}(${text})`)
  const colourOf = (status: number) =>
    requestLine({ method: 'GET', path: '/', status, body: '', ms: 1 }, AT, named)
  expect(colourOf(200)).toContain('green(200')
  expect(colourOf(422)).toContain('yellow(422')
  expect(colourOf(503)).toContain('red(503')
  expect(errorLine('x', AT, named)).toContain('red(!)')
})

const HOSTILE = 'x\u001b[2J\u009b31m\u007f\u202e\r\nFORGED'

test.each([
  ['a path', () => request(404, '{"message":"no"}', HOSTILE)],
  ['the title of a problem', () => request(400, JSON.stringify({ title: HOSTILE }))],
  ['a field of a log entry', () => log('WARN', HOSTILE, { fixture: HOSTILE })],
  ['the status of an answer', () => log('INFO', 'braze answered', { status: HOSTILE, ms: 1 })],
])('a live line passes on no control character of %s', (_, format) => {
  expect(format()).not.toMatch(/\p{C}/u)
})

test('an error of several lines keeps them', () => {
  expect(errorLine('a\n\u001bb', AT, plain)).toBe('09:05:07  !  a\n\ufffdb')
})
