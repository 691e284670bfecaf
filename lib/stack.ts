import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { AlarmMail } from './alarm-mail.ts'
import { CapturesQueue } from './captures-queue.ts'
import { ConnectionsFile } from './connections-file.ts'
import { queueConsoleUrl } from './console-url.ts'
import { DeliveryQueue } from './delivery-queue.ts'
import { Exporter } from './exporter.ts'
import { QueueAlarms } from './queue-alarms.ts'
import { Receiver } from './receiver.ts'
import { ReceiverApi } from './receiver-api.ts'
import { inboundSecretPrefix, Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'
import { WORKER_TIMEOUT, Worker } from './worker.ts'

/** The bridge to one Braze workspace. Changing an id here, or in a construct, replaces what it names. */
export class BridgeStack extends Stack {
  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, {
      stackName: settings.stackName,
      description: 'ActionIQ to Braze, in order and without loss',
    })
    const { stackName, alarmEmail } = settings
    // A creation that fails may take away what it made: nothing was accepted yet.
    const removalPolicy = settings.keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
    const queueProps = { consumerTimeout: WORKER_TIMEOUT, removalPolicy }

    const secrets = new Secrets(this, 'Secrets', {
      stackName,
      connections: Object.keys(settings.connections),
      removalPolicy,
    })
    const profiles = new DeliveryQueue(this, 'Profiles', { ...queueProps, name: `${stackName}-profiles` })
    const events = new DeliveryQueue(this, 'Events', { ...queueProps, name: `${stackName}-events` })
    const queues = { profiles, events }
    const captures = new CapturesQueue(this, 'Captures', { name: `${stackName}-captures` })

    const connectionsFile = new ConnectionsFile(this, 'Connections', settings.connections)
    const receiver = new Receiver(this, 'Receiver', {
      settings,
      queues,
      captures: captures.queue,
      secrets,
      connectionsFile,
      removalPolicy,
    })
    const exporter = new Exporter(this, 'Exporter', { settings, secrets, connectionsFile, removalPolicy })
    const api = new ReceiverApi(this, 'Webhook', {
      settings,
      receiver: receiver.function,
      exporter: exporter.function,
      removalPolicy,
    })
    new Worker(this, 'Worker', { settings, queues, brazeSecret: secrets.braze, removalPolicy })

    const actions = alarmEmail === undefined ? [] : [new AlarmMail(this, 'AlarmMail', alarmEmail).action]
    new QueueAlarms(this, 'ProfilesAlarms', {
      delivery: profiles,
      carries: 'profile changes',
      backlogAlarmMinutes: settings.queues.profiles.backlogAlarmMinutes,
      actions,
    })
    new QueueAlarms(this, 'EventsAlarms', {
      delivery: events,
      carries: 'events',
      backlogAlarmMinutes: settings.queues.events.backlogAlarmMinutes,
      actions,
    })

    // The CLI prints outputs by name: these names sort in the order in which a person needs them.
    new CfnOutput(this, 'Step1ActivationsUrl', { value: `${api.url}v1/activations` })
    new CfnOutput(this, 'Step1EventsUrl', { value: `${api.url}v1/events` })
    new CfnOutput(this, 'Step1RecordsUrl', { value: `${api.url}v1/records` })
    new CfnOutput(this, 'Step2InboundSecret', { value: secrets.inbound.secretName })
    if (secrets.inboundOf.size > 1) {
      // In ASCII: CloudFormation keeps no other character in an output.
      new CfnOutput(this, 'Step2ConnectionSecrets', {
        value: `${inboundSecretPrefix(stackName)}<name> for ${api.url}v1/<name>/activations (events, records)`,
      })
    }
    new CfnOutput(this, 'Step3BrazeSecret', { value: secrets.braze.secretName })
    new CfnOutput(this, 'WatchEvents', { value: queueConsoleUrl(events.queue) })
    new CfnOutput(this, 'WatchEventsDeadLetters', { value: queueConsoleUrl(events.deadLetters) })
    new CfnOutput(this, 'WatchProfiles', { value: queueConsoleUrl(profiles.queue) })
    new CfnOutput(this, 'WatchProfilesDeadLetters', { value: queueConsoleUrl(profiles.deadLetters) })
  }
}
