import type { Context } from 'aws-lambda'
import * as z from 'zod'

/**
 * Runs in a process of its own, as Lambda runs a bundle: imports the file named by the first argument, calls its
 * `handler` with each event it is sent, and sends back what that answers.
 */
const [, , bundle = ''] = process.argv

/** Lambda's console wraps what goes through it, where the log is JSON (AWS Lambda developer guide, "Node.js logging"). */
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
