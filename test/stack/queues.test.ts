import { describe, expect, test } from 'vitest'
import { everyOption, propertiesOf, synthesise, synthesised } from './synthesise.ts'

const template = synthesise()
const queues = propertiesOf(template, 'AWS::SQS::Queue')
const FOURTEEN_DAYS_IN_SECONDS = 1_209_600

const pairs = [
  {
    name: 'profiles',
    queue: 'ProfilesQueue39CEC36C',
    deadLetters: 'ProfilesDeadLettersE6533FBC',
    concurrency: 6,
    batchSize: 5,
  },
  {
    name: 'events',
    queue: 'EventsQueue7396B467',
    deadLetters: 'EventsDeadLetters8A90034E',
    concurrency: 3,
    batchSize: 9,
  },
]

const CAPTURES = 'CapturesQueue73712E55'
const delivering = pairs.flatMap(({ queue, deadLetters }) => [deadLetters, queue])

test('there are two queues with one dead-letter queue each and one of captures, whose logical ids never change', () => {
  expect(Object.keys(queues)).toEqual([
    'ProfilesDeadLettersE6533FBC',
    'ProfilesQueue39CEC36C',
    'EventsDeadLetters8A90034E',
    'EventsQueue7396B467',
    'CapturesQueue73712E55',
  ])
})

test('the captures are encrypted and forgotten after seven days, or with the stack', () => {
  expect(template.findResources('AWS::SQS::Queue')[CAPTURES]).toMatchObject({
    Properties: {
      QueueName: 'Fixture-bridge-captures',
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 604_800,
    },
    DeletionPolicy: 'Delete',
  })
})

test.each(delivering)('%s is FIFO, fast, encrypted, and keeps a message for 14 days', (id) => {
  expect(queues[id]).toMatchObject({
    FifoQueue: true,
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    SqsManagedSseEnabled: true,
    MessageRetentionPeriod: FOURTEEN_DAYS_IN_SECONDS,
  })
  // Otherwise SQS would drop one of two different messages that have the same content.
  expect(queues[id]).not.toHaveProperty('ContentBasedDeduplication')
})

test('only the queue of profile changes delays its messages', () => {
  const delays = Object.entries(queues).map(([id, { DelaySeconds = 0 }]) => [id, DelaySeconds])
  expect(Object.fromEntries(delays)).toEqual({
    ProfilesDeadLettersE6533FBC: 0,
    ProfilesQueue39CEC36C: 5,
    EventsDeadLetters8A90034E: 0,
    EventsQueue7396B467: 0,
    CapturesQueue73712E55: 0,
  })
})

test.each(Object.keys(queues))('%s refuses every call without TLS', (id) => {
  const policies = Object.values(propertiesOf(template, 'AWS::SQS::QueuePolicy'))
  expect(policies.filter(({ Queues }) => Queues[0].Ref === id)).toMatchObject([
    {
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Resource: { 'Fn::GetAtt': [id, 'Arn'] },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    },
  ])
})

describe.each(pairs)('$name', ({ name, queue, deadLetters, concurrency, batchSize }) => {
  test('bears a name an operator recognises', () => {
    expect(queues[queue].QueueName).toBe(`Fixture-bridge-${name}.fifo`)
    expect(queues[deadLetters].QueueName).toBe(`Fixture-bridge-${name}-dlq.fifo`)
  })

  test('gives a message up only after 1,000 receives', () => {
    expect(queues[queue].RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters, 'Arn'] },
      maxReceiveCount: 1_000,
    })
  })

  test('hides a message for six times the time-out of the worker', () => {
    const worker = Object.values(propertiesOf(template, 'AWS::Lambda::Function')).find(
      ({ Environment }) => 'PROFILES_REQUEST_SPACING_MS' in Environment.Variables,
    )
    expect(worker.Timeout).toBe(60)
    expect(queues[queue].VisibilityTimeout).toBe(360)
  })

  test('feeds the worker in batches of its size, up to its concurrency, and hears which messages failed', () => {
    const sources = Object.values(propertiesOf(template, 'AWS::Lambda::EventSourceMapping'))
    expect(sources).toHaveLength(2)
    expect(sources.filter(({ EventSourceArn }) => EventSourceArn['Fn::GetAtt'][0] === queue)).toEqual([
      {
        BatchSize: batchSize,
        EventSourceArn: { 'Fn::GetAtt': [queue, 'Arn'] },
        FunctionName: { Ref: 'WorkerFunctionAF8A26AF' },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: concurrency },
      },
    ])
  })
})

test('a topic that exists already gets the alarms in place of the mail', () => {
  const watched = synthesised(everyOption)
  watched.resourceCountIs('AWS::SNS::Topic', 0)
  const actions = Object.values(propertiesOf(watched, 'AWS::CloudWatch::Alarm')).map(
    ({ AlarmActions }) => AlarmActions,
  )
  expect(new Set(actions.flat())).toEqual(new Set(['arn:aws:sns:eu-west-1:000000000000:fixture-alarms']))
  expect(actions.filter((of) => of.length !== 1)).toEqual([])
})

test('the mail goes to the address of the settings', () => {
  template.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'alarms@example.com',
  })
})
