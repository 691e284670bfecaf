import { expect, test } from 'vitest'
import { createClock } from '../../../bin/simulate/clock.ts'
import { createQueue } from '../../../bin/simulate/queue.ts'

function open(window: number) {
  const clock = createClock()
  const queue = createQueue(2, clock, window)
  const send = (...lanes: number[]) => {
    for (const lane of lanes) queue.send(lane, { acceptedAt: 0, rows: 1 })
  }
  const receive = () => queue.receive().map(({ lane, sequence, receives }) => [lane, sequence, receives])
  return { clock, queue, send, receive }
}

test('a batch holds as many of the oldest lane as there are, then of the next, ten in all', () => {
  const { send, receive } = open(100)
  send(1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0)
  expect(receive().map(([lane, sequence]) => `${lane} ${sequence}`)).toEqual([
    'lane-1 0',
    'lane-1 2',
    'lane-1 3',
    'lane-0 1',
    'lane-0 4',
    'lane-0 5',
    'lane-0 6',
    'lane-0 7',
    'lane-0 8',
    'lane-0 9',
  ])
  // Two are left of a lane that is in work.
  expect(receive()).toEqual([])
})

test('what is put back comes again in its order, when its time is over and nothing of its lane is in work', () => {
  const { clock, queue, send, receive } = open(100)
  send(0, 0, 0)
  const [first, second, third] = queue.receive()
  if (!first || !second || !third) throw new Error('three were sent')
  queue.hide([second], 5)
  queue.hide([third], 5)
  clock.run(() => false)
  expect(clock.now()).toBe(5_000)
  expect(receive()).toEqual([])
  queue.remove([first])
  expect(receive()).toEqual([
    ['lane-0', 1, 2],
    ['lane-0', 2, 2],
  ])
})

test('behind the first messages that the queue looks through, other lanes wait for one that is hidden', () => {
  const { queue, send, receive } = open(3)
  send(0, 0, 0, 1)
  const [first, ...others] = queue.receive()
  if (!first) throw new Error('there is a message')
  queue.hide(others, 900)
  expect(receive()).toEqual([])
  queue.remove([first])
  expect(receive()).toEqual([['lane-1', 3, 1]])
})

test('a lane keeps its order through growing and shrinking', () => {
  const { queue, receive, send } = open(1_000)
  const seen: unknown[] = []
  for (let turn = 0; turn < 40; turn++) {
    send(...Array.from({ length: 13 }, () => 0))
    const batch = queue.receive()
    seen.push(...batch.map(({ sequence }) => sequence))
    queue.remove(batch)
  }
  expect(seen).toEqual(Array.from({ length: 400 }, (_, place) => place))
  expect(queue.count).toMatchObject({ messages: 120, rows: 120, sent: 520, deleted: 400, inFlight: 0 })
  expect(receive()).toHaveLength(10)
})
