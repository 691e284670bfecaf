import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type * as z from 'zod'
import type { ExporterEnv, ReceiverEnv, WorkerEnv } from '../../../functions/shared/env.ts'
import { synthesizeBundles } from '../cloud-assembly.ts'
import type { Figure, Options } from './figure.ts'
import { quantile } from './statistics.ts'

/** Logical ids of the functions. */
const FUNCTIONS = ['Receiver', 'Worker', 'Exporter']

const STARTS = 15
const FEW_STARTS = 5

type Environment = z.input<typeof ReceiverEnv> &
  z.input<typeof WorkerEnv> &
  z.input<typeof ExporterEnv> &
  Record<string, string>

/** The environment that the functions read when they start. Nothing is sent to any of these addresses. */
const ENVIRONMENT = {
  AWS_REGION: 'us-east-1',
  STACK_NAME: 'bench',
  PROFILES_QUEUE_URL: 'https://sqs.test/profiles.fifo',
  EVENTS_QUEUE_URL: 'https://sqs.test/events.fifo',
  PROFILES_DLQ_URL: 'https://sqs.test/profiles-dlq.fifo',
  EVENTS_DLQ_URL: 'https://sqs.test/events-dlq.fifo',
  CAPTURES_QUEUE_URL: 'https://sqs.test/captures',
  CONNECTIONS_FILE: resolve('test/fixtures/connections.json'),
  INBOUND_SECRET_ID: 'inbound',
  INBOUND_SECRET_PREFIX: 'connections/',
  BRAZE_SECRET_ID: 'braze',
  LOG_KEY_SECRET_ID: 'log-key',
  LANES: '16',
  OBJECTS_PER_REQUEST: '75',
  PROFILES_BATCH_SIZE: '10',
  EVENTS_BATCH_SIZE: '10',
  PROFILES_REQUEST_SPACING_MS: '200',
  EVENTS_REQUEST_SPACING_MS: '200',
  PROFILES_DELAY_MS: '0',
} satisfies Environment

/**
 * Measures the size of each bundle, and how long it takes to load compared with a handler that does nothing.
 */
export async function coldStart({ short }: Options): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-start-'))
  const empty = join(folder, 'index.mjs')
  writeFileSync(empty, 'export const handler = async () => undefined\n')
  const bundleOf = synthesizeBundles(join(folder, 'cdk.out'))
  const starts = short ? FEW_STARTS : STARTS
  const nothing = startMs(empty, starts)
  const figures = FUNCTIONS.flatMap((id): Figure[] => [
    { name: `bundle of the ${id}`, value: statSync(bundleOf(id)).size / 1024, unit: 'KiB' },
    { name: `start of the ${id}`, value: startMs(resolve(bundleOf(id)), starts), unit: 'ms', floor: nothing },
  ])
  rmSync(folder, { recursive: true })
  return figures
}

/**
 * Measures the import alone, within each process, because every handler has the start of Node itself in
 * common.
 */
function startMs(file: string, starts: number): number {
  const script = `const t = performance.now(); await import(${JSON.stringify(file)}); console.log(performance.now() - t); process.exit(0)`
  const measured = Array.from({ length: starts }, () => {
    const { stdout, status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env.PATH, ...ENVIRONMENT },
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`${file} does not start: ${stderr}`)
    return Number(stdout)
  })
  return quantile(measured, 0.5)
}
