import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { stopSignals } from '../../../bin/cli/stop-signals.ts'

const open = () => {
  const signals = new EventEmitter()
  const clock = { ms: 10_000 }
  const forced: number[] = []
  const asked = stopSignals(
    (signal, listener) => signals.on(signal, listener),
    () => clock.ms,
    () => forced.push(clock.ms),
  )
  return { signals, clock, forced, asked }
}

test('Ctrl-C asks to stop, and a second press forces', async () => {
  const { signals, clock, forced, asked } = open()
  signals.emit('SIGINT')
  await asked
  expect(forced).toEqual([])
  clock.ms += 1500
  signals.emit('SIGINT')
  expect(forced).toEqual([11_500])
})

test('one press that arrives twice is one', () => {
  const { signals, clock, forced } = open()
  signals.emit('SIGINT')
  clock.ms += 40
  signals.emit('SIGINT')
  expect(forced).toEqual([])
})

test('SIGTERM asks to stop', async () => {
  const { signals, asked } = open()
  signals.emit('SIGTERM')
  await expect(asked).resolves.toBeUndefined()
})
