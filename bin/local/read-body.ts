import type { IncomingMessage } from 'node:http'

/** API Gateway's limit for a body, in bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024

/** @returns undefined if the body is larger than API Gateway accepts. The rest is then read and discarded. */
export async function readBody(request: IncomingMessage): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined
}
