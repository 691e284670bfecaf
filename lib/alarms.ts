import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { type Alarming, BridgeAlarm } from './alarm.ts'
import type { BundledFunction } from './bundled-function.ts'
import { DeliveryAlarms } from './delivery-alarms.ts'
import { IntakeAlarms } from './intake-alarms.ts'
import { PrivacyAlarms } from './privacy-alarms.ts'
import { QueueAlarms } from './queue-alarms.ts'
import type { DeliveryQueues } from './queue-urls.ts'
import type { ReceiverApi } from './receiver-api.ts'
import type { Settings } from './settings.ts'

export type AlarmsProps = {
  settings: Settings
  actions: Alarming['actions']
  dashboardUrl: string
  api: ReceiverApi
  queues: DeliveryQueues
  receiver: BundledFunction
  worker: BundledFunction
  exporter: BundledFunction
}

/** Every alarm of a stack. An id here never moves: two resources with one alarm's name would stop a deployment. */
export class Alarms extends Construct {
  readonly all: readonly IAlarm[]

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    const { settings, actions, dashboardUrl, api, queues, receiver, worker, exporter } = props
    const alarming = { stackName: settings.stackName, actions }
    new QueueAlarms(this, 'Profiles', {
      ...alarming,
      delivery: queues.profiles,
      carries: 'profile changes',
      backlogAlarmMinutes: settings.queues.profiles.backlogAlarmMinutes,
      dashboardUrl,
    })
    new QueueAlarms(this, 'Events', {
      ...alarming,
      delivery: queues.events,
      carries: 'events',
      backlogAlarmMinutes: settings.queues.events.backlogAlarmMinutes,
      dashboardUrl,
    })
    new DeliveryAlarms(this, 'Delivery', { ...alarming, worker, dashboardUrl })
    new IntakeAlarms(this, 'Intake', { ...alarming, settings, api, receiver, exporter, dashboardUrl })
    const logGroups = {
      receiver: receiver.logGroup,
      worker: worker.logGroup,
      exporter: exporter.logGroup,
      api: api.accessLog,
    }
    new PrivacyAlarms(this, 'Privacy', { ...alarming, logGroups })
    this.all = this.node.findAll().filter((construct) => construct instanceof BridgeAlarm)
  }
}
