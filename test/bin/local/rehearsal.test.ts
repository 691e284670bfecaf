import { expect, test } from 'vitest'
import { createRehearsal } from '../../../bin/local/rehearsal.ts'

function rehearse() {
  const calls: unknown[] = []
  const waiting: { run: () => void; ms: number }[] = []
  const answer = createRehearsal(
    { script: (steps) => calls.push(steps), clearScript: () => calls.push('clear') },
    (run, ms) => {
      const one = { run, ms }
      waiting.push(one)
      return () => void waiting.splice(waiting.indexOf(one), 1)
    },
  )
  return { calls, waiting, answer }
}

test.each([
  ['503', { do: 'answer', status: 503, times: 'always' }],
  ['401', { do: 'answer', status: 401, times: 'always' }],
  ['429', { do: 'rate limit', dialect: 'retry-after', seconds: 5, times: 'always' }],
] as const)('a %s lasts a minute', (wanted, step) => {
  const { calls, waiting, answer } = rehearse()
  answer(wanted)
  expect(calls).toEqual(['clear', [step]])
  expect(waiting.map(({ ms }) => ms)).toEqual([60_000])
  waiting[0]?.run()
  expect(calls.at(-1)).toBe('clear')
})

test('the next choice begins a minute of its own, and the normal one ends at once', () => {
  const { calls, waiting, answer } = rehearse()
  answer('503')
  answer('401')
  expect(waiting).toHaveLength(1)
  answer('normal')
  expect([waiting, calls.at(-1)]).toEqual([[], 'clear'])
})
