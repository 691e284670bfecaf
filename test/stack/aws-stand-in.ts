import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import * as z from 'zod'

export type RecordedCall = { action: string; input: Record<string, unknown> }

const Entries = z.object({
  Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string().default('') })),
})
const md5 = (text: string) => createHash('md5').update(text).digest('hex')

/** Answers and records the few HTTP calls of the bundles to AWS. Messages for SQS have no attributes. */
export async function startAwsStandIn(secrets: Record<string, string>) {
  const calls: RecordedCall[] = []
  const server = createServer(async (request, response) => {
    const [, action = ''] = String(request.headers['x-amz-target']).split('.')
    const input = z.record(z.string(), z.unknown()).parse(await json(request))
    calls.push({ action, input })
    response.setHeader('content-type', 'application/x-amz-json-1.0')
    response.end(JSON.stringify(answerTo(action, input)))
  })
  function answerTo(action: string, input: Record<string, unknown>) {
    if (action === 'GetSecretValue') return { SecretString: secrets[String(input.SecretId)] }
    const { Entries: entries } = Entries.parse(input)
    const Successful = entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: `message-${Id}`,
      MD5OfMessageBody: md5(MessageBody),
    }))
    return { Successful, Failed: [] }
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = z.object({ port: z.number() }).parse(server.address())
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    calls,
    stop: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}
