import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { plain } from '../../../../bin/cli/paint.ts'
import { readAnnounced } from '../../../../bin/local/announce.ts'
import { startBrazeSimulator } from '../../../../bin/local/braze/server.ts'
import { SIMULATOR_KEY } from '../../../../bin/local/braze/settings.ts'
import { BRAZE_SECRET_ID, INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { type CheckDeps, checkBridge as look } from '../../../../bin/ops/check/check.ts'
import { main } from '../../../../bin/ops/main.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge, TOKEN } from '../../../end-to-end/bridge.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'

/** These tests provoke each failure in a running bridge, run the command over HTTP and compare its output. */

let bridge: RunningBridge
const printed: string[] = []
beforeEach(async () => {
  printed.length = 0
  bridge = await startBridge()
})
afterEach(async () => {
  await discard(bridge)
  expect(printed.filter((line) => SENSITIVE_FIXTURES.test(line))).toEqual([])
})

async function check(...argv: string[]) {
  const lines: string[] = []
  const collect = (line: string) => {
    printed.push(line)
    lines.push(...line.split('\n').map((one) => one.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')))
  }
  const code = await main({
    argv: ['check', '--local', '--state-dir', bridge.stateDir, ...argv],
    env: {},
    paint: plain,
    columns: 80,
    out: collect,
    error: collect,
    startProgress: NO_PROGRESS,
    stop: new AbortController().signal,
  })
  return { code, lines: lines.slice(argv.includes('--json') ? 0 : 1) }
}

/** The lines that the command does not print for a bridge without problems. */
const problemsIn = (lines: readonly string[]) =>
  lines.filter((line) => line !== '' && !ALL_WELL.includes(line))

const ALL_WELL = [
  'ok  Braze secret            readable, with a key for HOST',
  'ok  Braze endpoint          HOST answers',
  'ok  Braze key               Braze knows it',
  'ok  users.track             granted (201; nothing was written)',
  'ok  users.export.ids        granted (201)',
  'ok  Inbound secret default  readable, with one token',
  'ok  Webhook default         answers 200 to the token (header, bearer)',
  'ok  Queue profiles          there, and as the stack made it',
  'ok  Dead letters profiles   none',
  'ok  Queue events            there, and as the stack made it',
  'ok  Dead letters events     none',
  'ok  Queue captures          there',
  'ok  Event source profiles   enabled',
  'ok  Event source events     enabled',
  'ok  Lanes                   16',
  'ok  Clocks                  this machine, Braze and the webhook agree within a minute',
  '',
  'Everything is wired.',
]

test('all is well, and nothing was written, queued or captured by looking', async () => {
  expect(await check()).toEqual({ code: 0, lines: ALL_WELL })
  expect(bridge.simulator.profiles().flatMap(({ external_id }) => external_id ?? [])).toEqual([])
  expect(bridge.queues.waiting()).toEqual({ profiles: 0, events: 0 })
})

test('what Braze has no time to tell is not called wired', async () => {
  bridge.simulator.script([{ do: 'rate limit', dialect: 'retry-after', seconds: 7 }])
  const { code, lines } = await check()
  expect([code, problemsIn(lines)]).toEqual([
    0,
    [
      '--  users.track             not known: the rate limit is used up (429)',
      '                            Next: Run this again in a minute.',
      'Nothing was found that has to be mended. Worth a look: 1 thing, marked with --.',
    ],
  ])
})

test('--json prints one object and nothing else', async () => {
  const { code, lines } = await check('--json')
  const report = JSON.parse(lines.join('\n'))
  expect([code, report.ok, report.findings[0]]).toEqual([
    0,
    true,
    { verdict: 'ok', about: 'Braze secret', says: 'readable, with a key for HOST' },
  ])
})

describe('of the Braze secret', () => {
  test('the placeholder', async () => {
    bridge.putSecret(BRAZE_SECRET_ID, {
      apiKey: 'put-the-braze-rest-api-key-here',
      restEndpoint: 'https://rest.iad-01.braze.com',
    })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Braze secret            still holds the placeholder that the stack was made with. The worker holds every message',
        expect.stringContaining('Next: Make a key in Braze with users.track and users.export.ids'),
        '--  Braze endpoint          not known: see the Braze secret',
        '--  Braze key               not known: see the Braze secret',
        '--  users.track             not known: see the Braze secret',
        '--  users.export.ids        not known: see the Braze secret',
        'ok  Clocks                  this machine and the webhook agree within a minute',
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test.each([
    [
      'an endpoint that is none of Braze',
      { apiKey: 'fixture-key', restEndpoint: 'https://rest.braze.example' },
      '"restEndpoint" is not an https address under braze.com or braze.eu without a path',
    ],
    [
      'a key with a space',
      { apiKey: 'fixture key', restEndpoint: 'https://rest.iad-01.braze.com' },
      '"apiKey" is missing, empty or holds spaces',
    ],
    ['no object', 'fixture-key', 'it is not a JSON object with "apiKey" and "restEndpoint"'],
  ])('%s', async (_, value, announcement) => {
    bridge.putSecret(BRAZE_SECRET_ID, value)
    const { code, lines } = await check()
    expect([code, problemsIn(lines)[0]]).toEqual([
      1,
      `!!  Braze secret            is not as it must be: ${announcement}. The worker holds every message`,
    ])
  })
})

describe('of the key', () => {
  test('a wrong one', async () => {
    bridge.putSecret(BRAZE_SECRET_ID, { apiKey: 'fixture-wrong-key', restEndpoint: bridge.brazeUrl })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Braze key               Braze refuses it (401): with it nothing can be delivered, and the worker holds every message',
        expect.stringContaining('Next: Compare key and restEndpoint with Braze'),
        '--  users.track             not known: see the key',
        '--  users.export.ids        not known: see the key',
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('one without users.track', async () => {
    bridge.simulator.configure({ keys: { [SIMULATOR_KEY]: ['users.export.ids'] } })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  users.track             the key lacks it: with it nothing can be delivered, and the worker holds every message',
        expect.stringContaining('Next: Permissions are fixed when a key is made'),
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('one whose lack of users.export.ids Braze tells by a 401', async () => {
    bridge.simulator.script([{ do: 'answer', path: '/users/export/ids', status: 401 }])
    const { code, lines } = await check()
    expect([code, problemsIn(lines)[0]]).toEqual([
      1,
      '!!  users.export.ids        the key lacks it: verify and /users/export/ids do not work; delivery does',
    ])
  })

  test('a Braze that has trouble', async () => {
    bridge.simulator.script([{ do: 'answer', status: 503 }])
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Braze endpoint          HOST answers 503: Braze has trouble',
        expect.stringContaining('Next: See status.braze.com'),
        '--  users.track             not known: see the endpoint',
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('a Braze that is not there', async () => {
    const stopped = await startBrazeSimulator({ port: 0 })
    await stopped.close()
    bridge.putSecret(BRAZE_SECRET_ID, { apiKey: SIMULATOR_KEY, restEndpoint: stopped.url })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Braze endpoint          HOST gives no answer (no connection)',
        expect.stringContaining('Next: Compare restEndpoint in the Braze secret'),
        '--  Braze key               not known: Braze did not come to look at it',
        '--  users.track             not known: see the endpoint',
        '--  users.export.ids        not known: see the endpoint',
        'ok  Clocks                  this machine and the webhook agree within a minute',
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })
})

describe('of the inbound token', () => {
  test('a secret that is too short', async () => {
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture' })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Inbound secret default  is not as it must be: "token" is missing or shorter than 16 characters. Requests are answered 503',
        expect.stringContaining('Next: Correct it in the Secrets Manager console'),
        '--  Webhook default         not known: see the inbound secret',
        'ok  Clocks                  this machine and Braze agree within a minute',
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('one that was changed a moment ago is not known yet', async () => {
    await bridge.post('/v1/activations', { external_id: 'fixture-u1', tier: 'fixture-tier' })
    await bridge.queues.waitUntilQuiet()
    bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-another-token' })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Webhook default         answers 401 to the token (header)',
        expect.stringContaining('Next: A new token is taken after ten seconds'),
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('two of them', async () => {
    bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, previousToken: 'fixture-previous-token' })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)[0]]).toEqual([
      0,
      '--  Inbound secret default  readable, with two tokens: a rotation is under way',
    ])
  })
})

test('further connections, by every way in', async () => {
  await discard(bridge)
  bridge = await startBridge({
    connections: Connections.parse({
      signed: { authentication: [{ kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }] },
      hooks: { authentication: [{ kind: 'standard-webhooks' }] },
      old: { authentication: [{ kind: 'basic', user: 'fixture-user' }] },
      trial: { mode: 'capture' },
      elsewhere: { allowedIps: ['192.0.2.0/24'] },
    }),
  })
  const { code, lines } = await check()
  expect([code, lines.filter((line) => line.includes('Webhook'))]).toEqual([
    0,
    [
      'ok  Webhook default         answers 200 to the token (header, bearer)',
      'ok  Webhook signed          answers 200 to the token (hmac)',
      'ok  Webhook hooks           answers 200 to the token (standard-webhooks)',
      'ok  Webhook old             answers 200 to the token (basic)',
      'ok  Webhook trial           answers 200 to the token (header, bearer); it only captures, and has captured this look too',
      '--  Webhook elsewhere       knows the token, and turns this machine away, whose address is not among allowedIps',
    ],
  ])
})

describe('of the queues', () => {
  const announced = () => {
    const told = readAnnounced(bridge.stateDir)
    if (!told) throw new Error('the local run does not tell where its queues are')
    return told
  }

  test('a paused event source', async () => {
    const { control } = announced()
    await fetch(`${control.url}/api/event-sources/events`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${control.token}` },
      body: '{"enabled":false}',
    })
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Event source events     paused: nothing of events reaches Braze, and what was accepted waits, for 14 days at most',
        `                            Next: npm run ops -- resume events --local --state-dir ${bridge.stateDir}, when the reason for the pause is mended.`,
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })

  test('a letter is worth knowing', async () => {
    await bridge.post('/v1/activations', [
      { external_id: 'fixture-u1', tier: 'fixture-tier' },
      { tier: 'fixture-tier' },
    ])
    await bridge.queues.waitUntilQuiet()
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      0,
      [
        '--  Dead letters profiles   about 1 letter for a person to look at, kept for 14 days',
        `                            Next: npm run ops -- dead-letters --local --state-dir ${bridge.stateDir} groups them by reason; redrive puts them back.`,
        'Nothing was found that has to be mended. Worth a look: 1 thing, marked with --.',
      ],
    ])
  })

  test('one that was changed by hand', async () => {
    const { sqsEndpoint, settings } = announced()
    const sqs = new SQSClient({
      region: 'us-east-1',
      endpoint: sqsEndpoint,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    onTestFinished(() => sqs.destroy())
    const Attributes = { MessageRetentionPeriod: '3600', VisibilityTimeout: '30' }
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl: settings.queues.events, Attributes }))
    const { code, lines } = await check()
    expect([code, problemsIn(lines)]).toEqual([
      1,
      [
        '!!  Queue events            MessageRetentionPeriod must be 1209600 (14 days), or what waits longer is deleted; VisibilityTimeout must be 60 or more, or a message is handed out twice at once',
        expect.stringContaining('Next: Set it back in the SQS console.'),
        'To be mended: 1 thing, marked with !!.',
      ],
    ])
  })
})

const down = async () => {
  throw new Error('fixture outage')
}
const UNREACHABLE: CheckDeps = {
  connections: Connections.parse({}),
  webhookUrl: 'https://webhook.example',
  lanes: 16,
  declared: { lanes: 32, differing: ['queues'] },
  queues: { profiles: 'https://sqs.example/p', events: 'https://sqs.example/e' },
  deadLetters: { profiles: 'https://sqs.example/p-dlq', events: 'https://sqs.example/e-dlq' },
  captures: 'https://sqs.example/captures',
  leastVisibilitySeconds: 360,
  targetFlags: '--stage dev',
  bridge: { eventSources: down },
  readBrazeSecret: down,
  readInboundSecret: down,
  queueAttributes: down,
  callBraze: down,
  callWebhook: down,
  now: () => 0,
  newId: () => 'fixture-id',
}

test('what can not be looked at hides nothing else', async () => {
  const findings = await look(UNREACHABLE)
  expect(findings.map(({ verdict, about }) => `${verdict} ${about}`)).toEqual([
    'problem Braze secret',
    'note Braze endpoint',
    'note Braze key',
    'note users.track',
    'note users.export.ids',
    'problem Inbound secret default',
    'note Webhook default',
    'problem Queue profiles',
    'problem Dead letters profiles',
    'problem Queue events',
    'problem Dead letters events',
    'problem Queue captures',
    'problem Event sources',
    'problem Lanes',
    'note Settings',
    'note Clocks',
  ])
})

test('a webhook that asks for a client certificate can not be tried', async () => {
  const findings = await look({
    ...UNREACHABLE,
    mutualTls: true,
    readInboundSecret: async () => ({ token: 'fixture-inbound-token' }),
  })
  expect(findings).toContainEqual({
    verdict: 'note',
    about: 'Webhook default',
    says: 'not known: it asks for a client certificate, which this command has not',
  })
})
