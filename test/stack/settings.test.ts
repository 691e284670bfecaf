import { describe, expect, test } from 'vitest'
import { readSettings } from '../../lib/settings.ts'
import { cdkContext, everyOption, settings } from './synthesise.ts'

const read = (changed: object) => readSettings({ prod: { ...settings, ...changed } }, 'prod')
const { profiles, events } = settings.queues

test.each(['dev', 'prod'])('cdk.json: the settings of %s are valid', (stage) => {
  expect(readSettings(cdkContext().bridge, stage)).toHaveProperty('settings')
})

test('dev and prod are two stacks', () => {
  expect(readSettings(cdkContext().bridge, 'dev')).toMatchObject({
    settings: { stackName: 'ActionIqBraze-dev', keepData: false },
  })
  expect(readSettings(cdkContext().bridge, 'prod')).toMatchObject({
    settings: { stackName: 'ActionIqBraze-prod', keepData: true },
  })
})

test('valid settings are read as they stand', () => {
  expect(read({})).toEqual({ settings })
})

test('profile changes are delayed by three seconds unless a number is given', () => {
  const { deliveryDelaySeconds: _, ...rest } = profiles
  expect(read({ queues: { profiles: rest, events } })).toMatchObject({
    settings: { queues: { profiles: { deliveryDelaySeconds: 3 } } },
  })
  expect(read(profilesWith({ deliveryDelaySeconds: 0 }))).toMatchObject({
    settings: { queues: { profiles: { deliveryDelaySeconds: 0 } } },
  })
})

test('a batch holds ten messages unless a number is given', () => {
  const without = ({ batchSize: _, ...rest }: { batchSize: number }) => rest
  expect(read({ queues: { profiles: without(profiles), events: without(events) } })).toMatchObject({
    settings: { queues: { profiles: { batchSize: 10 }, events: { batchSize: 10 } } },
  })
})

test('so are all there are', () => {
  expect(readSettings({ prod: everyOption }, 'prod')).toEqual({ settings: everyOption })
})

test('connections for which there would be too many routes are rejected', () => {
  const connections = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`fixture-${n}`, { exports: ['email'] }]))
  expect(read({ connections: connections(65) })).toHaveProperty('settings')
  expect(read({ connections: connections(66) })).toEqual({
    problems: [
      'context.bridge.prod.connections: the API would have 202 routes, and a stack can have at most 200: move some connections to another stage',
    ],
  })
})

test('the address for alarms may be missing', () => {
  const { alarmEmail: _, ...rest } = settings
  expect(readSettings({ prod: rest }, 'prod')).toEqual({ settings: rest })
})

describe('150 requests of one invocation must fit into 41 seconds', () => {
  test('they just fit', () => {
    const queues = {
      profiles: { ...profiles, concurrency: 10, requestsPerSecond: 37 },
      events,
    }
    expect(read({ queues })).toHaveProperty('settings')
  })

  test('they do not fit: the message tells which numbers to change, and to what', () => {
    const queues = { profiles, events: { ...events, concurrency: 10, requestsPerSecond: 36 } }
    expect(read({ queues })).toEqual({
      problems: [
        'context.bridge.prod.queues.events: one invocation would take 42 s for 150 requests and has 41 s: with ' +
          'concurrency 10, raise requestsPerSecond from 36 to 37 or more, or lower concurrency',
      ],
    })
  })
})

const profilesWith = (changed: object) => ({ queues: { profiles: { ...profiles, ...changed }, events } })
const UNWATCHED = { alarmEmail: undefined }
const NO_KEY = { truststoreBucket: 'fixture-truststores' }
const { domain, mutualTls, alarmTopicArn } = everyOption
const NOT_A_TOPIC = 'arn:aws:sqs:eu-west-1:000000000000:fixture-alarms'
const ALIAS = 'arn:aws:kms:eu-west-1:000000000000:alias/fixture'

/** The problem begins with the path in the settings. */
const rejected: [what: string, changed: object, problem: string][] = [
  ['a mistyped name', { lane: 16 }, 'lane: no such setting'],
  ['a missing queue', { queues: { profiles } }, 'queues.events: '],
  ['a number as text', profilesWith({ requestsPerSecond: '40' }), 'queues.profiles.requestsPerSecond: '],
  ['too little concurrency', profilesWith({ concurrency: 1 }), 'queues.profiles.concurrency: '],
  [
    'a delay of a minute',
    profilesWith({ deliveryDelaySeconds: 60 }),
    'queues.profiles.deliveryDelaySeconds: ',
  ],
  ['a batch without messages', profilesWith({ batchSize: 0 }), 'queues.profiles.batchSize: '],
  [
    'more messages than Lambda takes',
    profilesWith({ batchSize: 11, requestsPerSecond: 99 }),
    'queues.profiles.batchSize: ',
  ],
  ['half a second', profilesWith({ deliveryDelaySeconds: 0.5 }), 'queues.profiles.deliveryDelaySeconds: '],
  [
    'a delay of events',
    { queues: { profiles, events: { ...events, deliveryDelaySeconds: 3 } } },
    'queues.events.deliveryDelaySeconds: no such setting',
  ],
  ['a request without objects', { objectsPerRequest: 0 }, 'objectsPerRequest: '],
  ['more objects than Braze accepts', { objectsPerRequest: 76 }, 'objectsPerRequest: '],
  ['half an object', { objectsPerRequest: 0.5 }, 'objectsPerRequest: '],
  ['too few lanes', { lanes: 5 }, "queues.profiles.concurrency: 6 invocations can't share 5 lanes"],
  ['a retention that CloudWatch does not take', { logRetentionDays: 31 }, 'logRetentionDays: '],
  ['a bad name of a connection', { connections: { crm_1: {} } }, 'connections.crm_1: '],
  ['a bad address of one', { connections: { crm: { allowedIps: ['x'] } } }, 'connections.crm.allowedIps.0: '],
  // The schema of a connection has no messages of its own.
  [
    'a bad mode of one',
    { connections: { crm: { mode: 'x' } } },
    'connections.crm.mode: Invalid option: expected one of "deliver"|"capture"',
  ],
  ['a secret', { connections: { crm: { token: 'x' } } }, 'connections.crm.token: no such setting'],
  ['an address and a topic for alarms', { alarmTopicArn }, 'alarmTopicArn: alarmEmail is set too'],
  [
    'a queue for a topic',
    { ...UNWATCHED, alarmTopicArn: NOT_A_TOPIC },
    'alarmTopicArn: the ARN of a standard topic',
  ],
  ['the alias of a key', { kmsKeyArn: ALIAS }, 'kmsKeyArn: the ARN of a key in KMS'],
  ['certificates without a domain', { mutualTls }, 'mutualTls: needs a domain'],
  ['certificates without a truststore', { domain, mutualTls: NO_KEY }, 'mutualTls.truststoreKey: '],
  ['a domain without a certificate', { domain: { name: 'bridge.example.com' } }, 'domain.certificateArn: '],
  [
    'a URL for a domain',
    { domain: { ...domain, name: 'https://x.example.com' } },
    'domain.name: a host name',
  ],
  [
    "a zone that is not the domain's",
    { domain: { ...domain, hostedZone: { id: 'Z7731', name: 'ample.com' } } },
    'domain.hostedZone.name: bridge.example.com is no name in the zone ample.com',
  ],
  ['a latency that no request reaches', { latencyAlarmSeconds: 30 }, 'latencyAlarmSeconds: '],
  ['a silence longer than an alarm looks back', { silenceAlarmHours: 169 }, 'silenceAlarmHours: '],
  ['a stack name that CloudFormation refuses', { stackName: 'a_b' }, 'stackName: '],
]

test.each(rejected)('%s is refused by its path', (_, changed, problem) => {
  const result = read(changed)
  const problems = 'problems' in result ? result.problems : []
  expect(problems.map((found) => found.startsWith(`context.bridge.prod.${problem}`))).toEqual([true])
})

test('an unknown stage is refused with those there are', () => {
  expect(readSettings({ dev: settings, prod: settings }, 'staging')).toEqual({
    problems: [
      'no stage "staging" in cdk.json: choose one of dev, prod with -c stage=… (deploy, cdk), --stage … (ops) or STAGE=… (start)',
    ],
  })
})

test('two workspaces in one stack are refused, whichever is deployed', () => {
  const other = { ...settings, stackName: 'Fixture-other' }
  expect(readSettings({ dev: other, prod: settings }, 'prod')).toEqual({ settings })
  for (const stage of ['emea', 'apac', 'other'])
    expect(readSettings({ emea: settings, other, apac: settings }, stage)).toEqual({
      problems: ['context.bridge.apac.stackName: Fixture-bridge is that of emea too'],
    })
})

test('a setting in the place of a stage is named', () => {
  expect(readSettings({ prod: settings, connections: { crm: {} } }, 'prod')).toEqual({
    problems: [
      'context.bridge.connections: this is a setting, not a stage: put it into "defaults" or into a stage',
    ],
  })
})

test('a connection that can only sign may read no profiles', () => {
  const signed = { kind: 'hmac', header: 'x-signature' }
  const crm = { exports: ['external_id'], signedEndpoint: 'activations' }
  expect(read({ connections: { crm: { ...crm, authentication: [signed] } } })).toEqual({
    problems: [
      'context.bridge.prod.connections.crm.exports: needs a token: a signature does not cover the path. Use a connection of its own',
    ],
  })
  expect(
    read({ connections: { crm: { ...crm, authentication: [signed, { kind: 'bearer' }] } } }),
  ).toHaveProperty('settings')
})

test('missing settings are refused', () => {
  expect(readSettings(undefined, 'dev')).toEqual({
    problems: ['context.bridge: settings by stage are missing in cdk.json'],
  })
})

describe('defaults', () => {
  const { connections: _, lanes: __, ...own } = settings
  const defaults = {
    lanes: 8,
    connections: { crm: { preferredIdentifier: 'braze_id', allowedIps: ['192.0.2.0/24', '192.0.2.1'] } },
  }

  test('hold for a stage that says nothing else', () => {
    expect(readSettings({ defaults, prod: own }, 'prod')).toMatchObject({
      settings: { lanes: 8, connections: { crm: { preferredIdentifier: 'braze_id' } } },
    })
  })

  test('give way name by name; a list gives way as a whole', () => {
    const prod = { ...own, connections: { crm: { allowedIps: ['198.51.100.7'] }, shop: {} } }
    expect(readSettings({ defaults, prod }, 'prod')).toMatchObject({
      settings: {
        lanes: 8,
        connections: {
          default: { preferredIdentifier: 'external_id' },
          crm: { preferredIdentifier: 'braze_id', allowedIps: ['198.51.100.7'] },
          shop: { preferredIdentifier: 'external_id' },
        },
      },
    })
  })

  test('leave the other stages as they are', () => {
    expect(
      readSettings({ defaults, dev: { ...own, stackName: 'Fixture-dev', lanes: 6 }, prod: own }, 'prod'),
    ).toMatchObject({ settings: { stackName: 'Fixture-bridge', lanes: 8 } })
  })

  const wrong: [string, object, object, string][] = [
    ['a value among them', { ...defaults, lanes: 2_000 }, own, 'context.bridge.defaults.lanes: '],
    ['a value of the stage', defaults, { ...own, lanes: 2_000 }, 'context.bridge.prod.lanes: '],
    ['a mistyped name among them', { ...defaults, lane: 8 }, own, 'context.bridge.defaults.lane: '],
    [
      'a value in a list of theirs',
      { ...defaults, connections: { crm: { allowedIps: ['192.0.2.0/33'] } } },
      own,
      'context.bridge.defaults.connections.crm.allowedIps.0: ',
    ],
    ['what neither says', { connections: {} }, own, 'context.bridge.prod.lanes: '],
  ]
  test.each(wrong)('%s is refused by the path where it stands', (_, given, prod, path) => {
    const read = readSettings({ defaults: given, prod }, 'prod')
    expect(read).toHaveProperty('problems')
    expect('problems' in read && read.problems.map((problem) => problem.startsWith(path))).toEqual([true])
  })

  test('are no stage, and nothing but settings', () => {
    expect(readSettings({ defaults, prod: own }, 'defaults')).toEqual({
      problems: [expect.stringContaining('no stage "defaults" in cdk.json: choose one of prod with')],
    })
    expect(readSettings({ defaults: 7, prod: own }, 'prod')).toEqual({
      problems: ['context.bridge.defaults: settings, or nothing'],
    })
  })

  test('can give no two stages the same stack', () => {
    const { stackName: _name, ...rest } = settings
    expect(
      readSettings({ defaults: { stackName: 'Fixture-bridge' }, emea: rest, apac: rest }, 'emea'),
    ).toEqual({ problems: ['context.bridge.defaults.stackName: Fixture-bridge is that of emea too'] })
  })
})
