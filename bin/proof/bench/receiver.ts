import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { awsOnLoopback, environmentOn } from '../aws-on-loopback.ts'
import { bundle } from '../bundle.ts'
import { INBOUND_TOKEN } from '../world.ts'
import type { Figure, Options } from './figure.ts'
import { toEvent } from './pipeline.ts'
import { quantile } from './statistics.ts'
import { type WorkloadRow, workload } from './workload.ts'

const SIZES = [1, 100, 5_000, 30_000]
const TIMES = 100
const FEW_TIMES = 10

/** The heap of a function of 512 MB. Node itself and buffers take the rest. */
const HEAP_FLAGS = ['--max-old-space-size=400']

/**
 * The share of a core that Lambda gives a function; one core at 1,769 MB (Lambda developer guide, "Configure
 * memory").
 */
const cpuShareOf = (memoryMb: number) => memoryMb / 1_769

/** The `memoryMb` of `receiver` in cdk.json, and the next size worth comparing. */
const MEMORY_MB = [512, 1_024]

const TARGET_ROWS = 5_000

/**
 * The limit for `TARGET_ROWS` at 512 MB, in milliseconds. CI does not judge it, because it is an absolute
 * time.
 */
const MAX_P99_MS = 300

const Measured = z.object({ ms: z.array(z.number()), usedMs: z.number(), peakMb: z.number() })

/**
 * Measures the time of the deployed receiver for a request, including SQS on loopback, and its peak memory.
 */
export async function receiver({ short, seed }: Options): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-receiver-'))
  const bundled = bundle(join(import.meta.dirname, 'receiver-process.ts'), folder)
  const aws = await awsOnLoopback({ token: INBOUND_TOKEN })
  const times = short ? FEW_TIMES : TIMES
  const measure = async (rows: number, body: string, share?: number) => {
    const file = join(folder, 'event.json')
    writeFileSync(file, JSON.stringify(toEvent({ path: '/v1/activations', body: Buffer.from(body) })))
    const child = fork(bundled, [file, String(times)], {
      execArgv: HEAP_FLAGS,
      env: { ...process.env, ...environmentOn(aws.url), POWERTOOLS_DEV: 'false' },
      stdio: 'ignore',
    })
    if (share !== undefined) fork(HOLD_TO_SHARE, [String(child.pid), String(share)])
    const measured = Measured.parse((await once(child, 'message'))[0])
    aws.sent = []
    return { rows, ...measured }
  }
  const figures: Figure[] = []
  for (const rows of short ? SIZES.slice(0, -1) : SIZES) {
    const { profiles } = workload(2 * rows, { seed, repeats: 0.2 })
    const [json, csv] = [toJson(profiles.slice(0, rows)), toCsv(profiles.slice(0, rows))]
    figures.push(...figuresOf('JSON', await measure(rows, json)))
    figures.push(...figuresOf('CSV', await measure(rows, csv)))
    if (rows !== TARGET_ROWS) continue
    for (const memoryMb of MEMORY_MB) {
      const target = memoryMb === 512 ? { most: MAX_P99_MS } : undefined
      const limited = await measure(rows, json, cpuShareOf(memoryMb))
      const how = `JSON, with the processor of ${memoryMb} MB`
      figures.push(...figuresOf(how, limited, target))
      figures.push({ name: `share of a core it had, ${memoryMb} MB`, value: cpuShareUsed(limited), unit: '' })
    }
  }
  await aws.close()
  rmSync(folder, { recursive: true })
  return figures
}

const HOLD_TO_SHARE = join(import.meta.dirname, 'hold-to-share.ts')

const cpuShareUsed = ({ ms, usedMs }: { ms: number[]; usedMs: number }) =>
  usedMs / ms.reduce((sum, each) => sum + each, 0)

/** The first request also initializes what later ones reuse, so it is left out of the p99. */
function figuresOf(
  how: string,
  { rows, ms, peakMb }: { rows: number; ms: number[]; peakMb: number },
  target?: Figure['target'],
): Figure[] {
  const name = `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'} of ${how}`
  const later = ms.slice(1)
  return [
    { name: `${name}, median`, value: quantile(ms, 0.5), unit: 'ms' },
    { name: `${name}, p99`, value: quantile(later, 0.99), unit: 'ms', ...(target && { target }) },
    { name: `${name}, p99 from the tenth on`, value: quantile(later.slice(8), 0.99), unit: 'ms' },
    { name: `${name}, most memory`, value: peakMb, unit: 'MB' },
  ]
}

const toJson = (rows: readonly WorkloadRow[]) => JSON.stringify(rows)

/** The table has every column of the workload, so each row leaves the columns of the other kinds empty. */
function toCsv(rows: readonly WorkloadRow[]): string {
  const headers = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [headers, ...rows.map((row) => headers.map((header) => String(row[header] ?? '')))]
    .map((cells) => cells.join(','))
    .join('\n')
}
