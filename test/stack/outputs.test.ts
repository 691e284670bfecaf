import { expect, test } from 'vitest'
import { ForOperators } from '../../lib/for-operators.ts'
import { outputsOf } from './outputs-of.ts'
import { synthesise } from './synthesise.ts'

const outputs = outputsOf(synthesise())

test('the outputs come in the order in which a person needs them', () => {
  const names = Object.keys(outputs)
  expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ForOperators',
    'Step1ActivationsUrl',
    'Step1EventsUrl',
    'Step1RecordsUrl',
    'Step2ConnectionSecrets',
    'Step2InboundSecret',
    'Step3BrazeSecret',
    'Step4Check',
    'Step5Dashboard',
    'WatchEvents',
    'WatchEventsDeadLetters',
    'WatchProfiles',
    'WatchProfilesDeadLetters',
  ])
})

test('the URLs are those of the API, the secrets are links, and the check names the stage', () => {
  const url = 'https://WebhookApi427E2EB3.execute-api.eu-west-1.amazonaws.com/'
  expect(outputs.Step1ActivationsUrl).toBe(`${url}v1/activations`)
  expect(outputs.Step1EventsUrl).toBe(`${url}v1/events`)
  expect(outputs.Step1RecordsUrl).toBe(`${url}v1/records`)
  const page = 'https://eu-west-1.console.aws.amazon.com/secretsmanager/secret?region=eu-west-1&name='
  expect(outputs.Step2InboundSecret).toMatch(startingWith(page))
  expect(outputs.Step2InboundSecret).toContain('SecretsInboundB82A19A2')
  expect(outputs.Step3BrazeSecret).toMatch(startingWith(page))
  expect(outputs.Step3BrazeSecret).toContain('SecretsBrazeDD68D7EB')
  expect(outputs.Step4Check).toBe('npm run ops -- check --stage prod')
  expect(outputs.Step5Dashboard).toBe(
    'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/Fixture-bridge-eu-west-1',
  )
})

test('the operators’ commands are told everything, in a form they read, and no secret', () => {
  const forOperators = ForOperators.parse(JSON.parse(outputs.ForOperators ?? ''))
  expect(forOperators).toEqual({
    v: 1,
    stage: 'prod',
    stackName: 'Fixture-bridge',
    webhookUrl: 'https://WebhookApi427E2EB3.execute-api.eu-west-1.amazonaws.com',
    functions: {
      receiver: 'ReceiverFunction5F91F2E5',
      worker: 'WorkerFunctionAF8A26AF',
      exporter: 'ExporterFunction8FE826AC',
    },
    logGroups: {
      receiver: 'ReceiverLogs921D31A4',
      worker: 'WorkerLogs4B5B6506',
      exporter: 'ExporterLogs0C6B1C5F',
      api: 'WebhookAccessLog49B4A173',
    },
    eventSources: {
      profiles: expect.stringMatching(/^WorkerFunctionSqsEventSource.*ProfilesQueue/),
      events: expect.stringMatching(/^WorkerFunctionSqsEventSource.*EventsQueue/),
    },
    queues: { profiles: 'https://ProfilesQueue39CEC36C', events: 'https://EventsQueue7396B467' },
    deadLetters: {
      profiles: 'https://ProfilesDeadLettersE6533FBC',
      events: 'https://EventsDeadLetters8A90034E',
    },
    captures: 'https://CapturesQueue73712E55',
    secrets: {
      inbound: 'SecretsInboundB82A19A2',
      inboundPrefix: 'Fixture-bridge/connections/',
      braze: 'SecretsBrazeDD68D7EB',
      logKey: 'SecretsLogKeyAFF78FFA',
    },
    lanes: 24,
    dashboardName: 'Fixture-bridge-eu-west-1',
    digests: {
      connections: expect.stringMatching(/^[0-9a-f]{12}$/),
      queues: expect.stringMatching(/^[0-9a-f]{12}$/),
      objectsPerRequest: expect.stringMatching(/^[0-9a-f]{12}$/),
      throttle: expect.stringMatching(/^[0-9a-f]{12}$/),
      memoryMb: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
  })
})

const startingWith = (text: string) => new RegExp(`^${text.replace(/[.?]/g, '\\$&')}`)
