import { expect, test } from 'vitest'
import { curlLine, header } from '../../../bin/local/header.ts'
import { plain } from '../../../bin/local/paint.ts'

const FACTS = {
  url: 'http://127.0.0.1:8787',
  token: 'fixture-token-5521-x',
  brazeUrl: 'http://127.0.0.1:4001',
  isSimulator: true,
  stateDir: '/fixture/.state',
  waiting: 2,
  deadLetters: 3,
}

test('the header says where to send, with what, where it goes and what waits', () => {
  expect(header(FACTS, plain)).toEqual([
    '',
    'ActionIQ to Braze, on this machine',
    '',
    '  Webhooks  http://127.0.0.1:8787/v1/activations  profile rows',
    '            http://127.0.0.1:8787/v1/events       event rows',
    '            http://127.0.0.1:8787/v1/records      both',
    '  Token     fixture-token-5521-x  in the header x-api-key, or as Authorization: Bearer',
    '  Braze     http://127.0.0.1:4001/simulator  a simulator; open it to see what it knows',
    '  State     /fixture/.state  2 messages waiting, 3 dead letters',
    '',
  ])
})

test('a real Braze is called one', () => {
  const lines = header({ ...FACTS, isSimulator: false, brazeUrl: 'https://rest.fra-01.braze.eu' }, plain)
  expect(lines).toContain(
    '  Braze     https://rest.fra-01.braze.eu  a real one: what is sent here arrives there',
  )
})

test('the curl line survives a quote in the token', () => {
  expect(curlLine('http://127.0.0.1:8787', "fixture'token-5521")).toBe(
    `curl http://127.0.0.1:8787/v1/activations -H 'x-api-key: fixture'\\''token-5521' -H 'content-type: application/json' -d '{"external_id":"me","audience_id":"1042","split_id":"2","op":"enter","loyalty_tier":"gold"}'`,
  )
})
