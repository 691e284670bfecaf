import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type Aws, awsOnLoopback } from '../functions/receiver/aws-on-loopback.ts'
import { SETTINGS } from '../functions/receiver/settings-fixture.ts'
import { CONTEXT } from './lambda-context.ts'
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

/** The environment variables of the function, including those that Lambda sets itself. */
export const environmentOn = (aws: string) => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'fixture',
  AWS_SECRET_ACCESS_KEY: 'fixture',
  AWS_ENDPOINT_URL_SQS: aws,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
  // This makes the Powertools logger and metrics write to the console, where the tests listen.
  POWERTOOLS_DEV: 'true',
  STACK_NAME: 'hostile',
  LOG_KEY_SECRET_ID: 'log-key',
  PROFILES_QUEUE_URL: `${aws}/000000000000/profiles.fifo`,
  EVENTS_QUEUE_URL: `${aws}/000000000000/events.fifo`,
  PROFILES_DLQ_URL: `${aws}/000000000000/profiles-dlq.fifo`,
  EVENTS_DLQ_URL: `${aws}/000000000000/events-dlq.fifo`,
  CAPTURES_QUEUE_URL: `${aws}/000000000000/captures`,
  CONNECTIONS_FILE: 'test/fixtures/connections.json',
  INBOUND_SECRET_ID: 'inbound',
  INBOUND_SECRET_PREFIX: 'connections/',
  LANES: String(SETTINGS.lanes),
})
