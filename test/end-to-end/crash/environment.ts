import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod'
import { startBrazeSimulator } from '../../../bin/local/braze/server.ts'
import { SIMULATOR_KEY } from '../../../bin/local/braze/settings.ts'
import type { BrazeSimulator } from '../../../bin/local/braze/simulator.ts'
import type { Attributes } from './activation.ts'
import { type BridgeProcess, bridgeProcess } from './bridge-process.ts'
import { freePort } from './free-port.ts'

/**
 * The time that Braze takes to answer, in milliseconds. It is long enough that kills often come before an
 * answer.
 */
export const ANSWER_MS = 75

/** The simulator keeps whole bodies, and a kill only needs those of the requests in flight. */
const KEPT_REQUESTS = 50

const TOKEN = 'fixture-inbound-token'

export type CrashEnvironment = {
  /** The bridge, which is not started yet. */
  bridge: BridgeProcess
  /** Braze runs in this process, so it still knows what had arrived when the bridge was killed. */
  braze: BrazeSimulator
  /** The URL to which senders send, with the token below. */
  url: string
  token: string
  stateDir: string
  /** Aborted when the run ends, whether it succeeds or fails. */
  signal: AbortSignal
}

export type Counters = {
  brazeRequests: number
  /** Warning lines in the output of the killed processes. */
  warnings: string[]
}

/**
 * Calls `run` with a simulated Braze and a bridge, and removes every trace of them afterwards.
 * @param timeoutMs the time after which the run is given up, in milliseconds.
 * @throws Error if the bridge ends by itself or the time is up. Errors of `run` are passed on.
 */
export async function withCrashEnvironment<T>(
  { timeoutMs, random, counters }: { timeoutMs: number; random: () => number; counters: Counters },
  run: (environment: CrashEnvironment) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-crash-'))
  const stateDir = join(folder, 'state')
  const braze = await startBrazeSimulator({
    port: 0,
    settings: { retainedRequests: KEPT_REQUESTS },
    onRequest: () => {
      counters.brazeRequests += 1
    },
  })
  braze.core.script([{ do: 'delay', delayMs: ANSWER_MS, times: 'always' }])
  const port = await freePort(random)
  const givenUp = Promise.withResolvers<never>()
  const bridge = bridgeProcess({
    env: {
      PORT: String(port),
      STATE_DIR: stateDir,
      WEBHOOK_TOKEN: TOKEN,
      BRAZE_REST_ENDPOINT: braze.url,
      BRAZE_API_KEY: SIMULATOR_KEY,
      TMPDIR: folder,
    },
    onUnexpectedExit: givenUp.reject,
    onWarning: (line) => counters.warnings.push(line),
  })
  const ending = new AbortController()
  const timer = setTimeout(
    () => givenUp.reject(new Error(`not done after ${timeoutMs / 1_000} seconds`)),
    timeoutMs,
  )
  // However this process ends, it must not leave the bridge running.
  const abandon = () => {
    bridge.abandon()
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  try {
    const url = `http://127.0.0.1:${port}`
    const environment = { bridge, braze: braze.core, url, token: TOKEN, stateDir, signal: ending.signal }
    return await Promise.race([run(environment), givenUp.promise])
  } finally {
    clearTimeout(timer)
    ending.abort()
    await bridge.kill()
    process.off('exit', abandon)
    await braze.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const Numbered = z.object({ n: z.number() })

/** @returns the events in the order in which they arrived. */
export const arrivedEvents = (braze: BrazeSimulator) =>
  braze.events().map(({ external_id = '', at, properties }) => ({
    n: Numbered.parse(properties).n,
    user: external_id,
    at,
  }))

/** @returns the attributes of profiles by external id, without profiles that only have events. */
export const writtenProfiles = (braze: BrazeSimulator): Map<string, Attributes> =>
  new Map(
    braze
      .profiles()
      .map(({ external_id = '', custom_attributes }): [string, Attributes] => [
        external_id,
        custom_attributes,
      ])
      .filter(([, attributes]) => Object.keys(attributes).length > 0),
  )
