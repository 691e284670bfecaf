import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { LogEntry } from '../../bin/local/log-entries.ts'
import { type Local, startLocal } from '../../bin/local/start.ts'
import type { Connections } from '../../functions/shared/connection.ts'
import { SENSITIVE_FIXTURES } from '../sensitive-fixtures.ts'

export const TOKEN = 'fixture-inbound-token'

export type RunningBridge = Local & {
  simulator: NonNullable<Local['simulator']>
  /** The log entries of the functions so far. */
  logs: LogEntry[]
  /** Posts a value as JSON, or a given body unchanged. */
  post: (
    path: string,
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<{ status: number; json: Answer }>
  stateDir: string
}

type Answer = {
  accepted?: number
  rejected?: number
  detail?: string
  errors?: { index: number; field?: string; code: string }[]
}

/**
 * Starts the whole bridge on loopback: real HTTP, the SQS protocol, the deployed handlers, a simulated Braze.
 */
export async function startBridge(
  options: { stateDir?: string; spacingMs?: number; connections?: Connections } = {},
): Promise<RunningBridge> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), 'bridge-')))
  const logs: LogEntry[] = []
  const local = await startLocal({
    port: 0,
    simulatorPort: 0,
    token: TOKEN,
    stateDir,
    print: () => undefined,
    onLog: (entry) => logs.push(entry),
    spacingMs: 5,
    ...options,
  })
  const { simulator } = local
  if (!simulator) throw new Error('these tests talk to the simulator')
  return {
    ...local,
    simulator,
    logs,
    stateDir,
    post: async (path, body, headers = {}) => {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array
      const response = await fetch(new URL(path, local.url), {
        method: 'POST',
        headers: { 'x-api-key': TOKEN, 'content-type': 'application/json', ...headers },
        body: isRaw ? body : JSON.stringify(body),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? {} : JSON.parse(text) }
    },
  }
}

/** Stops the bridge, removes its state, and checks its logs and metrics for sensitive data. */
export async function discard(bridge: RunningBridge): Promise<void> {
  await bridge.stop()
  await rm(bridge.stateDir, { recursive: true, force: true })
  const logged = [...bridge.logs, ...bridge.measurements.series()]
  expect(logged.filter((entry) => SENSITIVE_FIXTURES.test(JSON.stringify(entry)))).toEqual([])
}

export const attributesOf = (bridge: RunningBridge, external_id: string) =>
  bridge.simulator.profile({ external_id })?.custom_attributes

export const eventsOf = (bridge: RunningBridge, external_id: string) =>
  bridge.simulator
    .events()
    .filter((event) => event.external_id === external_id)
    .map(({ name, time, properties }) => ({ name, time, properties }))
