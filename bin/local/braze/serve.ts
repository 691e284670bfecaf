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
 * Brings one HTTP request to the simulator and carries out what becomes of it.
 * @throws where the connection broke, or `closing` was signalled during a scripted delay.
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

/** A journal that can't be written (a full disk) must be no success: Braze's client then tries again. */
function handle(braze: BrazeSimulator, request: SimulatorRequest): Handled {
  try {
    return { outcome: braze.handle(request), entry: braze.requests().at(-1) }
  } catch (error) {
    const message = `The simulator failed: ${error instanceof Error ? error.message : 'unknown'}`
    return { outcome: { kind: 'answer', delayMs: 0, ...jsonResponse(500, { message }) } }
  }
}

/** Reads a body, but keeps no more of it than shows that it is too long. */
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
