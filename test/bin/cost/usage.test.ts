import { expect, test } from 'vitest'
import { readUsage } from '../../../bin/cost/usage.ts'
import { USAGE } from './usage-fixture.ts'

const figuresOf = (usage: object, column: string) =>
  Object.entries(usage).map(([row, value]) => ({
    name: `${column}: ${row}`,
    value,
    unit: '',
    at: { row, column },
  }))

test('figures are read shape by shape', () => {
  const faster = { ...USAGE, 'rows a second': 4_000 }
  const shapes = readUsage({ seed: 1, figures: [...figuresOf(USAGE, 'slow'), ...figuresOf(faster, 'fast')] })
  expect([...shapes]).toEqual([
    ['slow', USAGE],
    ['fast', faster],
  ])
})

test('a shape without one of them is not reckoned with', () => {
  const { messages: _, ...others } = USAGE
  expect(() => readUsage({ figures: figuresOf(others, 'slow') })).toThrow('messages')
})
