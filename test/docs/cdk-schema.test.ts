import { existsSync, readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { readDescriptions } from '../../bin/schema/descriptions.ts'
import { cdkSchema } from '../../bin/schema/document.ts'

/** docs/cdk.schema.json, with which editors complete and check cdk.json. */

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const written = readJson('docs/cdk.schema.json')
const cdkJson = readJson('cdk.json')
// The patterns check more than the formats, which Ajv does not know by itself.
const validate = new Ajv({ validateFormats: false }).compile(written)

/** @returns where in a stage the first mistake is, and which rule it breaks. */
function mistakeIn(stage: object): string | undefined {
  if (validate({ context: { bridge: { defaults: {}, dev: stage } } })) return undefined
  const [{ instancePath = '', keyword = '' } = {}] = validate.errors ?? []
  return `${instancePath.replace('/context/bridge/dev', '')} ${keyword}`
}

test('the schema is the one that code and pages make: npm run schema', () => {
  const [settings, connections] = ['docs/settings.md', 'docs/connections.md'].map((page) =>
    readFileSync(page, 'utf8'),
  )
  const made = cdkSchema(readDescriptions(settings ?? '', connections ?? ''))
  expect(written).toEqual(JSON.parse(JSON.stringify(made)))
})

test('cdk.json names the schema, and follows it', () => {
  expect(cdkJson.$schema).toBe('./docs/cdk.schema.json')
  expect(existsSync(cdkJson.$schema)).toBe(true)
  validate(cdkJson)
  expect(validate.errors).toBeNull()
})

type Schema = { description?: string; properties?: Record<string, Schema>; additionalProperties?: Schema }
const stage: Schema = written.definitions.settings
const connection = stage.properties?.connections?.additionalProperties

/** Dotted names of the settings below a schema that contain no other settings, and have no description. */
function undescribed({ description, properties }: Schema, name = ''): string[] {
  if (!properties) return description === undefined ? [name] : []
  return Object.entries(properties).flatMap(([part, inner]) => undescribed(inner, `${name}.${part}`))
}

test('every setting has the description of its page', () => {
  expect(stage.properties?.keepData?.description).toBe(
    'Queues, secrets and logs stay when the stack is deleted',
  )
  expect(connection?.properties?.leaveWrites?.description).toBe(
    'what Braze stores for somebody who left: `"false"`, or `"null"` for no attribute at all',
  )
  expect(undescribed(stage)).toEqual([])
  expect(undescribed(connection ?? {})).toEqual([])
})

test.each([
  ['no setting at all', {}],
  ['half of what belongs together', { domain: { name: 'bridge.example.com' } }],
  ['a connection without settings', { connections: { crm: {} } }],
  ['a part of a queue', { queues: { events: { concurrency: 4 } } }],
  [
    'each kind of authentication',
    {
      connections: {
        crm: {
          authentication: [
            { kind: 'header', name: 'x-token' },
            { kind: 'bearer' },
            { kind: 'basic', user: 'actioniq' },
            { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-signed-at' },
            { kind: 'standard-webhooks', toleranceSeconds: 60 },
          ],
        },
      },
    },
  ],
  ['a list of attributes', { connections: { crm: { attributes: { deny: ['ssn'] } } } }],
])('accepted in a stage: %s', (_, settings) => {
  expect(mistakeIn(settings)).toBeUndefined()
})

test.each([
  [{ lane: 16 }, ' additionalProperties'],
  [{ lanes: '16' }, '/lanes type'],
  [{ lanes: 0 }, '/lanes minimum'],
  [{ lanes: 1.5 }, '/lanes type'],
  [{ stackName: '1-bridge' }, '/stackName pattern'],
  [{ logRetentionDays: 8 }, '/logRetentionDays enum'],
  [{ kmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:alias/bridge' }, '/kmsKeyArn pattern'],
  [{ alarmEmail: 'nobody' }, '/alarmEmail pattern'],
  [{ queues: { purchases: {} } }, '/queues additionalProperties'],
  [{ queues: { events: { deliveryDelaySeconds: 3 } } }, '/queues/events additionalProperties'],
  [{ queues: { profiles: { concurrency: 1 } } }, '/queues/profiles/concurrency minimum'],
  [{ connections: { CRM: {} } }, '/connections pattern'],
  [{ connections: { crm: { emptyCell: 'null' } } }, '/connections/crm additionalProperties'],
  [{ connections: { crm: { emptyCells: null } } }, '/connections/crm/emptyCells type'],
  [
    { connections: { crm: { columns: { LTV: { type: 'money' } } } } },
    '/connections/crm/columns/LTV/type enum',
  ],
  [{ connections: { crm: { authentication: [] } } }, '/connections/crm/authentication minItems'],
  [
    { connections: { crm: { authentication: [{ kind: 'basic' }] } } },
    '/connections/crm/authentication/0 required',
  ],
  [{ connections: { crm: { allowedIps: ['10.0.0'] } } }, '/connections/crm/allowedIps/0 pattern'],
])('rejected in a stage: %j', (settings, mistake) => {
  expect(mistakeIn(settings)).toContain(mistake)
})

test('the same goes for the defaults, and settings have to be there', () => {
  expect(validate({ context: { bridge: { defaults: { lane: 16 } } } })).toBe(false)
  expect(validate({ context: {} })).toBe(false)
  expect(validate({ context: { bridge: {}, '@aws-cdk/core:checkSecretUsage': true }, app: 'node' })).toBe(
    true,
  )
})
