import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { CONTEXT } from '../hostile/lambda-context.ts'
import { cpuMs } from './cpu-clock.ts'

/**
 * Runs in a process of its own, bundled: hands the events in a file to a deployed handler, over and over, and tells what
 * the processor took for one of them once the first third had made it warm.
 */
const [, , name = '', file = '', times = ''] = process.argv

const WARM_UP = 1 / 3

/** Names as long as those of a stack, since each line of the log has them. */
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

/** The event is parsed each time, as Lambda's own code in the function does. */
async function receiver(): Promise<(event: string) => Promise<unknown>> {
  const { handler } = await import('../../functions/receiver/handler.ts')
  return (event) => handler(JSON.parse(event), context)
}

async function worker(): Promise<(event: string) => Promise<unknown>> {
  const { handler } = await import('../../functions/worker/handler.ts')
  return (event) => handler(JSON.parse(event), context)
}
