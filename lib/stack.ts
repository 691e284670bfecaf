import { Duration, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms, alarmActions } from './alarms/alarms.ts'
import { ReceiverApi } from './api.ts'
import { dashboardConsoleUrl } from './console-links.ts'
import { BridgeDashboard, SavedQueries } from './dashboard/dashboard.ts'
import { ConnectionsFile, Exporter, Receiver, WORKER_TIMEOUT, Worker } from './functions.ts'
import { addOutputs } from './outputs.ts'
import { CapturesQueue, DeliveryQueue } from './queues.ts'
import { dataRetentionFrom } from './retention.ts'
import { Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

export type BridgeStackProps = {
  /** The entry of `bridge` in cdk.json that has the settings. */
  stage: string
  settings: Settings
}

/**
 * The bridge to one Braze workspace. Changing an id here, or in a construct, replaces the resource that it
 * names.
 */
export class BridgeStack extends Stack {
  constructor(scope: Construct, id: string, { stage, settings }: BridgeStackProps) {
    super(scope, id, {
      stackName: settings.stackName,
      description: 'ActionIQ to Braze, in order and without loss',
    })
    const { stackName } = settings
    const dataRetention = dataRetentionFrom(this, settings)
    const queueProps = { consumerTimeout: WORKER_TIMEOUT, dataRetention }

    const secrets = new Secrets(this, 'Secrets', {
      stackName,
      connections: Object.keys(settings.connections),
      separateExportKey: settings.separateExportKey,
      dataRetention,
    })
    const profiles = new DeliveryQueue(this, 'Profiles', {
      ...queueProps,
      name: `${stackName}-profiles`,
      deliveryDelay: Duration.seconds(settings.queues.profiles.deliveryDelaySeconds),
    })
    const events = new DeliveryQueue(this, 'Events', { ...queueProps, name: `${stackName}-events` })
    const queues = { profiles, events }
    const captures = new CapturesQueue(this, 'Captures', { name: `${stackName}-captures`, dataRetention })

    const connectionsFile = new ConnectionsFile(this, 'Connections', settings.connections)
    const receiver = new Receiver(this, 'Receiver', {
      settings,
      queues,
      captures: captures.queue,
      secrets,
      connectionsFile,
      dataRetention,
    })
    const exporter = Object.values(settings.connections).some((connection) => connection.exports)
      ? new Exporter(this, 'Exporter', { settings, secrets, connectionsFile, dataRetention })
      : undefined
    const api = new ReceiverApi(this, 'Webhook', {
      settings,
      receiver: receiver.function,
      exporter: exporter?.function,
      dataRetention,
    })
    const worker = new Worker(this, 'Worker', {
      settings,
      queues,
      brazeSecret: secrets.braze,
      logKey: secrets.logKey,
      dataRetention,
    })

    const actions = alarmActions(this, settings)
    // All regions of an account share the names of dashboards.
    const dashboardName = `${stackName}-${this.region}`
    const dashboardUrl = dashboardConsoleUrl(this, dashboardName)
    const functions = { receiver, worker, ...(exporter && { exporter }) }
    const monitored = { settings, api, queues, functions }
    const { all: alarms } = new Alarms(this, 'Alarms', { ...monitored, actions, dashboardUrl })
    new SavedQueries(this, 'Queries', { stackName, functions })
    new BridgeDashboard(this, 'Dashboard', { ...monitored, dashboardName, secrets, alarms })

    addOutputs(this, {
      stage,
      settings,
      api,
      secrets,
      queues,
      captures: captures.queue,
      functions,
      dashboardName,
    })
  }
}
