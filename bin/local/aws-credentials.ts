import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { isSameOrigin, isSecret, randomToken } from './guard.ts'

/** What an SDK client needs to use the local SQS and Secrets Manager endpoints of one start. */
export const AwsCredentials = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
})
export type AwsCredentials = z.infer<typeof AwsCredentials>

/**
 * The session token is the secret. SDK clients send it unchanged with every request, and treat it as confidential,
 * whereas access key ids appear in logs and messages. The signature is not verified. Verifying it would
 * show that nobody has changed the request on its way, and on loopback only root could do that.
 */
export const newAwsCredentials = (): AwsCredentials => ({
  accessKeyId: 'local',
  secretAccessKey: 'local',
  sessionToken: randomToken(),
})

/** @returns whether a request to a local AWS endpoint comes from a client with the credentials of this start. */
export const isAwsClient = (request: IncomingMessage, { sessionToken }: AwsCredentials): boolean =>
  isSameOrigin(request) && isSecret(request.headers['x-amz-security-token'], sessionToken)

/** The answer to all other requests, in AWS's JSON protocols. */
export const UNKNOWN_CLIENT = {
  status: 403,
  body: {
    __type: 'UnrecognizedClientException',
    message:
      'This address accepts only the AWS credentials of this start, which are in running.json in the state folder.',
  },
}
