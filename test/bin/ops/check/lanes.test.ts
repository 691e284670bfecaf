import { expect, test } from 'vitest'
import { judgeLanes } from '../../../../bin/ops/check/lanes.ts'

test.each([
  ['the deployed number', { deployed: 16, declared: 16, waiting: 900 }, 'ok', '16'],
  ['nothing to compare with', { deployed: 16, declared: undefined, waiting: 900 }, 'ok', '16'],
  [
    'another number while both queues are empty',
    { deployed: 16, declared: 32, waiting: 0 },
    'note',
    'cdk.json has 32, and 16 are deployed; both queues are empty',
  ],
  [
    'another number while messages wait',
    { deployed: 16, declared: 32, waiting: 1204 },
    'problem',
    'cdk.json has 32, and 16 are deployed, while about 1,204 messages wait in the queues. After a deployment, a newer change of a person could overtake an older one',
  ],
])('%s', (_, lanes, verdict, says) => {
  expect(judgeLanes(lanes, '--stage prod')).toMatchObject({ verdict, says })
})
