import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import measured from '../../bin/cost/measured.json' with { type: 'json' }
import { ASSUMED } from '../../bin/cost/options.ts'
import { scaleTables } from '../../bin/cost/scale-tables.ts'
import { readUsage } from '../../bin/cost/usage.ts'
import { cdkStage } from '../stack/synthesise.ts'

const page = readFileSync('docs/scale.md', 'utf8')
const shapes = readUsage(measured)

test.each(Object.entries(scaleTables(shapes, ASSUMED)))(
  'of %s it says what npm run cost -- --tables says',
  (_, table) => {
    expect(page).toContain(`\n${table}\n`)
  },
)

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
  expect([memoryMb.receiver, memoryMb.worker]).toEqual([ASSUMED.memoryMb, ASSUMED.memoryMb])
  expect(tracing).toBe(ASSUMED.tracing)
})
