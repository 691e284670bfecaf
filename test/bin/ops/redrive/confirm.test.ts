import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { main } from '../../../../bin/ops/main.ts'
import { createTestIo } from '../../../test-io.ts'
import { stackOnLoopback } from '../stack-on-loopback.ts'
import { messageBody } from './harness.ts'

/** `redrive` on a deployed stack with one dead letter. The real SDK calls a server on loopback. */

const BODY = messageBody('ATTRIBUTE_REFUSED', [
  { type: 'profile', external_id: 'fixture-u1', attributes: { tier: 'a' } },
])
/** The SDK compares SQS's checksum of each body with its own. */
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

const DEAD_LETTER = {
  MessageId: 'fixture-letter',
  ReceiptHandle: 'fixture-handle',
  Body: BODY,
  MD5OfBody: md5(BODY),
  Attributes: { SentTimestamp: '1767607200000', MessageGroupId: 'g', MessageDeduplicationId: 'd' },
}

const Sent = z.object({ Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })) })

const acceptAll = (body: unknown) => ({
  Successful: Sent.parse(body).Entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    MD5OfMessageBody: md5(MessageBody),
  })),
  Failed: [],
})

/** @returns the names of the calls that change something. */
async function stackWithDeadLetter(): Promise<string[]> {
  const changes: string[] = []
  let isVisible = true
  const receive = (url: unknown) => {
    if (!isVisible || changes.includes('DeleteMessage') || !String(url).endsWith('/p-dlq.fifo')) return {}
    isVisible = false
    return { Messages: [DEAD_LETTER] }
  }
  await stackOnLoopback(({ what, body }) => {
    if (what === 'GetQueueAttributes')
      return {
        Attributes: { ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' },
      }
    if (what === 'ReceiveMessage') return receive(body.QueueUrl)
    if (what === 'ChangeMessageVisibilityBatch') {
      isVisible = true
      return { Successful: [{ Id: '0' }], Failed: [] }
    }
    changes.push(what)
    if (what === 'SendMessageBatch') return acceptAll(body)
    return what === 'DeleteMessage' ? {} : { httpStatus: 400, __type: 'InvalidAction', message: what }
  })
  return changes
}

async function redriveOn(argv: readonly string[], answer: string | undefined) {
  const changes = await stackWithDeadLetter()
  const ask = vi.fn(async () => answer ?? '')
  const asks = answer === undefined ? {} : { ask }
  const { io, errors } = createTestIo(['redrive', '--include-stale', ...argv], asks)
  const code = await main(io)
  return { code, changes, questions: ask.mock.calls.flat(), errors }
}

const QUESTION = 'Type prod to redrive these on the stage prod: '
const DONE = ['SendMessageBatch', 'DeleteMessage']
const DECLINED = 'Nothing was changed. --yes skips this question.'

test.each([
  ['the right name', ['--stage', 'prod'], 'prod', [QUESTION], DONE, 0, []],
  ['another name', ['--stage', 'prod'], 'dev', [QUESTION], [], 1, [DECLINED]],
  ['--yes', ['--stage', 'prod', '--yes'], 'dev', [], DONE, 0, []],
  ['no terminal', ['--stage', 'prod'], undefined, [], [], 0, []],
  ['JSON', ['--stage', 'prod', '--json'], 'prod', [], [], 0, []],
  ['a stage without keepData', ['--stage', 'dev'], 'dev', [], [], 0, []],
])('dead letters are redriven only after a needed confirmation: %s', async (...row) => {
  const [, argv, answer, questions, changes, code, errors] = row
  expect(await redriveOn(argv, answer)).toEqual({ code, changes, questions, errors })
})
