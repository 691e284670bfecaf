import { expect, test } from 'vitest'
import { judgeConcurrency } from '../../../../bin/ops/check/concurrency.ts'
import { runOps } from '../run-ops.ts'
import { type AwsResponder, stackOnLoopback } from '../stack-on-loopback.ts'

test.each([
  ['as prod needs, with room for the receiver', 17, [8, 4], 'ok'],
  ['one less', 16, [8, 4], 'problem'],
  ['a new account with prod', 10, [8, 4], 'problem'],
  ['a new account with dev', 10, [2, 2], 'ok'],
])('%s: %i for %j', (_, available, ofQueues, verdict) => {
  expect(judgeConcurrency(available, ofQueues)).toMatchObject({ about: 'Concurrency', verdict })
})

test('the finding says what is wrong, what it means and what to do', () => {
  expect(judgeConcurrency(10, [8, 4])).toEqual({
    about: 'Concurrency',
    verdict: 'problem',
    says: 'the account may run 10 functions at a time, and the workers alone may need 12. While rows wait, too few are left for the receiver: requests are answered 5xx, and senders have to repeat them',
    hint: 'Request at least 17 "Concurrent executions" of AWS Lambda for this region in the Service Quotas console, or lower queues.*.concurrency in cdk.json and deploy: npm run deploy.',
  })
})

test('an event source without a limit is a problem', () => {
  expect(judgeConcurrency(1_000, [8, undefined])).toMatchObject({
    verdict: 'problem',
    says: 'an event source has no maximum concurrency, so the requests to Braze may exceed their budget',
  })
})

/** A deployed stack, and what Lambda says about the account. */
const accountWith =
  (settings: object): AwsResponder =>
  ({ what }) => {
    if (what === 'GET /2016-08-19/account-settings') return settings
    if (what.startsWith('GET /2015-03-31/event-source-mappings/'))
      return { State: 'Enabled', ScalingConfig: { MaximumConcurrency: 6 } }
    if (what === 'GetSecretValue') return { SecretString: '{}' }
    return {}
  }

test.each([
  [
    { AccountLimit: { ConcurrentExecutions: 1_000, UnreservedConcurrentExecutions: 900 } },
    'ok  Concurrency             the account may run 900 functions at a time',
  ],
  [
    { AccountLimit: { UnreservedConcurrentExecutions: 16 } },
    '!!  Concurrency             the account may run 16 functions at a time, and the workers alone may need 12',
  ],
  [
    { httpStatus: 403, __type: 'AccessDeniedException', message: 'fixture' },
    '--  Concurrency             not checked, because these credentials lack the permission lambda:GetAccountSettings',
  ],
  [
    {},
    '!!  Concurrency             could not be checked: Error: Lambda gave an answer that this version cannot read (the whole answer).',
  ],
])('check on a stack where Lambda answers %j', async (settings, line) => {
  await stackOnLoopback(accountWith(settings))
  const { out } = await runOps(['check'])
  expect(out.filter((one) => one.includes('Concurrency'))).toEqual([expect.stringContaining(line)])
})
