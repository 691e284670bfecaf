import { expect, test } from 'vitest'
import { formatResult } from '../../../../bin/proof/bench/format-result.ts'

const of = (section: string, row: string, column: string, value: number) => ({
  section,
  name: `${column}: ${row}`,
  value,
  unit: '',
  at: { row, column },
})

test('each quantity of the usage is one line, and each other figure is one line', () => {
  const figures = [
    of('usage', 'lanes', 'bulk 5000', 16),
    of('usage', 'messages', 'bulk 5000', 6366.666666),
    of('usage', 'lanes', 'stream', 32),
    of('usage', 'messages', 'stream', 1e21),
    of('lanes', '4 lanes', 'messages', 7),
  ]
  expect(formatResult({ seed: 1, machine: { cores: 2 } }, figures)).toBe(`{
  "seed": 1,
  "machine": {"cores":2},
  "usage": {
    "shapes": ["bulk 5000", "stream"],
    "quantities": {
      "lanes": [16, 32],
      "messages": [6366.67, 1e+21]
    }
  },
  "figures": [
    {"section":"lanes","name":"messages: 4 lanes","value":7,"unit":"","at":{"row":"4 lanes","column":"messages"}}
  ]
}
`)
})

test('a figure that is missing is null, which is not a number', () => {
  const figures = [of('usage', 'lanes', 'a', 1), of('usage', 'messages', 'b', 2)]
  expect(JSON.parse(formatResult({}, figures))).toEqual({
    usage: { shapes: ['a', 'b'], quantities: { lanes: [1, null], messages: [null, 2] } },
  })
})
