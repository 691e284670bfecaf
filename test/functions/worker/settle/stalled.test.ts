import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sqsSendBatch } from '../../../../functions/shared/queue.edge.ts'
import { cachedSecret } from '../../../../functions/shared/secrets.edge.ts'
import { LogKey } from '../../../../functions/shared/secrets.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { sqsQueue } from '../../../../functions/worker/settle/queue.edge.ts'
import { STALLS, stallOnLoopback } from '../../shared/json-on-loopback.ts'

/** Without a limit of the call itself, these calls would never end. */
const CALL_MS = 50

describe.each(STALLS)('%s of AWS', (stall) => {
  let service: Awaited<ReturnType<typeof stallOnLoopback>>
  let sqs: SQSClient
  let errors: string[]
  beforeEach(async () => {
    service = await stallOnLoopback(stall)
    sqs = new SQSClient(service.client)
    errors = []
  })
  afterEach(async () => {
    sqs.destroy()
    await service.close()
  })

  const message: ReceivedMessage = {
    messageId: 'm1',
    receiptHandle: 'handle',
    queue: 'events',
    lane: 'lane-0',
    receives: 1,
    firstReceivedAt: 0,
    sentAt: 0,
    body: '',
  }
  const queue = () => {
    const { endpoint } = service.client
    const urls = { profiles: `${endpoint}/0/profiles.fifo`, events: `${endpoint}/0/events.fifo` }
    return sqsQueue(sqs, urls, (code) => errors.push(code), CALL_MS)
  }

  test('ends the hiding of messages', async () => {
    expect(await queue().hide([{ message, seconds: 1 }])).toEqual([message])
    expect(errors).toEqual(['AbortError'])
  })

  test('ends the deletion of messages', async () => {
    await queue().remove([message])
    expect(errors).toEqual(['AbortError'])
  })

  test('ends the sending of a dead letter', async () => {
    const deadLetter = {
      queueUrl: `${service.client.endpoint}/0/events-dlq.fifo`,
      group: 'm1-0',
      dedupId: 'm1-0',
      body: '{}',
    }
    const send = sqsSendBatch(sqs, (code) => errors.push(code), CALL_MS)
    expect(await send([deadLetter])).toEqual([deadLetter])
    expect(errors).toEqual(['AbortError'])
  })

  test('ends the reading of a secret', async () => {
    const client = new SecretsManagerClient(service.client)
    const read = cachedSecret(client, 'fixture', LogKey, () => 0, CALL_MS)
    await expect(read()).rejects.toThrow('Request aborted')
    client.destroy()
  })
})
