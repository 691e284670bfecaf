import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { Connections } from '../../functions/shared/connection.ts'
import { readSettings, type Settings } from '../../lib/settings.ts'
import { BridgeStack } from '../../lib/stack.ts'

export const settings: Settings = {
  stackName: 'Fixture-bridge',
  keepData: true,
  connections: Connections.parse({
    default: { exports: ['email'] },
    crm: { preferredIdentifier: 'braze_id' },
  }),
  separateExportKey: false,
  lanes: 24,
  objectsPerRequest: 60,
  queues: {
    profiles: {
      concurrency: 6,
      requestsPerSecond: 24,
      batchSize: 5,
      backlogAlarmMinutes: 90,
      deliveryDelaySeconds: 5,
    },
    events: { concurrency: 3, requestsPerSecond: 30, batchSize: 9, backlogAlarmMinutes: 10 },
  },
  throttle: { requestsPerSecond: 33, burst: 66 },
  memoryMb: { receiver: 640, worker: 768, exporter: 384 },
  logRetentionDays: 60,
  logSourceAddresses: false,
  tracing: false,
  latencyAlarmSeconds: 7,
  silenceAlarmHours: 26,
  alarmEmail: 'alarms@example.com',
}

const { alarmEmail: _, ...unwatched } = settings

/** `settings` with a value for each option that it leaves out. */
export const everyOption: Settings = {
  ...unwatched,
  tracing: true,
  separateExportKey: true,
  logSourceAddresses: true,
  kmsKeyArn: 'arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-4000-8000-000000007731',
  alarmTopicArn: 'arn:aws:sns:eu-west-1:000000000000:fixture-alarms',
  domain: {
    name: 'bridge.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:000000000000:certificate/fixture-domain',
    hostedZone: { id: 'ZFIXTURE7731', name: 'example.com' },
  },
  mutualTls: {
    truststoreBucket: 'fixture-truststores',
    truststoreKey: 'senders.pem',
    truststoreVersion: 'fixture-version-3',
    ownershipCertificateArn: 'arn:aws:acm:eu-west-1:000000000000:certificate/fixture-ownership',
  },
}

/** The context of cdk.json: the feature flags under which the stack is deployed. */
export const cdkContext = () =>
  z.object({ context: z.record(z.string(), z.unknown()) }).parse(JSON.parse(readFileSync('cdk.json', 'utf8')))
    .context

/** The settings of a stage of cdk.json. */
export function cdkStage(stage: string): Settings {
  const read = readSettings(cdkContext().bridge, stage)
  if ('problems' in read) throw new Error(read.problems.join('\n'))
  return read.settings
}

/** An app that bundles no function, since the bundles have their own tests. */
export const appWithoutBundles = () =>
  new App({ context: { ...cdkContext(), 'aws:cdk:bundling-stacks': [] } })

export const synthesise = (changed: Partial<Settings> = {}) => synthesised({ ...settings, ...changed })

const templates = new Map<string, Template>()

/** Synthesises each stack once, since a test only reads its template. */
export function synthesised(settings: Settings): Template {
  const key = JSON.stringify(settings)
  const template =
    templates.get(key) ??
    Template.fromStack(new BridgeStack(appWithoutBundles(), 'Fixture', { stage: 'prod', settings }))
  templates.set(key, template)
  return template
}

/** The properties of all resources of one type, by logical id. */
export const propertiesOf = (template: Template, type: string) =>
  Object.fromEntries(
    Object.entries(template.findResources(type)).map(([id, resource]) => [id, resource.Properties]),
  )
