import { expect, test } from 'vitest'
import { nextStep } from '../../../../bin/ops/aws/next-step.ts'

const named = (name: string, message: string) => Object.assign(new Error(message), { name })

test.each([
  ['no region', new Error('Region is missing'), 'Set AWS_REGION to'],
  [
    'no credentials',
    named('CredentialsProviderError', 'Could not load credentials from any providers'),
    'Set AWS_PROFILE to',
  ],
  ['expired credentials', named('ExpiredToken', 'The security token is expired'), 'Set AWS_PROFILE to'],
])('%s: what to set', (_, error, told) => {
  expect(nextStep(error)).toContain(told)
})

test.each([
  ['a permission that lacks', named('AccessDenied', 'User: fixture is not authorized')],
  ['no network', named('Error', 'getaddrinfo ENOTFOUND')],
  ['what is no error', 'fixture'],
])('%s: AWS’s own words have to do', (_, error) => {
  expect(nextStep(error)).toBeUndefined()
})
