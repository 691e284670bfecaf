import { parseArgs } from 'node:util'
import { expect, test } from 'vitest'
import { parseProblem } from '../../../bin/ops/parse-problem.ts'

function problemOf(allowPositionals: boolean, ...args: string[]): string {
  try {
    parseArgs({ args, allowPositionals, options: { rows: { type: 'string' }, short: { type: 'boolean' } } })
  } catch (error) {
    return parseProblem(error)
  }
  return 'none'
}

test.each([
  ['--rows', "Option '--rows <value>' argument missing."],
  ['--short=1', "Option '--short' does not take an argument."],
  ['--fast', "Unknown option '--fast'."],
  ['now', "Unexpected argument 'now'."],
])('%s: one sentence', (typed, sentence) => {
  expect(problemOf(false, typed)).toBe(sentence)
})

test('without advice on the ways to write a value', () => {
  expect(problemOf(false, '--rows', '-5')).toBe(
    '--rows lacks its value; one that begins with a dash is written behind =, as in --rows=-5.',
  )
  expect(problemOf(true, '--fast')).toBe("Unknown option '--fast'.")
})
