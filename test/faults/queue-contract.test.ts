import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Entry } from '../../bin/proof/sqs-queue.ts'
import { startEmulatorUnderTest } from './emulator-under-test.ts'
import { modelUnderTest } from './model-under-test.ts'
import type { ContractMessage, OpenQueues, QueueUnderTest } from './queue-under-test.ts'

const still = (open: OpenQueues) => async () => ({ open, stop: async () => {} })

/**
 * The contract covers what the model and the local emulator have in common with SQS. It leaves out the points
 * where the emulator is known to differ: several messages of a group in one receive, deduplication per group,
 * and the id by which SQS deduplicates a message that it moves itself. The model's own tests cover these.
 */
const SUBJECTS = [
  { subject: 'the model, one of a group at a time', start: still(modelUnderTest(false)) },
  { subject: 'the model, several of a group at once', start: still(modelUnderTest(true)) },
  { subject: 'the local emulator', start: startEmulatorUnderTest },
]

const entry = (group: string, body: string, dedupId = body): Entry => ({ group, dedupId, body })
const bodies = (messages: readonly ContractMessage[]) => messages.map(({ body }) => body)

/** Opens a queue that holds these messages. */
async function openWith(open: OpenQueues, ...entries: Entry[]): Promise<QueueUnderTest> {
  const { queue } = await open()
  await put(queue, ...entries)
  return queue
}

async function put(queue: QueueUnderTest, ...entries: Entry[]): Promise<void> {
  const taken = await queue.send(entries)
  if (taken.includes(false)) throw new Error(`expected all to be taken, got ${taken}`)
}

async function receiveOne(
  queue: QueueUnderTest,
  how: 'receive' | 'receiveNext' = 'receive',
): Promise<ContractMessage> {
  const [message, ...others] = await queue[how](1)
  if (!message || others.length > 0) throw new Error(`expected one message, got ${others.length + 1}`)
  return message
}

/** Lets the visibility timeout of a message run out and receives it again. */
async function receiveAgain(queue: QueueUnderTest, message: ContractMessage): Promise<ContractMessage> {
  await queue.hide(message, 1)
  return receiveOne(queue, 'receiveNext')
}

describe.each(SUBJECTS)('$subject', { concurrent: true }, ({ start }) => {
  let subject: Awaited<ReturnType<typeof startEmulatorUnderTest>>
  beforeAll(async () => {
    subject = await start()
  })
  afterAll(() => subject.stop())

  test('hands out a batch of ten in its order, one group', async () => {
    const { queue } = await subject.open()
    const ten = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']
    expect(await queue.send(ten.map((body) => entry('lane-1', body)))).toEqual(ten.map(() => true))
    const seen: ContractMessage[] = []
    while (seen.length < 10) {
      const message = await receiveOne(queue)
      seen.push(message)
      await queue.delete(message)
    }
    expect(bodies(seen)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(await queue.receive(10)).toEqual([])
  })

  test('hands out nothing of a group that has a message in flight', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'first'), entry('lane-1', 'second'))
    const first = await receiveOne(queue)
    expect(await queue.receive(10)).toEqual([])
    await queue.delete(first)
    expect(bodies(await queue.receive(10))).toEqual(['second'])
  })

  test('hands out groups independently of each other', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'one'))
    await receiveOne(queue)
    await put(queue, entry('lane-1', 'behind-one'), entry('lane-2', 'two'), entry('lane-3', 'three'))
    const others = await queue.receive(10)
    expect(new Set(others.map(({ group, body }) => `${group}: ${body}`))).toEqual(
      new Set(['lane-2: two', 'lane-3: three']),
    )
    expect(others).toHaveLength(2)
  })

  test('hands out no more than it was asked for', async () => {
    const queue = await openWith(
      subject.open,
      entry('lane-1', '1'),
      entry('lane-2', '2'),
      entry('lane-3', '3'),
    )
    expect(await queue.receive(2)).toHaveLength(2)
    expect(await queue.receive(2)).toHaveLength(1)
    expect(await queue.receive(2)).toHaveLength(0)
  })

  test('hands out a message again when its visibility has run out, in its place and counted', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'first'), entry('lane-1', 'second'))
    const once = await receiveOne(queue)
    const twice = await receiveAgain(queue, once)
    expect([once, twice]).toMatchObject([
      { body: 'first', receives: 1 },
      { body: 'first', receives: 2 },
    ])
    expect(twice.id).toBe(once.id)
    expect(twice.handle).not.toBe(once.handle)
    await queue.delete(twice)
    expect(await receiveOne(queue)).toMatchObject({ body: 'second', receives: 1 })
  })

  test('hands out a message again at once when its visibility is set to zero, in its place and counted', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'first'), entry('lane-1', 'second'))
    const once = await receiveOne(queue)
    await queue.hide(once, 0)
    const twice = await receiveOne(queue)
    expect(twice).toMatchObject({ id: once.id, body: 'first', receives: 2 })
    await queue.delete(twice)
    expect(await receiveOne(queue)).toMatchObject({ body: 'second', receives: 1 })
  })

  test('hides a message for longer when told so again', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'longer'))
    const longer = await receiveOne(queue)
    await put(queue, entry('lane-2', 'shorter'))
    const shorter = await receiveOne(queue)
    await queue.hide(longer, 1)
    await queue.hide(longer, 500)
    await queue.hide(shorter, 2)
    expect(bodies(await queue.receiveNext(10))).toEqual(['shorter'])
  })

  test('hands out nothing before its delay is over, then in order, and delays no message a second time', async () => {
    const { queue } = await subject.open({ delaySeconds: 1 })
    await put(queue, entry('lane-1', 'first'), entry('lane-1', 'second'))
    expect(await queue.receive(10)).toEqual([])
    const once = await receiveOne(queue, 'receiveNext')
    expect(once).toMatchObject({ body: 'first', receives: 1 })
    await queue.hide(once, 0)
    const twice = await receiveOne(queue)
    expect(twice).toMatchObject({ body: 'first', receives: 2 })
    await queue.delete(twice)
    expect(await receiveOne(queue)).toMatchObject({ body: 'second', receives: 1 })
  })

  test('deletes nothing by the handle of an earlier receive', async () => {
    const queue = await openWith(subject.open, entry('lane-1', 'message'))
    const once = await receiveOne(queue)
    const twice = await receiveAgain(queue, once)
    await queue.delete(once)
    expect(await receiveAgain(queue, twice)).toMatchObject({ body: 'message', receives: 3 })
  })

  test('keeps the first of a deduplication id and takes the others without effect, also after its end', async () => {
    const { queue } = await subject.open()
    expect(
      await queue.send([entry('lane-1', 'first', 'same'), entry('lane-1', 'in the same call', 'same')]),
    ).toEqual([true, true])
    expect(await queue.send([entry('lane-1', 'in a later call', 'same')])).toEqual([true])
    const first = await receiveOne(queue)
    expect(first.body).toBe('first')
    await queue.delete(first)
    expect(await queue.send([entry('lane-1', 'after the end', 'same')])).toEqual([true])
    expect(await queue.receive(10)).toEqual([])
  })

  test('keeps equal bodies under different ids', async () => {
    const queue = await openWith(
      subject.open,
      entry('lane-1', 'equal', 'id-1'),
      entry('lane-1', 'equal', 'id-2'),
    )
    const first = await receiveOne(queue)
    await queue.delete(first)
    const second = await receiveOne(queue)
    expect(second.body).toBe('equal')
    expect(second.id).not.toBe(first.id)
  })

  test('moves a message on when it was received as often as allowed, and goes on with the next', async () => {
    const { queue, deadLetters } = await subject.open({ maxReceiveCount: 2 })
    await put(queue, entry('lane-1', 'poison'), entry('lane-1', 'next'))
    const once = await receiveOne(queue)
    const twice = await receiveAgain(queue, once)
    expect(await deadLetters.receive(10)).toEqual([])
    const next = await receiveAgain(queue, twice)
    expect(next).toMatchObject({ body: 'next', receives: 1 })
    expect(await deadLetters.receive(10)).toMatchObject([{ id: once.id, group: 'lane-1', body: 'poison' }])
    await queue.delete(next)
    expect(await queue.receive(10)).toEqual([])
  })

  test('changes neither body nor attributes', async () => {
    const { queue } = await subject.open()
    const body = String.raw`{"v":1,"text":"\u00e9\ud83d\ude00 \"quoted\" \\ \n\t <&>' \u0000","n":1e400}`
    const attributes = { code: 'FIXTURE_CODE', reason: 'fixture reason, "quoted" <&>' }
    await put(queue, { group: 'lane-1', dedupId: 'id-1', body, attributes })
    expect(await receiveOne(queue)).toMatchObject({ body, attributes })
  })

  test('takes no more than ten messages and one MiB in a call', async () => {
    const { queue } = await subject.open()
    const eleven = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']
    await expect(queue.send(eleven.map((body) => entry('lane-1', body)))).rejects.toThrow()
    await expect(queue.send([])).rejects.toThrow()
    const half = 'x'.repeat(524_288)
    await expect(
      queue.send([entry('lane-1', half, 'id-1'), entry('lane-2', `${half}x`, 'id-2')]),
    ).rejects.toThrow()
    expect(await queue.receive(10)).toEqual([])
    expect(await queue.send([entry('lane-1', half, 'id-1'), entry('lane-2', half, 'id-2')])).toEqual([
      true,
      true,
    ])
  })

  test('refuses a body with a control character alone', async () => {
    const { queue } = await subject.open()
    expect(await queue.send([entry('lane-1', 'nul \0', 'id-1'), entry('lane-1', 'fine', 'id-2')])).toEqual([
      false,
      true,
    ])
    expect(bodies(await queue.receive(10))).toEqual(['fine'])
  })
})
