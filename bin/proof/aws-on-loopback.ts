import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import * as z from 'zod'

/** Answers the receiver's calls to AWS on loopback: reads of the secret, and batches for SQS. */
export type Aws = {
  url: string
  /** Every entry that SQS accepted, in order of arrival. */
  sent: { queueUrl: string; group: string; dedupId: string; body: string }[]
  /** Whether SQS accepts the entry with this body. It accepts all by default. */
  takes: (body: string) => boolean
  secretReads: number
  /** What the next ReceiveMessage returns; nothing by default. */
  found: () => readonly object[]
  close: () => Promise<void>
}

const Batch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(
    z.object({
      Id: z.string(),
      MessageGroupId: z.string(),
      MessageDeduplicationId: z.string(),
      MessageBody: z.string(),
    }),
  ),
})

export async function awsOnLoopback(secret: object): Promise<Aws> {
  const answerTo = (target: unknown, body: unknown) => {
    switch (target) {
      case 'AmazonSQS.SendMessageBatch':
        return takeBatch(aws, Batch.parse(body))
      case 'AmazonSQS.ReceiveMessage':
        return { Messages: aws.found() }
      case 'AmazonSQS.DeleteMessageBatch':
        return { Successful: [], Failed: [] }
      default:
        return readSecret(aws, secret)
    }
  }
  const aws: Aws = {
    url: '',
    sent: [],
    takes: () => true,
    secretReads: 0,
    found: () => [],
    close: async () => undefined,
  }
  const server = createServer(async (request, response) => {
    const body: unknown = JSON.parse(await text(request))
    const answer = answerTo(request.headers['x-amz-target'], body)
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    response.end(JSON.stringify(answer))
  })
  aws.url = `http://127.0.0.1:${await portOf(server)}`
  aws.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return aws
}

function takeBatch(aws: Aws, { QueueUrl, Entries }: z.infer<typeof Batch>) {
  const taken = Entries.filter(({ MessageBody }) => aws.takes(MessageBody))
  for (const entry of taken)
    aws.sent.push({
      queueUrl: QueueUrl,
      group: entry.MessageGroupId,
      dedupId: entry.MessageDeduplicationId,
      body: entry.MessageBody,
    })
  return {
    Successful: taken.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: `message-${Id}`,
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    })),
    Failed: Entries.filter((entry) => !taken.includes(entry)).map(({ Id }) => ({
      Id,
      Code: 'InternalError',
      SenderFault: false,
    })),
  }
}

function readSecret(aws: Aws, secret: object) {
  aws.secretReads += 1
  return { Name: 'inbound', SecretString: JSON.stringify(secret) }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** The environment variables of the function, including those that Lambda sets itself. */
export const environmentOn = (aws: string) => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'fixture',
  AWS_SECRET_ACCESS_KEY: 'fixture',
  AWS_ENDPOINT_URL_SQS: aws,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
  // This makes the Powertools logger and metrics write to the console, where the tests listen.
  POWERTOOLS_DEV: 'true',
  STACK_NAME: 'hostile',
  LOG_KEY_SECRET_ID: 'log-key',
  PROFILES_QUEUE_URL: `${aws}/000000000000/profiles.fifo`,
  EVENTS_QUEUE_URL: `${aws}/000000000000/events.fifo`,
  PROFILES_DLQ_URL: `${aws}/000000000000/profiles-dlq.fifo`,
  EVENTS_DLQ_URL: `${aws}/000000000000/events-dlq.fifo`,
  CAPTURES_QUEUE_URL: `${aws}/000000000000/captures`,
  CONNECTIONS_FILE: 'test/fixtures/connections.json',
  INBOUND_SECRET_ID: 'inbound',
  INBOUND_SECRET_PREFIX: 'connections/',
  LANES: '16',
  OBJECTS_PER_REQUEST: '75',
})
