import type { Usage } from './usage.ts'

/** What was measured, by the names that the bench gives. */
export type Shapes = ReadonlyMap<string, Usage>

export function titleOf(shape: string): string {
  const [kind, number] = shape.split(' ')
  if (kind === 'stream') return '1 B a day, 5,000 rows a request'
  const rows = Number(number).toLocaleString('en')
  return kind === 'bulk' ? `bulk, ${rows} rows a request` : `single events, ${rows} a second`
}

export function usageOf(shapes: Shapes, shape: string): Usage {
  const usage = shapes.get(shape)
  if (!usage) throw new Error(`${shape} was not measured`)
  return usage
}
