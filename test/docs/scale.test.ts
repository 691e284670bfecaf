import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { billOf, totalOf } from '../../bin/cost/bill.ts'
import measured from '../../bin/cost/measured.json' with { type: 'json' }
import { monthOf } from '../../bin/cost/month.ts'
import { DEFAULT_ASSUMPTIONS } from '../../bin/cost/options.ts'
import { scaleTables } from '../../bin/cost/scale-tables.ts'
import { readUsage, usageOf } from '../../bin/cost/usage.ts'
import { cdkStage } from '../stack/synthesise.ts'

const page = readFileSync('docs/scale.md', 'utf8')
const shapes = readUsage(measured)

test.each(Object.entries(scaleTables(shapes, DEFAULT_ASSUMPTIONS)))(
  'of %s it says what npm run cost -- --tables says',
  (_, table) => {
    expect(page).toContain(`\n${table}\n`)
  },
)

test('the README tells the bill in round figures', () => {
  const bill = (shape: string, rowsPerMonth: number) => {
    const { rows, fixed } = monthOf(usageOf(shapes, shape), rowsPerMonth, DEFAULT_ASSUMPTIONS)
    return totalOf(rows) + totalOf(fixed)
  }
  const readme = readFileSync('README.md', 'utf8')
  expect(readme).toContain('less than 20 dollars a month for up to a hundred million rows')
  expect(bill('bulk 5000', 1e8)).toBeLessThan(20)
  expect(readme).toContain('about 1,500 for a billion rows a day')
  expect(Math.round(bill('stream', 30e9) / 100)).toBe(15)
  expect(readme).toContain('one by one cost 3 to 6 dollars a million')
  const million = (shape: string) => totalOf(billOf(usageOf(shapes, shape), DEFAULT_ASSUMPTIONS))
  expect([million('single 1000'), million('single 10')].map(Math.round)).toEqual([3, 6])
})

test('what is called prod is prod of cdk.json', () => {
  const { lanes, queues, throttle, memoryMb, tracing } = cdkStage('prod')
  expect(shapes.get('bulk 5000')).toMatchObject({
    lanes,
    'concurrency of profiles': queues.profiles.concurrency,
    'requests a second of profiles': queues.profiles.requestsPerSecond,
    'concurrency of events': queues.events.concurrency,
    'requests a second of events': queues.events.requestsPerSecond,
    'requests a second of the API': throttle.requestsPerSecond,
  })
  expect([memoryMb.receiver, memoryMb.worker]).toEqual([
    DEFAULT_ASSUMPTIONS.memoryMb,
    DEFAULT_ASSUMPTIONS.memoryMb,
  ])
  expect(tracing).toBe(DEFAULT_ASSUMPTIONS.tracing)
})
