import type { Context } from 'aws-lambda'
import * as z from 'zod'

/**
 * Runs a bundle in its own process, as Lambda does. It imports the file named by the first argument, calls
 * its `handler` with each event that it receives, and sends back the answer.
 */
const [, , bundle = ''] = process.argv

/** If logs are JSON, Lambda's console wraps each of them (AWS Lambda developer guide, "Node.js logging"). */
console.log = (message: unknown) =>
  void process.stdout.write(`${JSON.stringify({ level: 'INFO', message })}\n`)

const { handler } = z
  .object({
    handler: z.custom<(event: unknown, context: Context) => unknown>((it) => typeof it === 'function'),
  })
  .parse(await import(bundle))

process.on('message', async (event) => {
  process.send?.(await handler(event, context))
})
process.send?.('ready')

const context: Context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'bundled',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:bundled',
  memoryLimitInMB: '512',
  awsRequestId: 'lambda-request-1',
  logGroupName: 'bundled',
  logStreamName: 'bundled',
  getRemainingTimeInMillis: () => 60_000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}
