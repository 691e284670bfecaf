import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const logGroups = propertiesOf(synthesise(), 'AWS::Logs::LogGroup')

test('there is a log group for each function and one for the API', () => {
  expect(Object.keys(logGroups).toSorted((a, b) => a.localeCompare(b))).toEqual([
    'ExporterLogs0C6B1C5F',
    'ReceiverLogs921D31A4',
    'WebhookAccessLog49B4A173',
    'WorkerLogs4B5B6506',
  ])
})

test.each(Object.entries(logGroups))('%s forgets', (_, { RetentionInDays }) => {
  expect(RetentionInDays).toBe(60)
})

test.each(Object.entries(logGroups))(
  '%s masks personal data and tells nobody what it was',
  (_, properties) => {
    const { Statement } = properties.DataProtectionPolicy
    expect(Statement).toEqual([
      {
        Sid: 'audit-statement-cdk',
        DataIdentifier: expect.anything(),
        Operation: { Audit: { FindingsDestination: {} } },
      },
      {
        Sid: 'redact-statement-cdk',
        DataIdentifier: expect.anything(),
        Operation: { Deidentify: { MaskConfig: {} } },
      },
    ])
    for (const { DataIdentifier } of Statement) {
      expect(DataIdentifier.map(identifierName)).toEqual([
        'EmailAddress',
        'IpAddress',
        'Address',
        'PhoneNumber-BR',
        'PhoneNumber-DE',
        'PhoneNumber-ES',
        'PhoneNumber-FR',
        'PhoneNumber-GB',
        'PhoneNumber-IT',
        'PhoneNumber-US',
      ])
    }
  },
)

/** The last part of the identifier's ARN, which the template joins from the partition and the rest. */
function identifierName(arn: { 'Fn::Join': [string, unknown[]] }): string {
  const rest = String(arn['Fn::Join'][1].at(-1))
  return rest.slice(rest.lastIndexOf('/') + 1)
}
