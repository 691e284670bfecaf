import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const template = synthesise()
const functions = propertiesOf(template, 'AWS::Lambda::Function')
const receiver = functions.ReceiverFunction5F91F2E5
const worker = functions.WorkerFunctionAF8A26AF
const exporter = functions.ExporterFunction8FE826AC

test('there are the receiver, the worker and the exporter, on the platform they were tested for', () => {
  expect(Object.keys(functions)).toHaveLength(3)
  for (const properties of [receiver, worker, exporter])
    expect(properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
    })
})

test('they are traced only where the settings say so', () => {
  for (const properties of [receiver, worker, exporter])
    expect(properties).not.toHaveProperty('TracingConfig')
  for (const properties of Object.values(
    propertiesOf(synthesise({ tracing: true }), 'AWS::Lambda::Function'),
  ))
    expect(properties).toMatchObject({ TracingConfig: { Mode: 'Active' } })
})

test('the receiver answers before the API gives up on it', () => {
  expect(receiver).toMatchObject({ Timeout: 29, MemorySize: 640 })
})

test('so does the exporter', () => {
  expect(exporter).toMatchObject({ Timeout: 29, MemorySize: 384 })
})

test('the worker has 60 seconds', () => {
  expect(worker).toMatchObject({ Timeout: 60, MemorySize: 768 })
})

test('the receiver is told the queues, the inbound secret by its ARN, and the settings', () => {
  expect(receiver.Environment.Variables).toEqual({
    STACK_NAME: 'Fixture-bridge',
    LOG_KEY_SECRET_ID: { Ref: 'SecretsLogKeyAFF78FFA' },
    PROFILES_QUEUE_URL: { Ref: 'ProfilesQueue39CEC36C' },
    EVENTS_QUEUE_URL: { Ref: 'EventsQueue7396B467' },
    PROFILES_DLQ_URL: { Ref: 'ProfilesDeadLettersE6533FBC' },
    EVENTS_DLQ_URL: { Ref: 'EventsDeadLetters8A90034E' },
    CAPTURES_QUEUE_URL: { Ref: 'CapturesQueue73712E55' },
    INBOUND_SECRET_ID: { Ref: 'SecretsInboundB82A19A2' },
    CONNECTIONS_FILE: '/opt/connections.json',
    INBOUND_SECRET_PREFIX: 'Fixture-bridge/connections/',
    LANES: '24',
  })
})

test('the worker is told the queues, the Braze secret by its ARN, its pace, and no leave for loopback', () => {
  expect(worker.Environment.Variables).toEqual({
    STACK_NAME: 'Fixture-bridge',
    LOG_KEY_SECRET_ID: { Ref: 'SecretsLogKeyAFF78FFA' },
    PROFILES_QUEUE_URL: { Ref: 'ProfilesQueue39CEC36C' },
    EVENTS_QUEUE_URL: { Ref: 'EventsQueue7396B467' },
    PROFILES_DLQ_URL: { Ref: 'ProfilesDeadLettersE6533FBC' },
    EVENTS_DLQ_URL: { Ref: 'EventsDeadLetters8A90034E' },
    BRAZE_SECRET_ID: { Ref: 'SecretsBrazeDD68D7EB' },
    PROFILES_REQUEST_SPACING_MS: '250',
    EVENTS_REQUEST_SPACING_MS: '100',
  })
})

test('the exporter is told the secrets and the connections', () => {
  expect(exporter.Environment.Variables).toEqual({
    STACK_NAME: 'Fixture-bridge',
    CONNECTIONS_FILE: '/opt/connections.json',
    INBOUND_SECRET_ID: { Ref: 'SecretsInboundB82A19A2' },
    INBOUND_SECRET_PREFIX: 'Fixture-bridge/connections/',
    BRAZE_SECRET_ID: { Ref: 'SecretsBrazeDD68D7EB' },
  })
})

test('nothing in the template may talk to loopback', () => {
  expect(JSON.stringify(template.toJSON())).not.toContain('ALLOW_LOOPBACK_BRAZE')
})

test('each function writes JSON to a log group of its own', () => {
  expect(receiver.LoggingConfig).toEqual({
    LogFormat: 'JSON',
    LogGroup: { Ref: 'ReceiverLogs921D31A4' },
    ApplicationLogLevel: 'INFO',
    SystemLogLevel: 'WARN',
  })
  expect(worker.LoggingConfig).toMatchObject({ LogGroup: { Ref: 'WorkerLogs4B5B6506' } })
})
