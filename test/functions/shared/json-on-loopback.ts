import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'

/** How an AWS service can stall: it never answers, stops in the middle of an answer, or never ends it. */
export const STALLS = ['no answer', 'half an answer', 'an endless answer'] as const

/**
 * Starts an AWS service on loopback that stalls on each call.
 * @returns an SDK client's settings, whose own timeouts do not end the call.
 */
export async function stallOnLoopback(stall: (typeof STALLS)[number]) {
  const server = createServer((_request, response) => {
    if (stall === 'no answer') return
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).write('{')
    if (stall === 'half an answer') return
    const more = () => response.write(' '.repeat(1_000), more)
    more()
  })
  return { client: clientOf(await portOf(server)), close: () => closeOf(server) }
}

export type AwsRequest = { target: string | undefined; body: unknown }

/** Starts an AWS service on loopback that answers each call with the status and JSON that the test gives. */
export async function jsonOnLoopback(answer: (request: AwsRequest) => { status: number; json: object }) {
  const server = createServer(async (request, response) => {
    const target = request.headers['x-amz-target']
    const { status, json } = answer({
      target: typeof target === 'string' ? target : undefined,
      body: JSON.parse(await text(request)),
    })
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(json))
  })
  return { client: clientOf(await portOf(server)), close: () => closeOf(server) }
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

/** Settings for an SDK client that calls this service. */
const clientOf = (port: number) => ({
  endpoint: `http://127.0.0.1:${port}`,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'fixture', secretAccessKey: 'fixture' },
  maxAttempts: 1,
})

const closeOf = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
