import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import {
  GetAccountSettingsCommand,
  GetEventSourceMappingCommand,
  type LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Bridge, EventSourceStatus, QueueState } from '../bridge.ts'
import { parseAnswer } from '../parse-answer.ts'
import { finishedInLog } from './finished.ts'

export type AwsClients = {
  lambda: LambdaClient
  sqs: SQSClient
  cloudWatch: CloudWatchClient
  logs: CloudWatchLogsClient
}

export type AwsParts = {
  /** Ids of the event source mappings. */
  eventSources: Readonly<Record<QueueName, string>>
  /** Queue URLs. */
  queues: Readonly<Record<QueueName, string>>
  /** Log group names. */
  logGroups: { worker: string }
}

/** Operates a deployed stack. */
export function awsBridge(
  { lambda, sqs, cloudWatch, logs }: AwsClients,
  parts: AwsParts,
  now: () => number,
): Bridge {
  return {
    eventSources: async () => {
      const [profiles, events] = await Promise.all([
        eventSource(lambda, parts.eventSources.profiles),
        eventSource(lambda, parts.eventSources.events),
      ])
      return { profiles, events }
    },
    enable: async (queue, Enabled) => {
      await lambda.send(new UpdateEventSourceMappingCommand({ UUID: parts.eventSources[queue], Enabled }))
    },
    queues: async () => {
      const [profiles, events] = await Promise.all([
        queueState(sqs, cloudWatch, parts.queues.profiles, now()),
        queueState(sqs, cloudWatch, parts.queues.events, now()),
      ])
      return { profiles, events }
    },
    accountConcurrency: async () => {
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand())
      return parseAnswer('Lambda', AccountLimits, AccountLimit).UnreservedConcurrentExecutions
    },
    finished: (since) => finishedInLog(logs, parts.logGroups.worker, since),
  }
}

const AccountLimits = z.object({ UnreservedConcurrentExecutions: z.number() })

/**
 * The states in Lambda's API (API reference, GetEventSourceMapping). Any other state is a change in progress.
 */
const STATES: Readonly<Record<string, EventSourceStatus['state']>> = {
  Enabled: 'enabled',
  Disabled: 'disabled',
}

async function eventSource(lambda: LambdaClient, UUID: string): Promise<EventSourceStatus> {
  const { State = '', ScalingConfig } = await lambda.send(new GetEventSourceMappingCommand({ UUID }))
  const maxConcurrency = ScalingConfig?.MaximumConcurrency
  return { state: STATES[State] ?? 'changing', ...(maxConcurrency !== undefined && { maxConcurrency }) }
}

async function queueState(
  sqs: SQSClient,
  cloudWatch: CloudWatchClient,
  QueueUrl: string,
  now: number,
): Promise<QueueState> {
  const [{ Attributes = {} }, oldestMs] = await Promise.all([
    sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesDelayed',
          'ApproximateNumberOfMessagesNotVisible',
        ],
      }),
    ),
    oldest(cloudWatch, QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1), now),
  ])
  const waiting =
    Number(Attributes.ApproximateNumberOfMessages ?? 0) +
    Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0)
  const inFlight = Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0)
  return { waiting, inFlight, ...(waiting + inFlight > 0 && oldestMs !== undefined && { oldestMs }) }
}

/** SQS reports a queue's age only to CloudWatch, once a minute and some minutes late. */
const LOOK_BACK_MS = 10 * 60_000
const PERIOD_SECONDS = 60

async function oldest(
  cloudWatch: CloudWatchClient,
  QueueName: string,
  now: number,
): Promise<number | undefined> {
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - LOOK_BACK_MS),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'age',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/SQS',
              MetricName: 'ApproximateAgeOfOldestMessage',
              Dimensions: [{ Name: 'QueueName', Value: QueueName }],
            },
            Period: PERIOD_SECONDS,
            Stat: 'Maximum',
          },
        },
      ],
    }),
  )
  const newest = MetricDataResults[0]?.Values?.[0]
  return newest === undefined ? undefined : newest * 1_000
}
