import { expect, test } from 'vitest'
import { type Figure, failures } from '../../../../bin/proof/bench/figure.ts'
import { SECTIONS } from '../../../../bin/proof/bench/sections.ts'
import { figureTable } from '../../../../bin/proof/bench/table.ts'
import { workload } from '../../../../bin/proof/bench/workload.ts'
import { LONG } from '../../../long.ts'

/** The slowest section takes half a minute. */
const TEN_MINUTES = 600_000

const SHORT_SECTIONS = ['requests', 'faults', 'trickle']
const LONG_SECTIONS = ['cpu', ...SHORT_SECTIONS, 'cold-start']

/** Only ratios and counts are judged, and with a wide margin, because durations depend on the machine. */
test.each(LONG ? LONG_SECTIONS : SHORT_SECTIONS)(
  '%s is within twice its targets',
  // Other work on the machine can slow down only one side of a ratio, so a figure over its margin is measured
  // again.
  { timeout: TEN_MINUTES, retry: 2 },
  async (name) => {
    const section = SECTIONS[name]
    if (!section) throw new Error(`there is no section ${name}`)
    const figures = await section.measure({ short: true, seed: 20261125 })
    console.info(figureTable(section.title, figures))
    expect(figures.length).toBeGreaterThan(0)
    expect(failures(figures).map((figure) => figure.name)).toEqual([])
  },
)

const figure = (value: number, target: Figure['target'], floor?: number): Figure => ({
  name: 'fixture',
  value,
  unit: 'ms',
  isRelative: true,
  ...(target && { target }),
  ...(floor !== undefined && { floor }),
})

test.each([
  ['six times its floor, of three at most', figure(60, { most: 3 }, 10), 0],
  ['more than six', figure(61, { most: 3 }, 10), 1],
  ['half of what is asked at least', figure(46, { least: 92 }), 0],
  ['less than half', figure(45, { least: 92 }), 1],
  ['not a number', figure(Number.NaN, { least: 92 }), 1],
  ['without a target', figure(1e9, undefined), 0],
])('a figure of %s', (_, judged, failing) => {
  expect(failures([judged])).toHaveLength(failing)
})

test('a curve is one line for each settings', () => {
  const at = (row: string, column: string) => ({
    ...figure(1_234.5, undefined),
    unit: '',
    at: { row, column },
  })
  expect(figureTable('fixture curve', [at('4 lanes', 'messages'), at('16 lanes', 'messages')])).toBe(
    '\nfixture curve\n          messages\n4 lanes      1,235\n16 lanes     1,235',
  )
})

test('the workload is the same wherever it is drawn', () => {
  const { profiles, events } = workload(1_000, { seed: 1, repeats: 0.2 })
  expect([profiles.length, events.length]).toEqual([752, 248])
  expect(profiles[1]).toEqual({ external_id: 'user-1', audience_id: '1003', split_id: '0', op: 'enter' })
  expect(events[0]).toEqual({
    external_id: 'user-4',
    event_name: 'order_placed',
    time: '2026-11-20T10:00:04.000Z',
    properties: { order_id: 'order-4', total: 58.97, items: 3, channel: 'web' },
  })
})
