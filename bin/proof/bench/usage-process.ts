import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { CONTEXT } from '../lambda-context.ts'
import { cpuMs } from './statistics.ts'

/**
 * Runs in a separate process, bundled. It passes the events in a file to a deployed handler, over and over,
 * and reports the mean CPU time of one event in milliseconds. The first third only warms up and does not
 * count.
 */
const [, , name = '', file = '', times = ''] = process.argv

const WARM_UP = 1 / 3

/** The name is as long as in a real stack, because every log line contains it. */
const functionName = `ActionIqBraze-prod-${name}Function00000000-000000000000`
const context = {
  ...CONTEXT,
  functionName,
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
  awsRequestId: '00000000-0000-4000-8000-000000000000',
}

const Handled = z.object({
  statusCode: z.literal(200).optional(),
  batchItemFailures: z.tuple([]).optional(),
})

const handle = name === 'receiver' ? await receiver() : await worker()
const events: string[] = JSON.parse(readFileSync(file, 'utf8'))
const total = Number(times)
const warmUp = Math.floor(total * WARM_UP)
let before = 0
for (let time = 0; time < total; time++) {
  if (time === warmUp) before = cpuMs()
  Handled.parse(await handle(events[time % events.length] ?? ''))
}
process.send?.({ cpuMs: (cpuMs() - before) / (total - warmUp) })
process.disconnect()

/** The event is parsed each time, as the Lambda runtime does. */
async function receiver(): Promise<(event: string) => Promise<unknown>> {
  const { handler } = await import('../../../functions/receiver/handler.ts')
  return (event) => handler(JSON.parse(event), context)
}

async function worker(): Promise<(event: string) => Promise<unknown>> {
  const { handler } = await import('../../../functions/worker/handler.ts')
  return (event) => handler(JSON.parse(event), context)
}
