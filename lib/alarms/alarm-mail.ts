import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import { Construct } from 'constructs'

/**
 * Sends alarms to one address, which has to confirm AWS's first mail.
 *
 * The topic has a key of its own, because CloudWatch can only use a key whose policy allows it. The policy of
 * AWS's own key for SNS does not (SNS developer guide, "Enable compatibility between event sources from AWS
 * services and encrypted topics"), and the stack cannot change the policy of the operator's key.
 */
export class AlarmMail extends Construct {
  readonly action: IAlarmAction

  constructor(scope: Construct, id: string, address: string) {
    super(scope, id)
    const key = new Key(this, 'Key', {
      description: `${Stack.of(this).stackName}: encrypts alarms on their way to the mail`,
      enableKeyRotation: true,
      // Nothing is kept under this key: SNS forgets an alarm once it is sent.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const topic = new Topic(this, 'Topic', { enforceSSL: true, masterKey: key })
    // The policy of a topic replaces the one that SNS would give it, so it has to let CloudWatch publish. This also
    // lets CloudWatch use the key.
    topic.grantPublish(alarmsOfThisAccount(this))
    topic.addSubscription(new EmailSubscription(address))
    Validations.of(topic).acknowledge({
      id: 'Serverless-SNSRedrivePolicy',
      reason: 'A lost mail does not have to be sent again: the console shows the alarm too.',
    })
    this.action = new SnsAction(topic)
  }
}

/** CloudWatch acting for the alarms of this account only, because the same service acts for every account. */
function alarmsOfThisAccount(scope: Construct): ServicePrincipal {
  const stack = Stack.of(scope)
  const alarms = stack.formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  })
  return new ServicePrincipal('cloudwatch.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': stack.account },
      ArnLike: { 'aws:SourceArn': alarms },
    },
  })
}
