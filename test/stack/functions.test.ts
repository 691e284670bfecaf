import { expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { propertiesOf, synthesise } from './synthesise.ts'

const template = synthesise()
const functions = propertiesOf(template, 'AWS::Lambda::Function')
const receiver = functions.ReceiverFunction5F91F2E5
const worker = functions.WorkerFunctionAF8A26AF
const exporter = functions.ExporterFunction8FE826AC

const all = { receiver, worker, exporter }

test('there are the receiver, the worker and the exporter', () => {
  expect(Object.keys(functions)).toHaveLength(3)
})

// The API gives up on the receiver and the exporter after 30 seconds.
test.each([
  ['receiver', { Timeout: 29, MemorySize: 640 }, 'ReceiverLogs921D31A4'],
  ['worker', { Timeout: 60, MemorySize: 768 }, 'WorkerLogs4B5B6506'],
  ['exporter', { Timeout: 29, MemorySize: 384 }, 'ExporterLogs0C6B1C5F'],
] as const)(
  'the %s runs on the platform it was tested for, in time, and logs JSON of its own',
  (name, size, logs) => {
    const properties = all[name]
    expect(properties).toMatchObject({ ...size, Runtime: 'nodejs24.x', Architectures: ['arm64'] })
    expect(properties.LoggingConfig).toEqual({
      LogFormat: 'JSON',
      LogGroup: { Ref: logs },
      ApplicationLogLevel: 'INFO',
      SystemLogLevel: 'WARN',
    })
  },
)

test.each([
  ['no connection lists fields that may be read', { default: {}, crm: {} }],
  [
    'the only connection that lists some is in capture mode',
    { trial: { exports: ['email'], mode: 'capture' } },
  ],
])('where %s, there is no exporter, and nothing of it', (_, connections) => {
  const given = synthesise({ connections: Connections.parse(connections) })
  expect(Object.keys(propertiesOf(given, 'AWS::Lambda::Function'))).toHaveLength(2)
  expect(JSON.stringify(given.toJSON())).not.toMatch(/exporter|export\/ids/i)
})

test('they are traced only where the settings say so', () => {
  for (const properties of Object.values(functions)) expect(properties).not.toHaveProperty('TracingConfig')
  const traced = Object.values(propertiesOf(synthesise({ tracing: true }), 'AWS::Lambda::Function'))
  expect(traced.map(({ TracingConfig }) => TracingConfig)).toEqual(Array(3).fill({ Mode: 'Active' }))
})

const LOG_KEY = { LOG_KEY_SECRET_ID: { Ref: 'SecretsLogKeyAFF78FFA' } }
const QUEUES = {
  PROFILES_QUEUE_URL: { Ref: 'ProfilesQueue39CEC36C' },
  EVENTS_QUEUE_URL: { Ref: 'EventsQueue7396B467' },
  PROFILES_DLQ_URL: { Ref: 'ProfilesDeadLettersE6533FBC' },
  EVENTS_DLQ_URL: { Ref: 'EventsDeadLetters8A90034E' },
}
const INBOUND = {
  INBOUND_SECRET_ID: { Ref: 'SecretsInboundB82A19A2' },
  CONNECTIONS_FILE: '/opt/connections.json',
  INBOUND_SECRET_PREFIX: 'Fixture-bridge/connections/',
}
const BRAZE = { BRAZE_SECRET_ID: { Ref: 'SecretsBrazeDD68D7EB' } }
const PACE = {
  PROFILES_BATCH_SIZE: '5',
  EVENTS_BATCH_SIZE: '9',
  PROFILES_REQUEST_SPACING_MS: '250',
  EVENTS_REQUEST_SPACING_MS: '100',
  PROFILES_DELAY_MS: '5000',
}
const PACKING = { OBJECTS_PER_REQUEST: '60' }

test.each([
  [
    'receiver',
    {
      ...LOG_KEY,
      ...QUEUES,
      ...INBOUND,
      ...PACKING,
      CAPTURES_QUEUE_URL: { Ref: 'CapturesQueue73712E55' },
      LANES: '24',
    },
  ],
  ['worker', { ...LOG_KEY, ...QUEUES, ...BRAZE, ...PACKING, ...PACE }],
  ['exporter', { ...LOG_KEY, ...INBOUND, ...BRAZE }],
] as const)(
  'the %s is told its queues, and its secrets by their ARN, and nothing else',
  (name, variables) => {
    expect(all[name].Environment.Variables).toEqual({ STACK_NAME: 'Fixture-bridge', ...variables })
  },
)

test('nothing in the template may talk to loopback', () => {
  expect(JSON.stringify(template.toJSON())).not.toContain('ALLOW_LOOPBACK_BRAZE')
})
