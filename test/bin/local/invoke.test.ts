import { expect, test } from 'vitest'
import { type Handler, lambda } from '../../../bin/local/invoke.ts'

const invocable = <Event, Answer>(handler: Handler<Event, Answer>, timeoutMs: number, now = () => 0) => {
  const hurry = new AbortController()
  return { hurry, invoke: lambda({ name: 'fixture', handler, timeoutMs, shutdown: hurry.signal, now }) }
}

test('a handler gets a copy of the event, as if it had come as JSON', async () => {
  const event = { kept: 1, dropped: undefined }
  const { invoke } = invocable(async (received: typeof event) => {
    expect(received).not.toBe(event)
    return Object.keys(received)
  }, 1000)
  expect(await invoke(event)).toEqual(['kept'])
})

test('the remaining time runs down, and is nothing in a hurry', async () => {
  let clock = 5_000
  const { hurry, invoke } = invocable(
    async (_event: object, context) => {
      const atStart = context.getRemainingTimeInMillis()
      clock += 12_000
      const later = context.getRemainingTimeInMillis()
      hurry.abort()
      return [atStart, later, context.getRemainingTimeInMillis()]
    },
    60_000,
    () => clock,
  )
  expect(await invoke({})).toEqual([60_000, 48_000, 0])
})

test('a handler that takes too long is given up', async () => {
  const { invoke } = invocable(() => new Promise(() => {}), 10)
  await expect(invoke({})).rejects.toThrow('fixture took longer than 0.01 seconds')
})

test('what a handler throws comes through', async () => {
  const { invoke } = invocable(() => Promise.reject(new Error('fixture trouble 7731')), 1000)
  await expect(invoke({})).rejects.toThrow('fixture trouble 7731')
})
