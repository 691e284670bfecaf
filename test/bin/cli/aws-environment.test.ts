import { expect, onTestFinished, test, vi } from 'vitest'
import { cdkProfileArguments, settleAwsEnvironment } from '../../../bin/cli/aws-environment.ts'

type Given = Record<string, string>

test.each<[string, Given, string | undefined, Given]>([
  ['nothing', {}, undefined, {}],
  [
    'a region that only the AWS CLI and the CDK read',
    { AWS_DEFAULT_REGION: 'a' },
    undefined,
    { AWS_REGION: 'a' },
  ],
  ['two regions', { AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, undefined, { AWS_REGION: 'a' }],
  ['an empty region', { AWS_REGION: '', AWS_DEFAULT_REGION: 'b' }, undefined, { AWS_REGION: 'b' }],
  ['empty variables', { AWS_REGION: '', AWS_DEFAULT_REGION: '', AWS_PROFILE: '' }, undefined, {}],
  ['a profile, which names the region', { AWS_PROFILE: 'p' }, undefined, { AWS_PROFILE: 'p' }],
  [
    'a profile that only the AWS CLI and the CDK read',
    { AWS_DEFAULT_PROFILE: 'p' },
    undefined,
    { AWS_PROFILE: 'p' },
  ],
  ['--profile', { AWS_PROFILE: 'p', AWS_REGION: 'a' }, 'q', { AWS_PROFILE: 'q', AWS_REGION: 'a' }],
  ['an empty --profile', { AWS_PROFILE: 'p' }, '', { AWS_PROFILE: 'p' }],
])('%s', (_, given, profile, expected) => {
  const names = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_DEFAULT_PROFILE']
  // The variables of this process turn an assigned `undefined` into text, which a plain object does not.
  onTestFinished(() => void vi.unstubAllEnvs())
  for (const name of names) vi.stubEnv(name, given[name])
  settleAwsEnvironment(process.env, profile)
  const { AWS_REGION, AWS_PROFILE } = process.env
  expect({
    ...(AWS_REGION !== undefined && { AWS_REGION }),
    ...(AWS_PROFILE !== undefined && { AWS_PROFILE }),
  }).toEqual(expected)
})

const KEYS = { AWS_ACCESS_KEY_ID: 'fixture', AWS_SECRET_ACCESS_KEY: 'fixture' }

test.each<[string, Given, string[]]>([
  ['a profile and keys', { AWS_PROFILE: 'p', ...KEYS }, ['--profile', 'p']],
  ['a profile', { AWS_PROFILE: 'p' }, []],
  ['keys', KEYS, []],
])('with %s, the CDK gets the arguments %j', (_, env, expected) => {
  expect(cdkProfileArguments(env)).toEqual(expected)
})
