import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { ReceiverApi } from '../api.ts'
import type { Functions } from '../functions.ts'
import type { DeliveryQueues } from '../queues.ts'
import type { Settings } from '../settings.ts'
import { type AlarmContext, BridgeAlarm } from './alarm.ts'
import { AlarmMail } from './alarm-mail.ts'
import { DeliveryAlarms } from './delivery.ts'
import { IntakeAlarms, PrivacyAlarms } from './intake.ts'
import { QueueAlarms } from './queues.ts'

export type AlarmsProps = {
  settings: Settings
  actions: AlarmContext['actions']
  dashboardUrl: string
  api: ReceiverApi
  queues: DeliveryQueues
  functions: Functions
}

/**
 * Every alarm of a stack. An id here must never change: it would make two resources with one alarm's name,
 * which stop a deployment.
 */
export class Alarms extends Construct {
  readonly all: readonly BridgeAlarm[]

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id)
    const { settings, actions, dashboardUrl, api, queues, functions } = props
    const { receiver, worker, exporter } = functions
    const alarmContext = { stackName: settings.stackName, actions }
    new QueueAlarms(this, 'Profiles', {
      ...alarmContext,
      delivery: queues.profiles,
      contents: 'profile changes',
      backlogAlarmMinutes: settings.queues.profiles.backlogAlarmMinutes,
      dashboardUrl,
    })
    new QueueAlarms(this, 'Events', {
      ...alarmContext,
      delivery: queues.events,
      contents: 'events',
      backlogAlarmMinutes: settings.queues.events.backlogAlarmMinutes,
      dashboardUrl,
    })
    new DeliveryAlarms(this, 'Delivery', { ...alarmContext, worker, dashboardUrl })
    new IntakeAlarms(this, 'Intake', { ...alarmContext, settings, api, receiver, exporter, dashboardUrl })
    const logGroups = {
      receiver: receiver.logGroup,
      worker: worker.logGroup,
      ...(exporter && { exporter: exporter.logGroup }),
      api: api.accessLog,
    }
    new PrivacyAlarms(this, 'Privacy', { ...alarmContext, logGroups })
    this.all = this.node.findAll().filter((construct) => construct instanceof BridgeAlarm)
  }
}

/**
 * Returns the targets that an alarm notifies. An existing topic belongs to its owner: its policy, and the
 * key's if it is encrypted, must allow CloudWatch to publish there and to use the key.
 */
export function alarmActions(
  scope: Construct,
  { alarmEmail, alarmTopicArn }: Pick<Settings, 'alarmEmail' | 'alarmTopicArn'>,
): IAlarmAction[] {
  if (alarmEmail !== undefined) return [new AlarmMail(scope, 'AlarmMail', alarmEmail).action]
  if (alarmTopicArn !== undefined)
    return [new SnsAction(Topic.fromTopicArn(scope, 'AlarmTopic', alarmTopicArn))]
  return []
}
