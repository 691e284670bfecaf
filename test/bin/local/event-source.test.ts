import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { newAwsCredentials } from '../../../bin/local/aws-credentials.ts'
import { type InvokeWorker, openGate, startEventSource } from '../../../bin/local/event-source.ts'
import { type LocalQueues, startQueues } from '../../../bin/local/queues.ts'
import { tempDir } from './temp-dir.ts'

const openQueues = async () => {
  const credentials = newAwsCredentials()
  const queues = await startQueues({ dir: tempDir(), credentials })
  onTestFinished(queues.stop)
  const sqs = new SQSClient({
    endpoint: queues.endpoint,
    region: 'us-east-1',
    credentials,
  })
  onTestFinished(() => sqs.destroy())
  const send = async (group: string, body: string) => {
    const QueueUrl = queues.profiles.url
    const message = { MessageGroupId: group, MessageDeduplicationId: body, MessageBody: body }
    await sqs.send(new SendMessageCommand({ QueueUrl, ...message }))
  }
  return { queues, sqs, send }
}

/** Polls `profiles` and calls `invoke` with each batch. `settled(n)` resolves after n batches. */
const poll = (queues: LocalQueues, sqs: SQSClient, invoke: InvokeWorker, concurrency = 1) => {
  let batches = 0
  const waiters: { count: number; resolve: () => void }[] = []
  const errors: string[] = []
  const source = startEventSource({
    sqs,
    queue: queues.profiles,
    region: 'us-east-1',
    invoke,
    concurrency,
    enabled: true,
    onSettled: () => {
      batches += 1
      for (const { count, resolve } of waiters) if (batches >= count) resolve()
    },
    onError: (what) => {
      errors.push(what)
    },
  })
  onTestFinished(() => source.stop())
  const settled = (count: number) =>
    new Promise<void>((resolve) => {
      waiters.push({ count, resolve })
      if (batches >= count) resolve()
    })
  return { source, settled, errors }
}

const bodiesOf = (event: SQSEvent) => event.Records.map(({ body }) => body)
const left = ({ list, profiles }: LocalQueues) => list(profiles).map(({ body }) => body)

test('a batch holds several groups, a group comes in its order, and what is done is deleted', async () => {
  const { queues, sqs, send } = await openQueues()
  await send('lane-1', 'a1')
  await send('lane-2', 'b1')
  await send('lane-1', 'a2')
  const events: SQSEvent[] = []
  const { settled } = poll(queues, sqs, async (event) => {
    events.push(event)
  })
  await settled(2)
  expect(events.map(bodiesOf)).toEqual([['a1', 'b1'], ['a2']])
  expect(events[0]?.Records[0]?.attributes).toMatchObject({
    ApproximateReceiveCount: '1',
    MessageGroupId: 'lane-1',
  })
  expect(left(queues)).toEqual([])
})

test('a failed message stays, and holds its group only', async () => {
  const { queues, sqs, send } = await openQueues()
  await send('lane-1', 'bad')
  await send('lane-1', 'behind the bad one')
  await send('lane-2', 'good')
  const seen: string[] = []
  const { settled } = poll(queues, sqs, async (event) => {
    seen.push(...bodiesOf(event))
    const failed = event.Records.filter(({ body }) => body === 'bad')
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) }
  })
  await settled(1)
  await send('lane-2', 'good too')
  await settled(2)
  expect(seen).toEqual(['bad', 'good', 'good too'])
  expect(left(queues)).toEqual(['bad', 'behind the bad one'])
})

test('a handler that throws deletes nothing, and is told', async () => {
  const { queues, sqs, send } = await openQueues()
  await send('lane-1', 'a1')
  await send('lane-2', 'b1')
  const { settled, errors } = poll(queues, sqs, () => Promise.reject(new Error('fixture trouble 7731')))
  await settled(1)
  expect(errors).toEqual(['fixture trouble 7731'])
  expect(left(queues)).toEqual(['a1', 'b1'])
})

test('no more batches are under way at once than allowed, and a stop waits for them', async () => {
  const { queues, sqs, send } = await openQueues()
  const ends: (() => void)[] = []
  const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const invoke: InvokeWorker = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    started[ends.length]?.resolve()
    ends.push(resolve)
    return promise
  }
  const { source } = poll(queues, sqs, invoke, 2)
  await send('lane-1', 'a1')
  await started[0]?.promise
  await send('lane-2', 'b1')
  await started[1]?.promise
  await send('lane-3', 'c1')
  let stopped = false
  const stopping = source.stop().then(() => {
    stopped = true
  })
  expect(ends).toHaveLength(2)
  expect(stopped).toBe(false)
  for (const end of ends) end()
  await stopping
  expect(left(queues)).toEqual(['c1'])
})

test('a disabled event source leaves everything in its queue until it is enabled', async () => {
  const { queues, sqs, send } = await openQueues()
  const received: string[] = []
  const { source, settled, errors } = poll(queues, sqs, async (event) => {
    received.push(...bodiesOf(event))
    return { batchItemFailures: [] }
  })
  source.disable()
  await settled(1)
  await send('lane-1', 'a1')
  expect(left(queues)).toEqual(['a1'])
  source.enable()
  await settled(2)
  expect([received, left(queues), errors]).toEqual([['a1'], [], []])
})

const passes = async (promise: Promise<void>) =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)])

test('an open gate lets pass, a closed one does when it opens', async () => {
  const gate = openGate(new AbortController().signal, true)
  expect(await passes(gate.whenOpen())).toBe(true)
  gate.close()
  const waiting = gate.whenOpen()
  expect(await passes(waiting)).toBe(false)
  gate.open()
  await waiting
})

test('closing ends what was begun, and not what is begun after the next opening', () => {
  const gate = openGate(new AbortController().signal, true)
  const before = gate.signal()
  gate.close()
  gate.open()
  expect(before.aborted).toBe(true)
  expect(gate.signal().aborted).toBe(false)
})

test('who waits at a closed gate is let go when everything stops', async () => {
  const stopping = new AbortController()
  const gate = openGate(stopping.signal, false)
  const waiting = gate.whenOpen()
  stopping.abort()
  await waiting
  gate.close()
  await gate.whenOpen()
  expect(gate.signal().aborted).toBe(true)
})
