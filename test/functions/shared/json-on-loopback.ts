import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return {
    /** Settings for an SDK client that calls this service. */
    client: {
      endpoint: `http://127.0.0.1:${address.port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'fixture', secretAccessKey: 'fixture' },
      maxAttempts: 1,
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
