import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Local, startLocal } from '../../local/start.ts'
import type { Figure, Options } from './figure.ts'
import { quantile } from './statistics.ts'
import { requestsOf, type SenderRequest, workload } from './workload.ts'

const TOKEN = 'bench-token-of-no-use'
const ROWS_PER_REQUEST = 5_000
const IDLE_EVENTS = 50

/** The pause between two events while an activation is delivered, in milliseconds. */
const EVENT_INTERVAL_MS = 20

/** The spacing is so short that no rate limit is reached: the machine is measured, not the pace. */
const SPACING_MS = 1

/**
 * The limit for the p99 of an event behind the large activation, divided by that behind the small one. They
 * should be similar, because events have their own queue.
 */
const MAX_SLOWDOWN = 1.5

/**
 * Measures the local run: real HTTP, the SQS protocol, the deployed handlers, a simulated Braze, all on two
 * cores.
 */
export async function endToEnd({ short, seed }: Options): Promise<Figure[]> {
  const [small, large] = short ? [2_000, 20_000] : [10_000, 100_000]
  const idle = await withLocalRun(async (local) => {
    const ms: number[] = []
    for (let nth = 0; nth < IDLE_EVENTS; nth++) ms.push(await eventMs(local, `idle-${nth}`))
    return ms
  })
  const behindSmall = await withLocalRun((local) => eventsBehindActivation(local, small, seed))
  const behindLarge = await withLocalRun((local) => eventsBehindActivation(local, large, seed))
  const latency = (name: string, ms: readonly number[]): Figure[] => [
    { name: `an event ${name}, p50`, value: quantile(ms, 0.5), unit: 'ms' },
    { name: `an event ${name}, p99`, value: quantile(ms, 0.99), unit: 'ms' },
  ]
  const formatCount = (rows: number) => rows.toLocaleString('en')
  return [
    {
      name: `${formatCount(large)} rows, from HTTP to Braze’s 201`,
      value: behindLarge.rowsPerSecond,
      unit: 'rows/s',
    },
    ...latency('when nothing else is under way', idle),
    ...latency(`behind ${formatCount(small)} rows`, behindSmall.ms),
    ...latency(`behind ${formatCount(large)} rows`, behindLarge.ms),
    {
      name: `p99 behind ${formatCount(large)} rows, against that behind ${formatCount(small)}`,
      value: quantile(behindLarge.ms, 0.99),
      floor: quantile(behindSmall.ms, 0.99),
      unit: 'ms',
      target: { most: MAX_SLOWDOWN },
    },
  ]
}

async function withLocalRun<T>(measure: (local: Local) => Promise<T>): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), 'bench-local-'))
  const local = await startLocal({
    port: 0,
    simulatorPort: 0,
    token: TOKEN,
    stateDir,
    print: () => undefined,
    spacingMs: SPACING_MS,
  })
  try {
    return await measure(local)
  } finally {
    await local.stop()
    rmSync(stateDir, { recursive: true })
  }
}

/**
 * Posts an activation as fast as it is accepted, and meanwhile posts events one by one until it is delivered.
 */
async function eventsBehindActivation(local: Local, rows: number, seed: number) {
  const { profiles } = workload(2 * rows, { seed, repeats: 0.2 })
  const posts = requestsOf({ profiles: profiles.slice(0, rows), events: [] }, ROWS_PER_REQUEST)
  const startedAt = performance.now()
  let isDone = false
  const delivered = (async () => {
    for (const one of posts) await post(local, one)
    await local.queues.waitUntilQuiet(600_000)
    isDone = true
    return rows / ((performance.now() - startedAt) / 1_000)
  })()
  const ms: number[] = []
  while (!isDone) {
    ms.push(await eventMs(local, `behind-${ms.length}`))
    await new Promise((resolve) => setTimeout(resolve, EVENT_INTERVAL_MS))
  }
  return { rowsPerSecond: await delivered, ms }
}

/** Measures the time from the start of the request until the simulator has the event. */
async function eventMs(local: Local, name: string): Promise<number> {
  const startedAt = performance.now()
  const body = JSON.stringify({ external_id: name, event_name: name, time: new Date().toISOString() })
  await post(local, { path: '/v1/events', body: Buffer.from(body) })
  while (!local.simulator?.events().some((event) => event.name === name))
    await new Promise((resolve) => setTimeout(resolve, 1))
  return performance.now() - startedAt
}

async function post(local: Local, { path, body }: SenderRequest): Promise<void> {
  const response = await fetch(new URL(path, local.url), {
    method: 'POST',
    headers: { 'x-api-key': TOKEN, 'content-type': 'application/json' },
    body: new Uint8Array(body),
  })
  if (response.status !== 200) throw new Error(`the receiver answered ${response.status}`)
  await response.text()
}
