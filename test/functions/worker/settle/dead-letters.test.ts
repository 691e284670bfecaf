import { describe, expect, it } from 'vitest'
import { parseMessage } from '../../../../functions/worker/map/map.ts'
import { WORKER_DIED } from '../../../../functions/worker/park-reasons.ts'
import { messageDeadLetter, recordDeadLetter } from '../../../../functions/worker/settle/park.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const ENVELOPE =
  '"v":1,"id":"m-1","connection":"default","receivedAt":"2026-11-20T11:59:00.000Z","requestId":"request-1"'
const MESSAGE = `{${ENVELOPE},"records":[{"type":"profile","external_id":"fixture-u1","run_id":"889"}]}`

const receivedMessage = (body: string) => ({
  messageId: 'sqs-1',
  receiptHandle: 'handle-1',
  queue: 'profiles' as const,
  lane: 'lane-1',
  receives: 3,
  firstReceivedAt: NOON,
  sentAt: NOON,
  body,
})
const deadLetterFor = (body: string) =>
  messageDeadLetter(receivedMessage(body), WORKER_DIED, 'profiles-dlq', NOON)

const DIED = [
  '{"failure": {',
  '  "reason": "The worker died twice while it handled this message alone.",',
  '  "hint": "Look for a time-out or an out-of-memory error in the worker log at the time below before you redrive it.",',
  '  "code": "WORKER_DIED",',
  '  "at": "2026-11-20T12:00:00.000Z",',
  '  "attempts": 3,',
]

describe('the letter of a record', () => {
  it('says in its first lines what happened and what to do', () => {
    const read = parseMessage(receivedMessage(MESSAGE))
    if (read.kind !== 'ready') throw new Error('not read')
    const refusal = { code: 'EVENT_REFUSED', reason: 'fixture réason', hint: 'fixture hint', httpStatus: 400 }
    expect(recordDeadLetter(read.message, 0, refusal, 'profiles-dlq', NOON)).toEqual({
      queueUrl: 'profiles-dlq',
      group: 'sqs-1-0',
      dedupId: 'sqs-1-0',
      body: [
        '{"failure": {',
        String.raw`  "reason": "fixture r\u00e9ason",`,
        '  "hint": "fixture hint",',
        '  "code": "EVENT_REFUSED",',
        '  "httpStatus": 400,',
        '  "at": "2026-11-20T12:00:00.000Z",',
        '  "attempts": 3,',
        '  "requestId": "request-1"',
        '},',
        MESSAGE.slice(1),
      ].join('\n'),
      attributes: { code: 'EVENT_REFUSED', connection: 'default', kind: 'profiles', run: '889' },
    })
  })
})

describe('the letter of a whole message', () => {
  it('is the message behind its failure, with what its beginning tells', () => {
    expect(deadLetterFor(MESSAGE)).toEqual({
      queueUrl: 'profiles-dlq',
      group: 'sqs-1',
      dedupId: 'sqs-1',
      body: [...DIED, '  "requestId": "request-1"', '},', MESSAGE.slice(1)].join('\n'),
      attributes: { code: 'WORKER_DIED', connection: 'default', kind: 'profiles' },
    })
  })

  it('loses the failure it had, where it was put back from the console', () => {
    const [deadLetter, again] = [deadLetterFor(MESSAGE), deadLetterFor(deadLetterFor(MESSAGE).body)]
    expect(again.body).toBe(deadLetter.body)
  })

  it('of a message in another format is under body', () => {
    const { body, attributes } = deadLetterFor('fixture text')
    expect(body).toBe(`${DIED.join('\n').slice(0, -1)}\n},\n"body":"fixture text","characters":12}`)
    expect(attributes).toEqual({ code: 'WORKER_DIED', kind: 'profiles' })
  })

  it('of a newer version is kept as it is, and tells what it can', () => {
    const newer = `{"v":2,${ENVELOPE.slice('"v":1,'.length)},"fixture":1}`
    expect(deadLetterFor(newer).body).toBe(
      [...DIED, '  "requestId": "request-1"', '},', newer.slice(1)].join('\n'),
    )
    expect(deadLetterFor('{"v":2,"fixture":1}').attributes).toEqual({ code: 'WORKER_DIED', kind: 'profiles' })
  })
})
