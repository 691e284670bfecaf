import { expect, test } from 'vitest'
import { queueNames } from '../../../bin/ops/target.ts'
import { propertiesOf, settings, synthesise } from '../../stack/synthesise.ts'

test('the queues are looked for under the names that the stack gives them', () => {
  const queues = Object.values(propertiesOf(synthesise(), 'AWS::SQS::Queue'))
  const { queues: sources, deadLetters, captures } = queueNames(settings.stackName)
  expect(new Set(queues.map(({ QueueName }) => QueueName))).toEqual(
    new Set([...Object.values(sources), ...Object.values(deadLetters), captures]),
  )
})
