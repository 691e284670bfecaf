import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'

/** Sends alarms to one address, which has to confirm AWS's first mail. */
export class AlarmMail extends Construct {
  readonly action: IAlarmAction

  constructor(scope: Construct, id: string, address: string) {
    super(scope, id)
    const topic = new Topic(this, 'Topic', { enforceSSL: true })
    topic.addSubscription(new EmailSubscription(address))
    this.action = new SnsAction(topic)
  }
}
