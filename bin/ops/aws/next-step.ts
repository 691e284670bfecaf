/**
 * What the SDK calls a call without valid credentials, and CloudFormation the same with expired or unknown ones
 * (API reference, "Common Error Types").
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

/** The SDK throws a plain error for it. */
const NO_REGION = /^Region is missing/

/** @returns a sentence for whoever has the shell open; undefined where AWS's own words have to do. */
export function nextStep(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if (NO_REGION.test(error.message))
    return 'Set AWS_REGION to the region it was deployed to, or AWS_PROFILE to a profile that names it.'
  if (CREDENTIALS.includes(error.name))
    return 'Set AWS_PROFILE to a profile of its account, and sign in anew (aws sso login) if that has run out.'
  return undefined
}
