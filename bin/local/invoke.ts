import { randomUUID } from 'node:crypto'
import type { Context } from 'aws-lambda'

/** A deployed function's handler, as the local run calls it. */
export type Handler<Event, Answer> = (event: Event, context: Context) => Promise<Answer>

/**
 * Makes a handler callable as Lambda calls it: with an event that has been JSON, a context, and a time-out.
 * @param hurry from its abort on, a handler is told that its time is up, so that it can end in good order.
 * @returns a function that rejects where the handler throws, or is not done after `timeoutMs`.
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
    const timeout = new AbortController()
    const timedOut = new Promise<never>((_, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${name} took longer than ${timeoutMs / 1000} seconds`)),
        timeoutMs,
      )
      timeout.signal.addEventListener('abort', () => clearTimeout(timer))
    })
    try {
      const wire: Event = JSON.parse(JSON.stringify(event))
      return await Promise.race([handler(wire, contextOf(name, remainingMs)), timedOut])
    } finally {
      timeout.abort()
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
