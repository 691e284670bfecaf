import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { administer } from './admin.ts'
import { MAX_BODY_BYTES } from './admit.ts'
import type { Braze } from './braze.ts'
import { type Answer, type BrazeRequest, jsonAnswer, type Outcome } from './outcome.ts'
import type { RequestEntry } from './request-log.ts'

export type OnRequest = (entry: RequestEntry & { ms: number }) => void

/**
 * Brings one HTTP request to the simulator and carries out what becomes of it.
 * @throws where the connection broke, or `closing` was signalled during a scripted delay.
 */
export async function serve(
  braze: Braze,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
  onRequest: OnRequest | undefined,
): Promise<void> {
  const { method = 'GET', url: path = '/', headers } = request
  const body = await readBody(request)
  const begun = performance.now()
  const asked = administer(braze, { method, path, body })
  if (asked) return write(response, asked)
  const { outcome, entry } = handle(braze, { method, path, headers, body })
  if (outcome.delayMs > 0) await sleep(outcome.delayMs, undefined, { signal: closing })
  if (outcome.kind === 'reset') request.socket.resetAndDestroy()
  else write(response, outcome)
  if (entry) onRequest?.({ ...entry, ms: Math.round(performance.now() - begun) })
}

type Handled = { outcome: Outcome; entry?: RequestEntry | undefined }

/** A journal that can't be written (a full disk) must be no success: Braze's client then tries again. */
function handle(braze: Braze, request: BrazeRequest): Handled {
  try {
    return { outcome: braze.handle(request), entry: braze.requests().at(-1) }
  } catch (error) {
    const message = `The simulator failed: ${error instanceof Error ? error.message : 'unknown'}`
    return { outcome: { kind: 'answer', delayMs: 0, ...jsonAnswer(500, { message }) } }
  }
}

/** Reads a body, but keeps no more of it than shows that it is too long. */
async function readBody(request: IncomingMessage): Promise<string> {
  const kept: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (bytes <= MAX_BODY_BYTES) kept.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(kept).toString('utf8')
}

function write(response: ServerResponse, { status, headers, body }: Answer) {
  response.writeHead(status, headers).end(body)
}
