import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const logGroups = propertiesOf(synthesise(), 'AWS::Logs::LogGroup')

const PERSONAL = ['EmailAddress', 'IpAddress', 'Address'].concat(
  ['BR', 'DE', 'ES', 'FR', 'GB', 'IT', 'US'].map((country) => `PhoneNumber-${country}`),
)

test('there is a log group for each function and one for the API', () => {
  expect(Object.keys(logGroups).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ExporterLogs0C6B1C5F',
    'ReceiverLogs921D31A4',
    'WebhookAccessLog49B4A173',
    'WorkerLogs4B5B6506',
  ])
})

test.each(Object.entries(logGroups))(
  '%s forgets, masks personal data and tells nobody what it was',
  (_, properties) => {
    const { RetentionInDays, DataProtectionPolicy } = properties
    expect(RetentionInDays).toBe(60)
    const operations = [{ Audit: { FindingsDestination: {} } }, { Deidentify: { MaskConfig: {} } }]
    expect(DataProtectionPolicy.Statement).toMatchObject(operations.map((Operation) => ({ Operation })))
    for (const { DataIdentifier } of DataProtectionPolicy.Statement)
      expect(DataIdentifier.map(identifierName)).toEqual(PERSONAL)
  },
)

/** The last part of the identifier's ARN, which the template joins from the partition and the rest. */
function identifierName(arn: { 'Fn::Join': [string, unknown[]] }): string {
  const rest = String(arn['Fn::Join'][1].at(-1))
  return rest.slice(rest.lastIndexOf('/') + 1)
}
