import { expect, test } from 'vitest'
import { fixedCosts, STACK } from '../../../bin/cost/fixed.ts'
import { alarmsOf } from '../../stack/alarms.ts'
import { cdkStage, propertiesOf, synthesise } from '../../stack/synthesise.ts'
import { USAGE } from './usage-fixture.ts'

test('the stack has as many of each as is billed', () => {
  const template = synthesise({ ...cdkStage('prod'), stackName: 'Fixture-bridge' })
  const count = (type: string) => Object.keys(propertiesOf(template, type)).length
  expect({
    alarmMetrics: alarmsOf(template).reduce((sum, { metrics }) => sum + metrics.read.length, 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    secrets: count('AWS::SecretsManager::Secret'),
    queues: count('AWS::Lambda::EventSourceMapping'),
  }).toEqual(STACK)
})

test('a month beside its rows', () => {
  expect(fixedCosts(USAGE, { brazeMs: 100, memoryMb: 884.5, tracing: false })).toEqual({
    alarms: expect.closeTo(3.7),
    'custom metrics': 4.5,
    dashboard: 3,
    secrets: expect.closeTo(1.2),
    // Eight workers and one receiver make 17,280 reads each.
    'secret reads': expect.closeTo(0.7776),
    'empty receives': expect.closeTo(0.648),
  })
})
