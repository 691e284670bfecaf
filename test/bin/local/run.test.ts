import { expect, test } from 'vitest'
import { plain } from '../../../bin/cli/paint.ts'
import { curlLine, startBanner } from '../../../bin/local/run.ts'

const FACTS = {
  url: 'http://127.0.0.1:8787',
  windowUrl: 'http://127.0.0.1:8788/#fixture-control',
  token: 'fixture-token-5521-x',
  brazeUrl: 'http://127.0.0.1:4001',
  isSimulator: true,
  stateDir: '/fixture/.state',
  waiting: 2,
  deadLetters: 3,
  use: 'in the header x-api-key, or as Authorization: Bearer',
  connections: [],
}

test('the header says where to send, with what, where it goes and what waits', () => {
  expect(startBanner(FACTS, plain)).toEqual([
    '',
    'ActionIQ to Braze, on this machine',
    '',
    '  Window    http://127.0.0.1:8788/#fixture-control  all this in a browser',
    '  Webhooks  http://127.0.0.1:8787/v1/activations  profile rows',
    '            http://127.0.0.1:8787/v1/events       event rows',
    '            http://127.0.0.1:8787/v1/records      both',
    '  Token     fixture-token-5521-x  in the header x-api-key, or as Authorization: Bearer',
    '  Braze     http://127.0.0.1:4001/simulator  a simulator; open it to see what it knows',
    '  State     /fixture/.state  2 messages waiting, 3 dead letters',
    '  Letters   http://127.0.0.1:8787/dead-letters  what was parked, and why; GET it with the token',
    '',
  ])
})

test('each further connection has its paths, its token and its way below those of the default one', () => {
  const connections = [
    { name: 'crm', token: 'fixture-token-5521-x-crm', use: 'as the password of fixture-user' },
    { name: 'shop', token: 'fixture-token-5521-x-shop', use: 'in the header x-shop' },
  ]
  const lines = startBanner({ ...FACTS, connections }, plain)
  expect(
    lines.slice(
      lines.findIndex((line) => line.startsWith('  Token')),
      -4,
    ),
  ).toEqual([
    '  Token     fixture-token-5521-x  in the header x-api-key, or as Authorization: Bearer',
    '            http://127.0.0.1:8787/v1/crm/…',
    '              fixture-token-5521-x-crm  as the password of fixture-user',
    '            http://127.0.0.1:8787/v1/shop/…',
    '              fixture-token-5521-x-shop  in the header x-shop',
  ])
})

test('a real Braze is called one', () => {
  const lines = startBanner({ ...FACTS, isSimulator: false, brazeUrl: 'https://rest.fra-01.braze.eu' }, plain)
  expect(lines).toContain(
    '  Braze     https://rest.fra-01.braze.eu  a real one: what is sent here arrives there',
  )
})

test("somebody's own endpoint is not called a real one", () => {
  const lines = startBanner({ ...FACTS, isSimulator: false }, plain)
  expect(lines).toContain(
    '  Braze     http://127.0.0.1:4001  not the simulator: what is sent here arrives there',
  )
})

test('one message and one letter are singular', () => {
  expect(startBanner({ ...FACTS, waiting: 1, deadLetters: 1 }, plain)).toContain(
    '  State     /fixture/.state  1 message waiting, 1 dead letter',
  )
})

test('the curl line survives a quote in the token', () => {
  expect(curlLine('http://127.0.0.1:8787', "fixture'token-5521")).toBe(
    `curl -w '\\n' http://127.0.0.1:8787/v1/activations -H 'x-api-key: fixture'\\''token-5521' -H 'content-type: application/json' -d '{"external_id":"me","audience_id":"1042","split_id":"2","op":"enter","loyalty_tier":"gold"}'`,
  )
})
