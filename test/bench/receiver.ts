import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSync } from 'esbuild'
import * as z from 'zod'
import { awsOnLoopback } from '../functions/receiver/aws-on-loopback.ts'
import { environmentOn } from '../hostile/deployed-handler.ts'
import { eventOf } from '../hostile/gateway.ts'
import { SECRET } from '../hostile/world.ts'
import type { Figure } from './figure.ts'
import { quantile } from './quantile.ts'
import type { Options } from './sections.ts'
import { type Row, workload } from './workload.ts'

const SIZES = [1, 100, 5_000, 30_000]
const TIMES = 100
const FEW_TIMES = 10

/** A function of 512 MB, of which Node itself and buffers take a part. */
const HEAP_FLAGS = ['--max-old-space-size=400']

/** For 5,000 rows, in milliseconds, at the function's memory; an absolute time, which CI does not judge. */
const MOST_P99_MS = 300

const Measured = z.object({ ms: z.array(z.number()), peakMb: z.number() })

/** How long the deployed receiver takes for a request and the most memory it has, SQS on loopback included. */
export async function receiver({ short, seed }: Options): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-receiver-'))
  const bundle = join(folder, 'receiver.mjs')
  buildSync({
    entryPoints: [join(import.meta.dirname, 'receiver-process.ts')],
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    mainFields: ['module', 'main'],
  })
  const aws = await awsOnLoopback(SECRET)
  const figures: Figure[] = []
  for (const rows of short ? SIZES.slice(0, -1) : SIZES) {
    const { profiles } = workload(2 * rows, { seed, repeats: 0.2 })
    for (const [format, body] of [
      ['JSON', toJson(profiles.slice(0, rows))],
      ['CSV', toCsv(profiles.slice(0, rows))],
    ] as const) {
      const file = join(folder, 'event.json')
      writeFileSync(file, JSON.stringify(eventOf(request(body))))
      const child = fork(bundle, [file, String(short ? FEW_TIMES : TIMES)], {
        execArgv: HEAP_FLAGS,
        env: { ...process.env, ...environmentOn(aws.url), POWERTOOLS_DEV: 'false' },
        stdio: 'ignore',
      })
      const { ms, peakMb } = Measured.parse((await once(child, 'message'))[0])
      aws.sent = []
      const name = `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} of ${format}`
      const isJudged = rows === 5_000 && format === 'JSON'
      figures.push(
        { name: `${name}, median`, value: quantile(ms, 0.5), unit: 'ms' },
        {
          name: `${name}, p99`,
          value: quantile(ms.slice(1), 0.99),
          unit: 'ms',
          ...(isJudged && { target: { most: MOST_P99_MS } }),
        },
        { name: `${name}, most memory`, value: peakMb, unit: 'MB' },
      )
    }
  }
  await aws.close()
  rmSync(folder, { recursive: true })
  return figures
}

const request = (body: string) => ({
  method: 'POST',
  path: '/v1/activations',
  query: [],
  headers: [['x-api-key', SECRET.token]] as const,
  body: Buffer.from(body),
  asText: true,
})

const toJson = (rows: readonly Row[]) => JSON.stringify(rows)

/** Every column of the workload, so that each row leaves those of the other kind empty. */
function toCsv(rows: readonly Row[]): string {
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [headers, ...rows.map((row) => headers.map((header) => String(row[header] ?? '')))]
    .map((cells) => cells.join(','))
    .join('\n')
}
