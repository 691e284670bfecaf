import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { administer } from './admin.ts'
import { MAX_BODY_BYTES } from './check-access.ts'
import {
  jsonResponse,
  type SimulatorOutcome,
  type SimulatorRequest,
  type SimulatorResponse,
} from './outcome.ts'
import type { RequestEntry } from './request-log.ts'
import type { BrazeSimulator } from './simulator.ts'

export type OnRequest = (entry: RequestEntry & { ms: number }) => void

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
