import { expect, test } from 'vitest'
import { createSimulatedClock, type Process, UNTIL_WOKEN } from '../../../bin/simulate/clock.ts'
import { createQueue } from '../../../bin/simulate/queue.ts'

function open(searchWindow: number) {
  const clock = createSimulatedClock()
  const queue = createQueue(2, clock, searchWindow)
  const send = (...lanes: number[]) => {
    for (const lane of lanes) queue.send(lane, { acceptedAt: 0, rows: 1 })
  }
  const receive = () =>
    queue.receive().map(({ lane, received, receives }) => [lane, received.sequence, receives])
  return { clock, queue, send, receive }
}

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
    ['lane-0', 2, 2],
    ['lane-0', 3, 2],
  ])
})

test('a place that found nothing is woken by a message, and by one that is visible again', () => {
  const { clock, queue, send } = open(100)
  const seen: unknown[] = []
  function* look(): Process {
    for (;;) {
      const batch = queue.receive()
      seen.push([clock.now(), ...batch.map(({ receives }) => receives)])
      if (batch.length > 0) queue.hide(batch, 5)
      queue.sleep(place)
      yield UNTIL_WOKEN
    }
  }
  const place = look()
  clock.resume(place)
  clock.run(() => false)
  expect(seen).toEqual([[0]])
  send(1)
  clock.run(() => seen.length > 2)
  expect(seen).toEqual([[0], [0, 1], [5_000, 2]])
})

test('lanes behind the search window wait for one that is hidden, and places are blocked', () => {
  const { clock, queue, send, receive } = open(3)
  send(0, 0, 0, 1)
  const [first, ...others] = queue.receive()
  if (!first) throw new Error('there is a message')
  queue.hide(others, 900)
  expect(receive()).toEqual([])
  expect(queue.isBlocked()).toBe(false)
  queue.sleep((function* () {})())
  expect(queue.isBlocked()).toBe(true)
  queue.remove([first])
  expect(clock.now()).toBe(0)
  expect(receive()).toEqual([['lane-1', 4, 1]])
})

test('a lane keeps its order through growing and shrinking', () => {
  const { queue, receive, send } = open(1_000)
  const seen: unknown[] = []
  for (let turn = 0; turn < 40; turn++) {
    send(...Array.from({ length: 13 }, () => 0))
    const batch = queue.receive()
    seen.push(...batch.map(({ received }) => received.sequence))
    queue.remove(batch)
  }
  expect(seen).toEqual(Array.from({ length: 400 }, (_, place) => place + 1))
  expect(queue.count).toMatchObject({ messages: 120, rows: 120, deleted: 400, inFlight: 0 })
  expect(receive()).toHaveLength(10)
})
