import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { readAnnounced } from '../../../../bin/local/announce.ts'
import { startBrazeSimulator } from '../../../../bin/local/braze/server.ts'
import { SIMULATOR_KEY } from '../../../../bin/local/braze/settings.ts'
import { BRAZE_SECRET_ID, INBOUND_SECRET_ID } from '../../../../bin/local/function-env.ts'
import { brazeKeys } from '../../../../bin/ops/braze-key/key-use.ts'
import { type CheckDeps, checkBridge } from '../../../../bin/ops/check/check.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { QueueName } from '../../../../functions/shared/record.ts'
import { discard, type RunningBridge, startBridge, TOKEN } from '../../../end-to-end/bridge.ts'
import { SENSITIVE_FIXTURES } from '../../../sensitive-fixtures.ts'
import { runOps } from '../run-ops.ts'

/** These tests provoke each failure in a running bridge, run the command over HTTP and compare its output. */

let bridge: RunningBridge
let printed = ''
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(async () => {
  await discard(bridge)
  expect(printed).not.toMatch(SENSITIVE_FIXTURES)
})

async function check(...argv: string[]) {
  const { code, out, errors } = await runOps(['check', '--local', '--state-dir', bridge.stateDir, ...argv])
  printed = [...out, ...errors].join('\n')
  return { code, text: printed.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST').replaceAll(bridge.stateDir, 'DIR') }
}

const HEALTHY = `Looking at the local run on DIR
ok  Braze secret            readable, with a key for HOST
ok  Braze endpoint          HOST answers
ok  Braze key               Braze accepts it
ok  users.track             granted (201; nothing was written)
ok  users.export.ids        granted (201)
ok  Inbound secret default  readable, with one token
ok  Webhook default         answers 200 to the token (header, bearer)
ok  Queue profiles          exists, configured as the stack creates it
ok  Dead letters profiles   none
ok  Queue events            exists, configured as the stack creates it
ok  Dead letters events     none
ok  Queue captures          exists
ok  Event source profiles   enabled
ok  Event source events     enabled
ok  Lanes                   16
ok  Clocks                  this machine, Braze and the webhook agree within a minute

Everything is connected.`

/** The lines that the command does not print for a healthy bridge. */
const differing = (text: string) => text.split('\n').filter((line) => !HEALTHY.split('\n').includes(line))

test('a healthy bridge is connected, and the check writes, enqueues and captures nothing', async () => {
  expect(await check()).toEqual({ code: 0, text: HEALTHY })
  expect(bridge.simulator.profiles().flatMap(({ external_id }) => external_id ?? [])).toEqual([])
  expect(bridge.queues.waiting()).toEqual({ profiles: 0, events: 0 })
})

/** What is done to the bridge, and the lines that then differ from those of a healthy one. */
type Case = [situation: string, arrange: () => unknown, lines: string[]]

const NOT_COMPARED_WITH_BRAZE =
  'ok  Clocks                  this machine and the webhook agree within a minute'
const secretFault = (fault: string) => [
  `!!  Braze secret            invalid (${fault}): nothing can be delivered, and the worker holds every message`,
  '    Next: Correct it in the Secrets Manager console: {"apiKey": "…", "restEndpoint": "https://rest.….braze.com"}.',
  '--  Braze endpoint          not tested: see the Braze secret',
  '--  Braze key               not tested: see the Braze secret',
  '--  users.track             not tested: see the Braze secret',
  '--  users.export.ids        not tested: see the Braze secret',
  NOT_COMPARED_WITH_BRAZE,
]
const REPLACE_KEY =
  '    Next: The permissions of a key cannot be changed. Create a key in Braze with users.track and users.export.ids, and store it: npm run ops -- rotate braze --local --state-dir DIR --key-file -'
const putBrazeSecret = (value: unknown) => () => bridge.putSecret(BRAZE_SECRET_ID, value)

const announced = () => {
  const found = readAnnounced(bridge.stateDir)
  if (!found) throw new Error('the local run has not announced itself')
  return found
}

async function changeQueue(queue: QueueName, Attributes: Record<string, string>): Promise<void> {
  const { sqsEndpoint, awsCredentials, settings } = announced()
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: sqsEndpoint,
    credentials: awsCredentials,
  })
  onTestFinished(() => sqs.destroy())
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: settings.queues[queue], Attributes }))
}

const CORRECT_BY_HAND =
  '    Next: Correct it in the SQS console. A deployment does not, because CloudFormation compares templates and never looks at the queue.'

test.each<Case>([
  [
    'the placeholder in the Braze secret',
    putBrazeSecret({
      apiKey: 'put-the-braze-rest-api-key-here',
      restEndpoint: 'https://rest.iad-01.braze.com',
    }),
    [
      '!!  Braze secret            still contains the placeholder from the first deployment: nothing can be delivered, and the worker holds every message',
      '    Next: Create a key in Braze with users.track and users.export.ids, and store it: npm run ops -- rotate braze --local --state-dir DIR --rest-endpoint https://rest.….braze.com --key-file -',
      ...secretFault('').slice(2),
    ],
  ],
  [
    'an endpoint that does not belong to Braze',
    putBrazeSecret({ apiKey: 'fixture-key', restEndpoint: 'https://rest.braze.example' }),
    secretFault('"restEndpoint" is not an https address under braze.com or braze.eu without a path'),
  ],
  [
    'a key with a space',
    putBrazeSecret({ apiKey: 'fixture key', restEndpoint: 'https://rest.iad-01.braze.com' }),
    secretFault('"apiKey" is missing, empty or contains spaces'),
  ],
  [
    'a Braze secret that is not an object',
    putBrazeSecret('fixture-key'),
    secretFault('it is not a JSON object with "apiKey" and "restEndpoint"'),
  ],
  [
    'a wrong Braze key',
    () => bridge.putSecret(BRAZE_SECRET_ID, { apiKey: 'fixture-wrong-key', restEndpoint: bridge.brazeUrl }),
    [
      '!!  Braze key               Braze rejects it (401): nothing can be delivered, and the worker holds every message',
      "    Next: Compare the key and restEndpoint with Braze: a key works only on the instance of its workspace, and a deleted key works nowhere. If the key has an IP allow-list without this machine, Braze may reject it only here: see the worker's log.",
      '--  users.track             not tested: see the key',
      '--  users.export.ids        not tested: see the key',
    ],
  ],
  [
    'a key without users.track',
    () => bridge.simulator.configure({ keys: { [SIMULATOR_KEY]: ['users.export.ids'] } }),
    [
      '!!  users.track             missing: nothing can be delivered, and the worker holds every message',
      REPLACE_KEY,
    ],
  ],
  [
    'a key whose missing users.export.ids Braze reports with a 401',
    () => bridge.simulator.script([{ do: 'answer', path: '/users/export/ids', status: 401 }]),
    [
      '!!  users.export.ids        missing: delivery works, but verify and /users/export/ids do not',
      REPLACE_KEY,
    ],
  ],
  [
    'a Braze that answers 503',
    () => bridge.simulator.script([{ do: 'answer', status: 503 }]),
    [
      '!!  Braze endpoint          HOST answers 503: Braze is failing',
      '    Next: See status.braze.com. Nothing is lost: accepted rows wait, and are delivered when Braze works again.',
      '--  users.track             not tested: see the endpoint',
    ],
  ],
  [
    'a Braze that cannot be reached',
    async () => {
      const stopped = await startBrazeSimulator({ port: 0 })
      await stopped.close()
      bridge.putSecret(BRAZE_SECRET_ID, { apiKey: SIMULATOR_KEY, restEndpoint: stopped.url })
    },
    [
      '!!  Braze endpoint          HOST gives no answer (no connection)',
      '    Next: Compare restEndpoint in the Braze secret with the REST endpoint of your Braze instance (Braze, Settings, APIs and Identifiers). If they are the same, this machine may not reach it: look for a proxy, a firewall or a name that does not resolve.',
      '--  Braze key               not tested: Braze did not check it',
      '--  users.track             not tested: see the endpoint',
      '--  users.export.ids        not tested: see the endpoint',
      NOT_COMPARED_WITH_BRAZE,
    ],
  ],
  [
    'an inbound token that is too short',
    () => bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture' }),
    [
      '!!  Inbound secret default  invalid: "token" is missing or shorter than 16 characters. Every request is answered with 503',
      '    Next: Correct it in the Secrets Manager console: {"token": "…"}.',
      '--  Webhook default         not tested: see the inbound secret',
      'ok  Clocks                  this machine and Braze agree within a minute',
    ],
  ],
  [
    'an inbound token that was changed a moment ago',
    async () => {
      await bridge.post('/v1/activations', { external_id: 'fixture-u1', tier: 'fixture-tier' })
      await bridge.queues.waitUntilQuiet()
      bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture-another-token' })
    },
    [
      '!!  Webhook default         answers 401 to the token (header)',
      '    Next: The webhook accepts a new token after ten seconds: run this command again. If the answer stays the same, the connection in cdk.json is not deployed yet: npm run deploy.',
    ],
  ],
  [
    'a paused event source',
    async () => {
      const { control } = announced()
      await fetch(`${control.url}/api/event-sources/events`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${control.token}` },
        body: '{"enabled":false}',
      })
    },
    [
      '!!  Event source events     paused: nothing in events reaches Braze. Accepted rows wait, and SQS deletes them after 14 days',
      '    Next: When the reason for the pause is gone: npm run ops -- resume events --local --state-dir DIR',
    ],
  ],
  [
    'a queue that was changed by hand',
    () => changeQueue('events', { MessageRetentionPeriod: '3600', VisibilityTimeout: '30' }),
    [
      '!!  Queue events            MessageRetentionPeriod must be 1209600 (14 days), otherwise messages that wait longer are deleted; VisibilityTimeout must be 60 or more, otherwise a message is processed twice at the same time',
      CORRECT_BY_HAND,
    ],
  ],
  [
    'a delay of events',
    () => changeQueue('events', { DelaySeconds: '1' }),
    [
      '!!  Queue events            DelaySeconds must be 0, otherwise each message reaches Braze later than the settings say',
      CORRECT_BY_HAND,
    ],
  ],
  [
    'a longer delay of profile changes than the settings allow',
    () => changeQueue('profiles', { DelaySeconds: '31' }),
    [
      '!!  Queue profiles          DelaySeconds must be 30 or less, otherwise each message reaches Braze later than the settings say',
      CORRECT_BY_HAND,
    ],
  ],
])('%s is a problem', async (_, arrange, lines) => {
  await arrange()
  const { code, text } = await check()
  expect({ code, lines: differing(text) }).toEqual({
    code: 1,
    lines: [...lines, '1 problem to fix, marked with !!.'],
  })
})

test.each<Case>([
  [
    'a rate limit that leaves a permission untested',
    () => bridge.simulator.script([{ do: 'rate limit', dialect: 'retry-after', seconds: 7 }]),
    [
      '--  users.track             not tested: the rate limit of Braze is used up (429)',
      '    Next: Run this command again in a minute.',
    ],
  ],
  [
    'two inbound tokens',
    () => bridge.putSecret(INBOUND_SECRET_ID, { token: TOKEN, previousToken: 'fixture-previous-token' }),
    [
      '--  Inbound secret default  readable, with two tokens: a rotation is in progress',
      '    Next: npm run ops -- rotate inbound --connection default --local --state-dir DIR shows its progress.',
    ],
  ],
  [
    'a dead letter',
    async () => {
      await bridge.post('/v1/activations', [
        { external_id: 'fixture-u1', tier: 'fixture-tier' },
        { tier: 'fixture-tier' },
      ])
      await bridge.queues.waitUntilQuiet()
    },
    [
      '--  Dead letters profiles   about 1 dead letter, deleted by SQS after 14 days',
      '    Next: See the reasons: npm run ops -- dead-letters --local --state-dir DIR',
    ],
  ],
])('%s is a note', async (_, arrange, lines) => {
  await arrange()
  const { code, text } = await check()
  expect({ code, lines: differing(text) }).toEqual({
    code: 0,
    lines: [...lines, 'Nothing has to be fixed. 1 line worth reading, marked with --.'],
  })
})

test.each([
  ['a healthy bridge', () => undefined, 0, true, { verdict: 'ok', says: 'readable, with one token' }],
  [
    'a problem',
    () => bridge.putSecret(INBOUND_SECRET_ID, { token: 'fixture' }),
    1,
    false,
    { verdict: 'problem', hint: 'Correct it in the Secrets Manager console: {"token": "…"}.' },
  ],
])('--json prints one object and nothing else for %s', async (_, arrange, code, ok, finding) => {
  arrange()
  const found = await check('--json')
  const { at, result, ...report } = JSON.parse(found.text)
  expect([found.code, report]).toEqual([code, { command: 'check', target: 'the local run on DIR', ok }])
  expect(new Date(at).toISOString()).toBe(at)
  expect(result.findings).toContainEqual(
    expect.objectContaining({ about: 'Inbound secret default', ...finding }),
  )
})

test('every connection is tested with each of its authentication methods', async () => {
  await discard(bridge)
  bridge = await startBridge({
    connections: Connections.parse({
      signed: {
        authentication: [{ kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }],
        signedEndpoint: 'activations',
      },
      timeless: { authentication: [{ kind: 'hmac', header: 'x-signature' }], signedEndpoint: 'records' },
      hooks: { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'events' },
      old: { authentication: [{ kind: 'basic', user: 'fixture-user' }] },
      trial: { mode: 'capture' },
      elsewhere: { allowedIps: ['192.0.2.0/24'] },
    }),
  })
  const { code, text } = await check()
  expect(code).toBe(0)
  expect(text.match(/^.. {2}Webhook.*$/gm)?.join('\n')).toMatchInlineSnapshot(`
    "ok  Webhook default         answers 200 to the token (header, bearer)
    ok  Webhook signed          answers 200 to the token (hmac)
    ok  Webhook timeless        answers 200 to the token (hmac)
    ok  Webhook hooks           answers 200 to the token (standard-webhooks)
    ok  Webhook old             answers 200 to the token (basic)
    ok  Webhook trial           answers 200 to the token (header, bearer); it is in capture mode, and has captured this request too
    --  Webhook elsewhere       accepts the token, but not the address of this machine, which is not in allowedIps"
  `)
  expect(text).toContain(`
--  Signature timeless      has no time, so whoever records a request can send it again at any time
    Next: If the sender can sign a time, give its hmac a "timestampHeader" in cdk.json.
`)
  expect(text.match(/^.. {2}Signature/gm)).toHaveLength(1)
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
  brazeKeys: [{ use: brazeKeys({ braze: 'fixture' }).delivery.use, readBrazeSecret: down }],
  readInboundSecret: down,
  queueAttributes: down,
  callBraze: down,
  callWebhook: down,
  now: () => 0,
  newId: () => 'fixture-id',
}

test('a check that fails does not prevent the others', async () => {
  const findings = await checkBridge(UNREACHABLE)
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

test('a webhook that requires a client certificate is not tested', async () => {
  const readInboundSecret = async () => ({ token: 'fixture-inbound-token' })
  expect(await checkBridge({ ...UNREACHABLE, mutualTls: true, readInboundSecret })).toContainEqual({
    verdict: 'note',
    about: 'Webhook default',
    says: 'not tested: it requires a client certificate, which this command does not have',
  })
})
