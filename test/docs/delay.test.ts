import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { delay } from '../../bin/proof/bench/delay.ts'
import { LONG } from '../long.ts'

/** docs/scale.md must give the figures of `npm run bench -- --only delay`, whose default seed this is. */
const SEED = 20_261_125

const COLUMNS = [
  'requests for 10,000 rows',
  'objects a request',
  'median',
  'p99',
  'worker time for 10,000 rows',
  'objects within 3 s of the last',
]

const format = (value: number, unit: string) =>
  `${value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)} ${unit}`.trimEnd()

test.runIf(LONG)('the table of the delay of profile changes', async () => {
  const figures = await delay({ short: false, seed: SEED })
  const rows = Map.groupBy(figures, ({ at }) => at?.row ?? '')
  const lines = [...rows].map(([row, ofRow]) => {
    const cells = ofRow
      .filter(({ at }) => COLUMNS.includes(at?.column ?? ''))
      .map(({ value, unit }) => format(value, unit))
    return `| ${[...row.split(', delay '), ...cells].join(' | ')} |`
  })
  expect(lines).toHaveLength(12)
  const page = readFileSync('docs/scale.md', 'utf8').split('\n')
  expect(lines.filter((line) => !page.includes(line))).toEqual([])
})
