import { createServer } from 'node:http'
import { listen } from '../listen.ts'
import { openJournal } from './journal.ts'
import type { SeedProfile } from './seed.ts'
import { type OnRequest, serve } from './serve.ts'
import type { SimulatorSettings } from './settings.ts'
import { type BrazeSimulator, createBrazeSimulator } from './simulator.ts'

export type StartOptions = {
  /** 0 for any free port. */
  port: number
  settings?: Partial<SimulatorSettings>
  seed?: readonly SeedProfile[]
  /** Profiles with these braze_ids exist from the start, because a braze_id cannot create one. */
  knownBrazeIds?: readonly string[]
  /** The file that keeps profiles and events across stops and crashes. */
  journalFile?: string
  /** Called after a request to Braze is answered or reset, with the milliseconds since its body arrived. */
  onRequest?: OnRequest
  /** Epoch milliseconds. */
  now?: () => number
}

export type RunningBrazeSimulator = {
  /** `http://127.0.0.1:PORT` */
  url: string
  core: BrazeSimulator
  /** Breaks open connections, even during scripted delays. Closing again does nothing. */
  close: () => Promise<void>
}

/**
 * Serves the simulator on loopback.
 * @throws if the port is in use or the journal cannot be read.
 */
export async function startBrazeSimulator(options: StartOptions): Promise<RunningBrazeSimulator> {
  const { port, settings, seed = [], knownBrazeIds = [], journalFile, onRequest, now = Date.now } = options
  const journal = journalFile === undefined ? undefined : openJournal(journalFile)
  const core = createBrazeSimulator({
    now,
    seed: [...seed, ...knownBrazeIds.map((braze_id) => ({ braze_id }))],
    ...(settings && { settings }),
    ...(journal && { history: journal.history, onChanges: journal.append }),
  })
  const closing = new AbortController()
  const server = createServer((request, response) => {
    serve(core, request, response, closing.signal, onRequest).catch(() => request.destroy())
  })
  const url = await listen(server, port).catch((error: unknown) => {
    journal?.close()
    throw error
  })
  return {
    url,
    core,
    close: async () => {
      if (closing.signal.aborted) return
      closing.abort()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      journal?.close()
    },
  }
}
