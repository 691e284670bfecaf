import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { AlarmMail } from './alarm-mail.ts'
import type { Settings } from './settings.ts'

/**
 * Whom an alarm tells. A topic that exists already is its owner's: that CloudWatch may publish there, and use the key
 * of an encrypted one, is for its policy and the key's to say.
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
