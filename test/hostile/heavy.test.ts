import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { type Aws, awsOnLoopback, environmentOn } from '../../bin/proof/aws-on-loopback.ts'
import { bundle } from '../../bin/proof/bundle.ts'
import { LONG } from '../long.ts'
import { cpuBaselineMs } from './cpu-baseline.ts'
import { eventOf } from './gateway.ts'
import { HEAVY_BODIES } from './heavy-bodies.ts'
import { SECRET } from './world.ts'

/**
 * Each of the heaviest bodies goes to a receiver in a separate process, with the SDK and with SQS on
 * loopback. This is the limit for the peak memory of the whole process. The heap flags keep the heap small,
 * because with more room Node would postpone garbage collection and the peak would say little.
 */
const MAX_PEAK_MB = 256
const HEAP_FLAGS = ['--max-old-space-size=160', '--max-semi-space-size=4']

/**
 * The limit for the CPU time, garbage collection included, in multiples of `cpuBaselineMs`. The heaviest
 * bodies take 30 to 55. A body whose time grows with the square of its rows would take thousands.
 */
const MAX_BASELINES = 90

const folder = mkdtempSync(join(tmpdir(), 'heavy-'))
const bundled = bundle(join(import.meta.dirname, 'heavy-process.ts'), folder)
let aws: Aws
beforeAll(async () => {
  aws = await awsOnLoopback(SECRET)
})
afterAll(async () => {
  await aws.close()
  rmSync(folder, { recursive: true })
})

const Taken = z.object({ status: z.number(), body: z.string(), cpuMs: z.number(), peakMb: z.number() })

async function take(body: string | Buffer, heapFlags = HEAP_FLAGS) {
  const request = {
    method: 'POST',
    path: '/v1/records',
    query: [],
    headers: [['x-api-key', SECRET.token]] as const,
    body: Buffer.from(body),
    asText: typeof body === 'string',
  }
  const file = join(folder, 'event.json')
  writeFileSync(file, JSON.stringify(eventOf(request)))
  const child = fork(bundled, [file], {
    execArgv: heapFlags,
    env: { ...process.env, ...environmentOn(aws.url), POWERTOOLS_DEV: 'false', NODE_OPTIONS: '' },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`the receiver ended with ${code ?? signal}`)
  })
  const [message] = await Promise.race([once(child, 'message'), ended])
  ended.catch(() => undefined)
  return Taken.parse(message)
}

/**
 * Other work on the machine slows the CPU down, so the best of several tries counts. Every try must fit in
 * memory.
 */
const MAX_TRIES = 3

/** The short form measures one ordinary body and one of each way to exhaust the parser. */
const SHORT = ['6 MB of [', '6 MB of ordinary rows', 'one row of 390,000 columns']
const measured = HEAVY_BODIES.filter(({ name }) => LONG || SHORT.includes(name))

test.each(measured)('$name', async ({ name, make, answers }) => {
  const sent = make()
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < MAX_TRIES && best >= MAX_BASELINES; tries++) {
    const { status, body, cpuMs, peakMb } = await take(sent)
    aws.sent = []
    console.info(`${name}: ${Math.round(cpuMs)} ms of the processor, ${Math.round(peakMb)} MB`)
    const [, problem = JSON.parse(body).accepted] = /problem:([a-z0-9-]+)/.exec(body) ?? []
    expect(`${status} ${problem}`).toBe(answers)
    expect(peakMb).toBeLessThan(MAX_PEAK_MB)
    best = Math.min(best, cpuMs / cpuBaselineMs())
  }
  expect(best).toBeLessThan(MAX_BASELINES)
})

/**
 * The memory that the largest body that API Gateway accepts may need on top of the idle receiver. The tight
 * heap keeps garbage out of the figure.
 */
const MAX_ABOVE_IDLE_MB = 128
const TIGHT_HEAP_FLAGS = ['--max-old-space-size=100', '--max-semi-space-size=4']

const LARGEST_OF_EACH_FORMAT = [
  '6 MB of ordinary rows',
  ...(LONG ? ['6 MB of ordinary NDJSON', '6 MB of ordinary rows between tabs', '6 MB of a form'] : []),
]

test('a body of 6 MB needs less than 128 MB above idle, whatever its format', async () => {
  const { peakMb: idleMb } = await take('[]', TIGHT_HEAP_FLAGS)
  const largest = HEAVY_BODIES.filter(({ name }) => LARGEST_OF_EACH_FORMAT.includes(name))
  expect(largest).toHaveLength(LARGEST_OF_EACH_FORMAT.length)
  for (const { name, make } of largest) {
    const { status, peakMb } = await take(make(), TIGHT_HEAP_FLAGS)
    aws.sent = []
    console.info(`${name}: ${Math.round(peakMb - idleMb)} MB above ${Math.round(idleMb)} MB`)
    expect([200, 422]).toContain(status)
    expect(peakMb - idleMb).toBeLessThan(MAX_ABOVE_IDLE_MB)
  }
})
