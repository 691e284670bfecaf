import { expect, test } from 'vitest'
import { plain } from '../../../bin/cli/paint.ts'
import { curlLine } from '../../../bin/local/curl-line.ts'
import { runLocal, startBanner } from '../../../bin/local/run.ts'
import { createTestIo } from '../../test-io.ts'
import { tempDir } from './temp-dir.ts'

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
  isTokenRandom: false,
}

test('the banner shows the addresses, the tokens, the destination and what waits', () => {
  const connections = [
    { name: 'crm', token: 'fixture-token-5521-x-crm', use: 'as the password of fixture-user' },
    { name: 'shop', token: 'fixture-token-5521-x-shop', use: 'in the header x-shop' },
  ]
  expect(startBanner({ ...FACTS, connections }, plain).join('\n')).toMatchInlineSnapshot(`
    "
    ActionIQ to Braze, on this machine

      Window        http://127.0.0.1:8788/#fixture-control  shows all this in a browser
      Webhooks      http://127.0.0.1:8787/v1/activations  profile rows
                    http://127.0.0.1:8787/v1/events       event rows
                    http://127.0.0.1:8787/v1/records      both
      Token         fixture-token-5521-x  in the header x-api-key, or as Authorization: Bearer
                    http://127.0.0.1:8787/v1/crm/…
                      fixture-token-5521-x-crm  as the password of fixture-user
                    http://127.0.0.1:8787/v1/shop/…
                      fixture-token-5521-x-shop  in the header x-shop
      Braze         http://127.0.0.1:4001/simulator  a simulator; open it to see its commands
      State         /fixture/.state  2 messages waiting, 3 dead letters
      Dead letters  http://127.0.0.1:8787/dead-letters  what was parked, and why; GET it with the token
    "
  `)
})

test.each([
  ['https://rest.fra-01.braze.eu', 'a real Braze'],
  ['http://127.0.0.1:4001', 'not the simulator'],
])('without the simulator, the banner calls %s %s', (brazeUrl, name) => {
  const lines = startBanner({ ...FACTS, isSimulator: false, brazeUrl }, plain)
  expect(lines).toContain(`  Braze         ${brazeUrl}  ${name}: everything that is sent here arrives there`)
})

test('one message and one dead letter are singular', () => {
  expect(startBanner({ ...FACTS, waiting: 1, deadLetters: 1 }, plain)).toContain(
    '  State         /fixture/.state  1 message waiting, 1 dead letter',
  )
})

test('the curl line survives a quote in the token', () => {
  expect(curlLine('http://127.0.0.1:8787', "fixture'token-5521")).toBe(
    `curl -w '\\n' http://127.0.0.1:8787/v1/activations -H 'x-api-key: fixture'\\''token-5521' -H 'content-type: application/json' -d '{"external_id":"me","audience_id":"1042","split_id":"2","op":"enter","loyalty_tier":"gold"}'`,
  )
})

/** Runs a start in this process, and asks it to stop once it is ready. */
const runUntilReady = async (withDemo: boolean, env: Record<string, string>) => {
  const stopping = new AbortController()
  const { io, out, errors } = createTestIo([], { env: { PORT: '0', ...env }, stop: stopping.signal })
  const print = (line: string) => {
    io.out(line)
    if (line.includes('Ctrl-C stops')) stopping.abort()
  }
  return { code: await runLocal(withDemo, { ...io, outStyled: print }), out: out.join('\n'), errors }
}

/** Requests from senders and to Braze. */
const LIVE_LINE = /[→⇒] {2}/

test('a start sends nothing by itself, and has a connection for the samples', async () => {
  const { code, out, errors } = await runUntilReady(false, { STATE_DIR: tempDir() })
  expect([code, errors]).toEqual([0, []])
  expect(out).not.toMatch(LIVE_LINE)
  expect(out).toContain('/v1/sample/…')
})

test('invented people are not sent to a real Braze', async () => {
  const braze = { BRAZE_REST_ENDPOINT: 'http://127.0.0.1:9', BRAZE_API_KEY: 'fixture-key' }
  const { out } = await runUntilReady(true, { STATE_DIR: tempDir(), ...braze })
  expect(out).toContain('BRAZE_REST_ENDPOINT is set, so the sample input is not sent')
  expect(out).not.toContain('/v1/sample/…')
  expect(out).not.toMatch(LIVE_LINE)
})

test('wrong settings are explained on the error stream, with exit code 2', async () => {
  expect(await runUntilReady(false, { PORT: 'seven', STAGE: 'fixture-stage' })).toEqual({
    code: 2,
    out: '',
    errors: [
      'PORT must be a port number from 0 to 65535. Leave it out for 8787; 0 takes any free port.',
      expect.stringContaining('no stage "fixture-stage" in cdk.json'),
    ],
  })
})

test('with a real Braze, senders need a token that each start draws, unless WEBHOOK_TOKEN is set', async () => {
  const braze = { BRAZE_REST_ENDPOINT: 'http://127.0.0.1:9', BRAZE_API_KEY: 'fixture-key' }
  const tokenIn = (out: string) => /Token +(\S+)/.exec(out)?.[1]
  const first = await runUntilReady(false, { STATE_DIR: tempDir(), ...braze })
  const second = await runUntilReady(false, { STATE_DIR: tempDir(), ...braze })
  expect(tokenIn(first.out)).toMatch(/^[A-Za-z0-9]{48}$/)
  expect(tokenIn(second.out)).not.toBe(tokenIn(first.out))
  expect(first.out).toContain(`-H 'x-api-key: ${tokenIn(first.out)}'`)
  expect(first.out).toContain('It changes with every start. Set WEBHOOK_TOKEN to keep one token.')
  const given = { STATE_DIR: tempDir(), ...braze, WEBHOOK_TOKEN: 'fixture-token-5521-x' }
  const { out } = await runUntilReady(false, given)
  expect(tokenIn(out)).toBe('fixture-token-5521-x')
  expect(out).not.toContain('It changes with every start')
})
