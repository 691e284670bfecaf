import type { IncomingMessage, Server } from 'node:http'

/**
 * Listens on loopback only.
 * @param port 0 for any free port.
 * @returns `http://127.0.0.1:PORT`. Rejects with Node's error if the port is not available.
 */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : port}`)
    })
  })
}

/**
 * How long a stop waits for running requests. A sender that stalls in the middle would otherwise block it
 * forever.
 */
const CLOSE_WAIT_MS = 5000

/** Accepts no new requests, lets the running ones end, and closes idle connections. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_WAIT_MS)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** API Gateway's limit for a body, in bytes. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024

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
