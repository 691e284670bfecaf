import { expect, test } from 'vitest'
import { watch } from '../../../../bin/ops/status/watch.ts'

/** Watches until each of these results has been seen. */
async function runWatch(onTerminal: boolean, ...seen: (string[] | Error)[]) {
  const stopping = new AbortController()
  const printed: string[] = []
  const errors: string[] = []
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
      error: (line) => errors.push(line),
      ...(onTerminal && { draw: (text) => printed.push(text) }),
    },
  )
  return { printed, errors, waits }
}

test('on a terminal it draws over the previous status', async () => {
  const { printed, waits } = await runWatch(true, ['first', 'second'], ['third'])
  expect(printed).toEqual([
    '\u001b[Hfirst\u001b[K\nsecond\u001b[K\n\u001b[J',
    '\u001b[Hthird\u001b[K\n\u001b[J',
  ])
  expect(waits).toEqual([10_000, 10_000])
})

test('elsewhere it prints each status below the previous one', async () => {
  expect((await runWatch(false, ['first'], ['second'])).printed).toEqual(['first', 'second'])
})

test.each([
  [false, ['second'], ['The status cannot be read: Rate exceeded']],
  [
    true,
    [
      '\u001b[HThe status cannot be read: Rate exceeded\u001b[K\n\u001b[J',
      '\u001b[Hsecond\u001b[K\n\u001b[J',
    ],
    [],
  ],
])('a read that fails is reported and followed by the next one, on a terminal: %s', async (...expected) => {
  const [onTerminal, printed, errors] = expected
  expect(await runWatch(onTerminal, new Error('Rate exceeded'), ['second'])).toMatchObject({
    printed,
    errors,
  })
})
