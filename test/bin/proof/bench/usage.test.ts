import { expect, test } from 'vitest'
import measured from '../../../../bin/cost/measured.json' with { type: 'json' }
import type { Figure } from '../../../../bin/proof/bench/figure.ts'
import { withFunctions } from '../../../../bin/proof/bench/function-usage.ts'
import { measureUsage } from '../../../../bin/proof/bench/usage.ts'
import { shapes } from '../../../../bin/proof/bench/usage-shapes.ts'
import { LONG } from '../../../long.ts'

/**
 * Counts are the same on every machine, so a larger difference means that the usage has changed. In per cent.
 */
const MARGIN = 5

test.each(LONG ? ['bulk 5000', 'single 100'] : ['single 100'])(
  'the usage of %s is what measured.json says: npm run bench -- --only usage --json bin/cost/measured.json',
  async (name) => {
    const shape = shapes({ short: false, seed: measured.seed }).find((one) => one.name === name)
    if (!shape) throw new Error(`there is no shape ${name}`)
    const figures = await withFunctions((measure) =>
      measureUsage(shape, measured.seed, (of, events, _, found) => measure(of, events, events.length, found)),
    )
    expect(figures.length).toBeGreaterThan(20)
    expect(figures.filter(isCounted).flatMap(difference)).toEqual([])
  },
)

/** CPU times are left out, because they depend on the machine. */
const isCounted = ({ name }: Figure) => !name.endsWith('processor ms')

function difference({ name, value, at }: Figure): string[] {
  const { shapes, quantities } = measured.usage
  const recorded = Object.entries(quantities).find(([quantity]) => quantity === at?.row)?.[1]
  const before = recorded?.[shapes.indexOf(at?.column ?? '')]
  if (before !== undefined && Math.abs(value - before) * 100 <= MARGIN * Math.abs(before)) return []
  return [`${name}: ${value}, and ${before} in measured.json`]
}
