/**
 * The SDK's error names for missing credentials, and CloudFormation's for expired or unknown ones (API
 * reference, "Common Error Types").
 */
const CREDENTIALS = [
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
]

/** The SDK throws a plain `Error` if no region is set. */
const NO_REGION = /^Region is missing/

/** Node's code for a host that has no address, such as that of a region that does not exist. */
const UNKNOWN_HOST = 'ENOTFOUND'

/** @returns advice for the operator; undefined if AWS's own message has to be enough. */
export function nextStep(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (NO_REGION.test(error.message))
    return 'Set AWS_REGION to the region of the stack, or AWS_PROFILE to a profile that names it.'
  if ('code' in error && error.code === UNKNOWN_HOST)
    return 'Check that the region is spelled correctly, and that this machine can reach AWS.'
  if (CREDENTIALS.includes(error.name))
    return 'Set AWS_PROFILE to a profile of its account. If its credentials have expired, sign in again (aws sso login).'
  return undefined
}
