import type { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ForOperators } from '../../lib/for-operators.ts'
import { synthesise } from './synthesise.ts'

const template = synthesise()

test('the outputs come in the order in which a person needs them', () => {
  const names = Object.keys(template.findOutputs('*'))
  expect(names.toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ForOperators',
    'Step1ActivationsUrl',
    'Step1EventsUrl',
    'Step1RecordsUrl',
    'Step2ConnectionSecrets',
    'Step2InboundSecret',
    'Step3BrazeSecret',
    'Step4Check',
    'WatchEvents',
    'WatchEventsDeadLetters',
    'WatchProfiles',
    'WatchProfilesDeadLetters',
  ])
})

test('the URLs are those of the API, the secrets are links, and the check names the stage', () => {
  const url = 'https://WebhookApi427E2EB3.execute-api.eu-west-1.amazonaws.com/'
  expect(said(template, 'Step1ActivationsUrl')).toBe(`${url}v1/activations`)
  expect(said(template, 'Step1EventsUrl')).toBe(`${url}v1/events`)
  expect(said(template, 'Step1RecordsUrl')).toBe(`${url}v1/records`)
  const page = 'https://eu-west-1.console.aws.amazon.com/secretsmanager/secret?region=eu-west-1&name='
  expect(said(template, 'Step2InboundSecret')).toMatch(startingWith(page))
  expect(said(template, 'Step2InboundSecret')).toContain('SecretsInboundB82A19A2')
  expect(said(template, 'Step3BrazeSecret')).toMatch(startingWith(page))
  expect(said(template, 'Step3BrazeSecret')).toContain('SecretsBrazeDD68D7EB')
  expect(said(template, 'Step4Check')).toBe('npm run ops -- check --stage prod')
})

test('the operators’ commands are told everything, in a form they read, and no secret', () => {
  const told = ForOperators.parse(JSON.parse(said(template, 'ForOperators')))
  expect(told).toEqual({
    v: 1,
    stage: 'prod',
    stackName: 'Fixture-bridge',
    webhookUrl: 'https://WebhookApi427E2EB3.execute-api.eu-west-1.amazonaws.com/',
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
    },
    lanes: 24,
  })
})

const startingWith = (text: string) => new RegExp(`^${text.replace(/[.?]/g, '\\$&')}`)

const AWS: Record<string, string> = { 'AWS::Region': 'eu-west-1', 'AWS::URLSuffix': 'amazonaws.com' }

/** An output with the logical ids of what it refers to in their places; a queue's is its URL. */
function said(template: Template, output: string): string {
  const queues = Object.keys(template.findResources('AWS::SQS::Queue'))
  const Reference = z.object({ Ref: z.string() })
  const text = (part: unknown): string => {
    if (typeof part === 'string') return part
    const { success, data } = Reference.safeParse(part)
    if (!success) return JSON.stringify(part)
    return queues.includes(data.Ref) ? `https://${data.Ref}` : (AWS[data.Ref] ?? data.Ref)
  }
  const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
  const value = template.findOutputs(output)[output]?.Value
  const joined = Joined.safeParse(value)
  return joined.success ? joined.data['Fn::Join'][1].map(text).join('') : text(value)
}
