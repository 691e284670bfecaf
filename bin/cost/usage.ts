import * as z from 'zod'

/**
 * What `npm run bench -- --only usage` records for a shape: its settings, then its usage for a million rows.
 */
const QUANTITIES = [
  'lanes',
  'concurrency of profiles',
  'requests a second of profiles',
  'concurrency of events',
  'requests a second of events',
  'requests a second of the API',
  'rows a request',
  'rows a second',
  'HTTP API requests',
  'answered bytes',
  'receiver invocations',
  'receiver waits',
  'receiver processor',
  'receiver log bytes',
  'SQS requests',
  'messages',
  'worker invocations',
  'worker waits',
  'worker processor',
  'worker log bytes',
  'requests to Braze of profiles',
  'requests to Braze of events',
  'bytes to Braze',
  'custom metrics',
] as const
export type Quantity = (typeof QUANTITIES)[number]

const Usage = z.record(z.enum(QUANTITIES), z.number())

/** Times are in milliseconds. */
export type Usage = z.infer<typeof Usage>

/** The measured usage of each shape, by the bench's names. */
export type Shapes = ReadonlyMap<string, Usage>

const Measured = z.object({
  figures: z.array(z.object({ value: z.number(), at: z.object({ row: z.string(), column: z.string() }) })),
})

/**
 * @param measured the parsed output of the bench.
 * @throws if it is anything else, or a quantity is missing.
 */
export function readUsage(measured: unknown): Shapes {
  const shapes = Map.groupBy(Measured.parse(measured).figures, ({ at }) => at.column)
  return new Map(
    [...shapes].map(([shape, figures]) => [
      shape,
      Usage.parse(Object.fromEntries(figures.map(({ at, value }) => [at.row, value]))),
    ]),
  )
}

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
