import { Validations } from 'aws-cdk-lib'
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
    Validations.of(topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A mail that is lost needs no second way: the alarm stands in the console all the same.',
    })
    this.action = new SnsAction(topic)
  }
}
