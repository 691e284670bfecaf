import { describe, expect, test } from 'vitest'
import { createSqsQueue, type Entry, type SqsOptions } from '../../../bin/proof/sqs-queue.ts'

const NOON = Date.parse('2026-11-20T12:00:00Z')
const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const entry = (group: string, body: string, dedupId = body): Entry => ({ group, dedupId, body })
const bodies = (messages: readonly { body: string }[]) => messages.map(({ body }) => body)

/** A queue with its dead-letter queue, a visibility timeout of 30 seconds, and a clock that tests move. */
function openQueue(options: Partial<SqsOptions> = {}) {
  const clock = { now: NOON }
  const time = { now: () => clock.now, visibilityMs: 30 * SECOND_MS }
  const deadLetters = createSqsQueue({ ...time, name: 'letter' })
  const queue = createSqsQueue({ ...time, deadLetters, ...options })
  const pass = (ms: number) => {
    clock.now += ms
  }
  const receiveOne = () => {
    const [message] = queue.receive(1)
    if (!message) throw new Error('nothing to receive')
    return message
  }
  return { queue, deadLetters, pass, receiveOne }
}

describe('several of a group at once', () => {
  const TWO_LANES = [entry('a', 'a1'), entry('b', 'b1'), entry('a', 'a2'), entry('b', 'b2'), entry('a', 'a3')]

  test('the group with the oldest message first, in order, then the next', () => {
    const { queue } = openQueue()
    queue.send(TWO_LANES)
    expect(bodies(queue.receive(4))).toEqual(['a1', 'a2', 'a3', 'b1'])
    expect(queue.receive(10)).toEqual([])
  })

  test('or one of each', () => {
    const { queue } = openQueue({ severalPerGroup: false })
    queue.send(TWO_LANES)
    expect(bodies(queue.receive(10))).toEqual(['a1', 'b1'])
  })

  test('chance chooses the groups, and how many of each', () => {
    // Two numbers rank a and b. The others fill three quarters of the ten places, and all of the rest.
    const chances = [0.9, 0.1, 0.75, 0.99]
    const { queue } = openQueue({ random: () => chances.shift() ?? 0 })
    queue.send(TWO_LANES)
    expect(bodies(queue.receive(10))).toEqual(['b1', 'b2', 'a1', 'a2', 'a3'])
  })

  test('chance may hand out fewer than there are', () => {
    const { queue } = openQueue({ random: () => 0 })
    queue.send(TWO_LANES)
    expect(bodies(queue.receive(10))).toEqual(['a1', 'b1'])
  })

  test('the group stays locked until the last of them is deleted', () => {
    const { queue } = openQueue()
    queue.send([entry('a', '1'), entry('a', '2'), entry('a', '3')])
    const [first, second] = queue.receive(2)
    expect(queue.delete(second?.handle ?? '')).toBe(true)
    expect(queue.receive(10)).toEqual([])
    expect(queue.delete(first?.handle ?? '')).toBe(true)
    expect(bodies(queue.receive(10))).toEqual(['3'])
  })

  test('or visible again: each then has its old place', () => {
    const { queue, pass } = openQueue()
    queue.send([entry('a', '1'), entry('a', '2'), entry('a', '3'), entry('a', '4')])
    const [first, second, third] = queue.receive(3)
    queue.changeVisibility(first?.handle ?? '', 50)
    queue.changeVisibility(third?.handle ?? '', 10)
    queue.delete(second?.handle ?? '')
    pass(49 * SECOND_MS)
    expect(queue.receive(10)).toEqual([])
    pass(SECOND_MS)
    expect(queue.receive(10).map(({ body, receives }) => [body, receives])).toEqual([
      ['1', 2],
      ['3', 2],
      ['4', 1],
    ])
  })
})

describe('visibility', () => {
  test('0 seconds make a message visible at once', () => {
    const { queue, receiveOne } = openQueue()
    queue.send([entry('a', '1'), entry('a', '2')])
    expect(queue.changeVisibility(receiveOne().handle, 0)).toBe(true)
    expect(receiveOne()).toMatchObject({ body: '1', receives: 2 })
  })

  test('runs out to the millisecond, and nextChangeAt knows when', () => {
    const { queue, pass } = openQueue()
    queue.send([entry('a', '1'), entry('b', '2')])
    expect(queue.nextChangeAt()).toBeUndefined()
    const [first] = queue.receive(10)
    queue.changeVisibility(first?.handle ?? '', 60)
    expect(queue.nextChangeAt()).toBe(Date.parse('2026-11-20T12:00:30Z'))
    pass(30 * SECOND_MS - 1)
    expect(queue.receive(10)).toEqual([])
    pass(1)
    expect(queue.nextChangeAt()).toBe(Date.parse('2026-11-20T12:01:00Z'))
    expect(bodies(queue.receive(10))).toEqual(['2'])
  })

  test('a handle is good for nothing once the message is visible, or deleted', () => {
    const { queue, pass, receiveOne } = openQueue()
    queue.send([entry('a', '1')])
    const late = receiveOne()
    pass(30 * SECOND_MS)
    expect(queue.delete(late.handle)).toBe(false)
    expect(queue.changeVisibility(late.handle, 60)).toBe(false)
    const again = receiveOne()
    expect(queue.changeVisibility(late.handle, 0)).toBe(false)
    expect(queue.receive(10)).toEqual([])
    expect(queue.delete(again.handle)).toBe(true)
    expect(queue.delete(again.handle)).toBe(false)
    expect(queue.list()).toEqual([])
  })

  test('nobody hides a message for over 12 hours from its receive', () => {
    const { queue, pass, receiveOne } = openQueue()
    queue.send([entry('a', '1')])
    const { handle } = receiveOne()
    expect(queue.changeVisibility(handle, 39_600)).toBe(true)
    pass(2 * HOUR_MS)
    expect(queue.changeVisibility(handle, 36_001)).toBe(false)
    expect(queue.nextChangeAt()).toBe(Date.parse('2026-11-20T23:00:00Z'))
    expect(queue.changeVisibility(handle, 36_000)).toBe(true)
    expect(queue.nextChangeAt()).toBe(Date.parse('2026-11-21T00:00:00Z'))
    expect(() => queue.changeVisibility(handle, 43_201)).toThrow('43201')
  })
})

describe('deduplication', () => {
  test('each group has ids of its own', () => {
    const { queue } = openQueue()
    queue.send([entry('a', 'of a', 'same'), entry('b', 'of b', 'same')])
    expect(bodies(queue.list())).toEqual(['of a', 'of b'])
  })

  test('five minutes from the first, however often it is repeated', () => {
    const { queue, pass } = openQueue()
    expect(queue.send([entry('a', 'first', 'same')])).toEqual([
      { taken: true, id: 'queue-1', duplicate: false },
    ])
    pass(3 * MINUTE_MS)
    expect(queue.send([entry('a', 'repeated', 'same')])).toEqual([
      { taken: true, id: 'queue-1', duplicate: true },
    ])
    pass(2 * MINUTE_MS - 1)
    queue.send([entry('a', 'repeated', 'same')])
    expect(bodies(queue.list())).toEqual(['first'])
    pass(1)
    expect(queue.send([entry('a', 'later', 'same')])).toEqual([
      { taken: true, id: 'queue-2', duplicate: false },
    ])
    pass(5 * MINUTE_MS - 1)
    queue.send([entry('a', 'repeated', 'same')])
    expect(bodies(queue.list())).toEqual(['first', 'later'])
  })

  test('a refused entry is not remembered', () => {
    const { queue } = openQueue()
    expect(queue.send([entry('a', 'lone \ud83d surrogate', 'same')])).toEqual([
      { taken: false, code: 'InvalidMessageContents' },
    ])
    queue.send([entry('a', 'fine', 'same')])
    expect(bodies(queue.list())).toEqual(['fine'])
  })
})

describe('the end of a message', () => {
  test('by age, in flight or not, and told', () => {
    const { queue, pass, receiveOne } = openQueue()
    queue.send([entry('a', 'old'), entry('b', 'old-too')])
    pass(DAY_MS)
    queue.send([entry('a', 'young')])
    pass(13 * DAY_MS - SECOND_MS)
    const { handle } = receiveOne()
    expect(queue.expired()).toEqual([])
    pass(SECOND_MS)
    expect(bodies(queue.list())).toEqual(['young'])
    expect(bodies(queue.expired())).toEqual(['old', 'old-too'])
    expect(queue.delete(handle)).toBe(false)
    expect(queue.receive(10)).toMatchObject([{ body: 'young', receives: 1 }])
  })

  test('among the dead letters, where it is young again and has its id for deduplication', () => {
    const { queue, deadLetters, pass, receiveOne } = openQueue({ maxReceiveCount: 1 })
    queue.send([entry('a', '1', 'id-1'), entry('a', '2', 'id-2'), entry('a', '3', 'id-3')])
    pass(13 * DAY_MS)
    queue.changeVisibility(receiveOne().handle, 0)
    const second = receiveOne()
    expect(second.body).toBe('2')
    queue.changeVisibility(second.handle, 0)
    expect(bodies(queue.receive(10))).toEqual(['3'])
    expect(bodies(queue.list())).toEqual(['3'])
    pass(2 * DAY_MS)
    expect(bodies(queue.expired())).toEqual(['3'])
    expect(deadLetters.list()).toMatchObject([
      { id: 'queue-1', group: 'a', dedupId: 'queue-1', body: '1', sentAt: NOON + 13 * DAY_MS },
      { id: 'queue-2', group: 'a', dedupId: 'queue-2', body: '2', sentAt: NOON + 13 * DAY_MS },
    ])
  })

  test('nobody is given up without a queue for it', () => {
    const time = { now: () => NOON, visibilityMs: 30 * SECOND_MS }
    const queue = createSqsQueue({ ...time, maxReceiveCount: 1 })
    queue.send([entry('a', '1')])
    const [once] = queue.receive(1)
    queue.changeVisibility(once?.handle ?? '', 0)
    expect(queue.receive(1)).toMatchObject([{ body: '1', receives: 2 }])
  })
})

test('what waits behind a message in flight counts as visible, and the list has both', () => {
  const { queue } = openQueue()
  queue.send([entry('a', '1'), entry('b', '2'), entry('a', '3')])
  queue.receive(1)
  expect(queue.counts()).toEqual({ visible: 2, inFlight: 1 })
  expect(queue.list().map(({ body, receives }) => [body, receives])).toEqual([
    ['1', 1],
    ['2', 0],
    ['3', 0],
  ])
})

test('a message is shown as it was when it was shown', () => {
  const { queue, receiveOne } = openQueue()
  queue.send([entry('a', '1')])
  const once = receiveOne()
  queue.changeVisibility(once.handle, 0)
  receiveOne()
  expect(once.receives).toBe(1)
})

test.each([
  ['an empty group', entry('', 'body', 'id')],
  ['a group of 129 characters', entry('g'.repeat(129), 'body', 'id')],
  ['a deduplication id with a space', entry('a', 'body', 'i d')],
])('refuses %s', (_, refused) => {
  const { queue } = openQueue()
  expect(queue.send([refused])).toEqual([{ taken: false, code: 'InvalidParameterValue' }])
})

test.each([0, 11, Number.NaN])('%d messages cannot be received', (max) => {
  expect(() => openQueue().queue.receive(max)).toThrow('receive')
})

describe('a delay of three seconds', () => {
  test('hides a message for that long after it was sent, and does not hide it behind another', () => {
    const { queue, pass } = openQueue({ delayMs: 3_000 })
    queue.send([entry('a', 'a1')])
    pass(1_000)
    queue.send([entry('a', 'a2'), entry('b', 'b1')])
    expect(queue.nextChangeAt()).toBe(NOON + 3_000)
    expect(queue.counts()).toEqual({ visible: 0, inFlight: 0 })
    pass(1_999)
    expect(queue.isReady()).toBe(false)
    pass(1)
    expect(bodies(queue.receive(10))).toEqual(['a1'])
    pass(1_000)
    expect(bodies(queue.receive(10))).toEqual(['b1'])
  })

  test('does not hide a message again that comes back', () => {
    const { queue, pass, receiveOne } = openQueue({ delayMs: 3_000 })
    queue.send([entry('a', 'a1')])
    pass(3_000)
    queue.changeVisibility(receiveOne().handle, 0)
    expect(receiveOne()).toMatchObject({ body: 'a1', receives: 2 })
  })
})
