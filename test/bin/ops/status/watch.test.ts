import { expect, test } from 'vitest'
import { watch } from '../../../../bin/ops/status/watch.ts'

/** Watches until each of these results has been seen. */
async function runWatch(onTerminal: boolean, ...seen: (string[] | Error)[]) {
  const stopping = new AbortController()
  const printed: string[] = []
  const waits: number[] = []
  const waiting = [...seen]
  await watch(
    async () => {
      const next = waiting.shift() ?? []
      if (next instanceof Error) throw next
      return next
    },
    10_000,
    {
      pause: async (ms) => {
        waits.push(ms)
        if (waiting.length === 0) stopping.abort()
      },
      stop: stopping.signal,
      out: (text) => printed.push(text),
      onTerminal,
    },
  )
  return { printed, waits }
}

test('on a terminal it draws over what was drawn before', async () => {
  const { printed, waits } = await runWatch(true, ['first', 'second'], ['third'])
  expect(printed).toEqual([
    '\u001b[Hfirst\u001b[K\nsecond\u001b[K\n\u001b[J',
    '\u001b[Hthird\u001b[K\n\u001b[J',
  ])
  expect(waits).toEqual([10_000, 10_000])
})

test('anywhere else it writes on below', async () => {
  expect((await runWatch(false, ['first'], ['second'])).printed).toEqual(['first', 'second'])
})

test('a look that fails is told, and the next one is made', async () => {
  const { printed } = await runWatch(false, new Error('Rate exceeded'), ['second'])
  expect(printed).toEqual(['It does not answer: Rate exceeded', 'second'])
})
