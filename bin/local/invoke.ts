import { randomUUID } from 'node:crypto'
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { FunctionEnv } from './function-env.ts'

/** The signature with which the local run calls a deployed function's handler. */
export type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>

/**
 * Makes a handler callable the way Lambda calls it: with an event that went through JSON, a context and a
 * timeout.
 * @param options.shutdown once it aborts, `getRemainingTimeInMillis` returns 0, so that the handler ends
 * cleanly.
 * @returns a function that rejects if the handler throws or takes longer than `timeoutMs`.
 */
export function lambda<Event, Answer>(options: {
  name: string
  handler: Handler<Event, Answer>
  timeoutMs: number
  shutdown: AbortSignal
  now: () => number
}): (event: Event) => Promise<Answer> {
  const { name, handler, timeoutMs, shutdown, now } = options
  return async (event) => {
    const deadline = now() + timeoutMs
    const remainingMs = () => (shutdown.aborted ? 0 : Math.max(0, deadline - now()))
    const timedOut = Promise.withResolvers<never>()
    const timeout = new Error(`${name} took longer than ${timeoutMs / 1000} seconds`)
    const timer = setTimeout(timedOut.reject, timeoutMs, timeout)
    try {
      const wire: Event = JSON.parse(JSON.stringify(event))
      return await Promise.race([handler(wire, contextOf(name, remainingMs)), timedOut.promise])
    } finally {
      clearTimeout(timer)
    }
  }
}

function contextOf(name: string, remainingMs: () => number): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    memoryLimitInMB: '512',
    awsRequestId: randomUUID(),
    logGroupName: `/local/${name}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  }
}

export type Handlers = {
  receiver: Handler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>
  exporter: Handler<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>
  worker: Handler<SQSEvent, SQSBatchResponse>
}

let starts = 0

/**
 * Loads the deployed handlers, unchanged. They read the environment when they are imported, so it is set
 * first. One process can start the local run several times, so each start imports them under a new URL, past
 * the module cache.
 */
export async function loadHandlers(env: FunctionEnv): Promise<Handlers> {
  Object.assign(process.env, env)
  starts += 1
  const addressOf = (path: string) => new URL(`${path}?start=${starts}`, import.meta.url).href
  const receiver: typeof import('../../functions/receiver/handler.ts') = await import(
    addressOf('../../functions/receiver/handler.ts')
  )
  const worker: typeof import('../../functions/worker/handler.ts') = await import(
    addressOf('../../functions/worker/handler.ts')
  )
  const exporter: typeof import('../../functions/exporter/handler.ts') = await import(
    addressOf('../../functions/exporter/handler.ts')
  )
  return { receiver: receiver.handler, worker: worker.handler, exporter: exporter.handler }
}
