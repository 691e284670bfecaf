import { expect, test } from 'vitest'
import { isFromWebPage, isSameOrigin, isSecret } from '../../../bin/local/guard.ts'

const OWN = { host: '127.0.0.1:8788' }

/** Whether each request passes at the webhook, and at every other address. */
test.each<[what: string, method: string, headers: Record<string, string>, webhook: boolean, others: boolean]>(
  [
    ['a program', 'POST', OWN, true, true],
    ['a program that says localhost', 'POST', { host: 'localhost:8788' }, true, true],
    ['Node’s fetch', 'POST', { ...OWN, 'sec-fetch-mode': 'cors' }, true, true],
    ['a tunnel', 'POST', { host: 'fixture.example' }, true, false],
    ['a request without a host', 'POST', {}, true, false],
    ['a name that begins like loopback', 'POST', { host: '127.0.0.1.fixture.example' }, true, false],
    [
      'a typed address',
      'GET',
      { ...OWN, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
      true,
      true,
    ],
    ['the own page', 'POST', { ...OWN, origin: 'http://127.0.0.1:8788' }, false, true],
    ['another page', 'POST', { ...OWN, origin: 'http://fixture.example' }, false, false],
    ['a page on another port', 'POST', { ...OWN, origin: 'http://127.0.0.1:8787' }, false, false],
    ['a sandboxed page', 'POST', { ...OWN, origin: 'null' }, false, false],
    ['an empty origin', 'POST', { ...OWN, origin: '' }, false, false],
    [
      'a page under a rebound name',
      'POST',
      { host: 'fixture.example:8788', origin: 'http://fixture.example:8788' },
      false,
      false,
    ],
    ['another site', 'POST', { ...OWN, 'sec-fetch-site': 'cross-site' }, false, false],
    ['another port of the same site', 'POST', { ...OWN, 'sec-fetch-site': 'same-site' }, false, false],
    [
      'an image of another site',
      'GET',
      { ...OWN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
      false,
      false,
    ],
    [
      'a link on another site',
      'GET',
      { ...OWN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      true,
      true,
    ],
    [
      'a form on another site',
      'POST',
      { ...OWN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' },
      false,
      false,
    ],
  ],
)('%s', (_, method, headers, webhook, others) => {
  expect([!isFromWebPage({ method, headers }), isSameOrigin({ method, headers })]).toEqual([webhook, others])
})

test.each([
  ['fixture-secret', true],
  ['fixture-secret2', false],
  ['', false],
  [undefined, false],
  [['fixture-secret', 'fixture-secret'], false],
])('%j is the secret: %s', (given, isEqual) => {
  expect(isSecret(given, 'fixture-secret')).toBe(isEqual)
})
