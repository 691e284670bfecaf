import { expect, test } from 'vitest'
import { nextStep } from '../../../../bin/ops/aws/next-step.ts'

const named = (name: string, message: string) => Object.assign(new Error(message), { name })

test.each([
  [new Error('Region is missing'), expect.stringContaining('Set AWS_REGION to')],
  [named('CredentialsProviderError', 'Could not load'), expect.stringContaining('Set AWS_PROFILE to')],
  [named('ExpiredToken', 'The security token is expired'), expect.stringContaining('Set AWS_PROFILE to')],
  [named('AccessDenied', 'User: fixture is not authorized'), undefined],
  [
    Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }),
    expect.stringContaining('the region is spelled correctly'),
  ],
  ['fixture', undefined],
])('the next step after %s', (error, expected) => {
  expect(nextStep(error)).toEqual(expected)
})
