import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { isSameOrigin } from '../guard.ts'
import { listen } from '../listen.ts'
import { administer } from './admin.ts'
import { MAX_BODY_BYTES } from './carry-out.ts'
import { openJournal } from './journal.ts'
import {
  jsonResponse,
  type SimulatorOutcome,
  type SimulatorRequest,
  type SimulatorResponse,
} from './outcome.ts'
import type { SimulatorSettings } from './settings.ts'
import { type BrazeSimulator, createBrazeSimulator, type RequestEntry } from './simulator.ts'
import type { SeedProfile } from './state.ts'

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

type OnRequest = (entry: RequestEntry & { ms: number }) => void

/**
 * Passes one HTTP request to the simulator and performs the outcome.
 * @throws if the connection breaks, or `closing` aborts during a scripted delay.
 */
export async function serve(
  braze: BrazeSimulator,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
  onRequest: OnRequest | undefined,
): Promise<void> {
  if (!isSameOrigin(request)) return write(response, FOREIGN_PAGE)
  const { method = 'GET', url: path = '/', headers } = request
  const body = await readBody(request)
  const startedAt = performance.now()
  const adminResponse = administer(braze, { method, path, body })
  if (adminResponse) return write(response, adminResponse)
  const { outcome, entry } = handle(braze, { method, path, headers, body })
  if (outcome.delayMs > 0) await sleep(outcome.delayMs, undefined, { signal: closing })
  if (outcome.kind === 'reset') request.socket.resetAndDestroy()
  else write(response, outcome)
  if (entry) onRequest?.({ ...entry, ms: Math.round(performance.now() - startedAt) })
}

/** Braze clients and curl call it by its own address, and no page of another server may use it. */
const FOREIGN_PAGE = jsonResponse(403, {
  message:
    'The simulator answers only requests to 127.0.0.1 or localhost, and none from web pages of other servers.',
})

type Handled = { outcome: SimulatorOutcome; entry?: RequestEntry | undefined }

/**
 * If the journal cannot be written, for example on a full disk, the answer is a 500, so that the client
 * retries.
 */
function handle(braze: BrazeSimulator, request: SimulatorRequest): Handled {
  try {
    return { outcome: braze.handle(request), entry: braze.requests().at(-1) }
  } catch (error) {
    const message = `The simulator failed: ${error instanceof Error ? error.message : 'unknown'}`
    return { outcome: { kind: 'answer', delayMs: 0, ...jsonResponse(500, { message }) } }
  }
}

/** Reads a body, but stops storing it once it exceeds the limit. */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(chunks).toString('utf8')
}

function write(response: ServerResponse, { status, headers, body }: SimulatorResponse) {
  response.writeHead(status, headers).end(body)
}
