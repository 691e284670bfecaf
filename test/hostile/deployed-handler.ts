import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type Aws, awsOnLoopback, environmentOn } from '../../bin/proof/aws-on-loopback.ts'
import { CONTEXT } from '../../bin/proof/lambda-context.ts'
import { SECRET } from './world.ts'

export type DeployedHandler = {
  aws: Aws
  handle: (event: APIGatewayProxyEventV2) => Promise<{ status: number; body: string }>
}

let imports = 0

/**
 * Imports the handler as Lambda does, with AWS on loopback. The URL is another one each time, because the
 * handler reads the environment when it is imported, and several tests share one process.
 */
export async function deployedHandler(): Promise<DeployedHandler> {
  const aws = await awsOnLoopback(SECRET)
  Object.assign(process.env, environmentOn(aws.url))
  imports += 1
  const address = new URL(`../../functions/receiver/handler.ts?hostile=${imports}`, import.meta.url).href
  const { handler }: typeof import('../../functions/receiver/handler.ts') = await import(address)
  return {
    aws,
    handle: async (event) => {
      const { statusCode = 0, body = '' } = await handler(event, CONTEXT)
      return { status: statusCode, body }
    },
  }
}
