import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  SQSBatchResponse,
  SQSEvent,
} from 'aws-lambda'
import type { FunctionEnv } from './function-env.ts'
import type { Handler } from './invoke.ts'

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
