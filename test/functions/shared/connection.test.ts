import { describe, expect, test } from 'vitest'
import { Connections } from '../../../functions/shared/connection.ts'

const HMAC = { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }

describe('the settings of connections', () => {
  test('have a default each, and there is always the default connection', () => {
    expect(Connections.parse({})).toEqual({
      default: {
        authentication: [{ kind: 'header', name: 'x-api-key' }, { kind: 'bearer' }],
        mode: 'deliver',
        preferredIdentifier: 'external_id',
        columns: {},
        flagName: 'AIQ_{audience}_{split}',
        defaultSplitId: '0',
        leaveWrites: 'false',
        presenceEnters: false,
        matchStandardFields: true,
        updateExistingOnly: false,
        properties: {},
      },
    })
    expect(Object.keys(Connections.parse({ crm: {} }))).toEqual(['default', 'crm'])
  })

  test.each([
    ['events', {}, 'events'],
    ['CRM', {}, 'CRM'],
    ['crm', { colour: 1 }, 'crm'],
    ['crm', { authentication: [HMAC] }, 'crm.signedEndpoint'],
    ['crm', { authentication: [{ kind: 'standard-webhooks' }] }, 'crm.signedEndpoint'],
    ['crm', { signedEndpoint: 'records' }, 'crm.signedEndpoint'],
    ['crm', { authentication: [HMAC], signedEndpoint: 'users/track' }, 'crm.signedEndpoint'],
    [
      'crm',
      { authentication: [HMAC, { kind: 'standard-webhooks' }], signedEndpoint: 'records' },
      'crm.authentication',
    ],
    [
      'crm',
      { authentication: [{ ...HMAC, toleranceSeconds: 241 }], signedEndpoint: 'records' },
      'crm.authentication.0.toleranceSeconds',
    ],
    ['crm', { flagName: 'AIQ_{audience}' }, 'crm.flagName'],
    ['crm', { flagName: '{audience}{split}' }, 'crm.flagName'],
    ['crm', { flagName: 'in_{audience}_{split}', attributePrefix: 'in_{audience}_' }, 'crm.attributePrefix'],
    ['crm', { flagName: '{audience}_{split}_{split}' }, 'crm.flagName'],
    ['crm', { flagName: '$x{audience}_{split}' }, 'crm.flagName'],
    ['crm', { flagName: '{x}{audience}_{split}' }, 'crm.flagName'],
    ['crm', { attributePrefix: 'AIQ_' }, 'crm.attributePrefix'],
    ['crm', { attributePrefix: { 7: '{audience}_' } }, 'crm.attributePrefix.7'],
    ['crm', { columns: { AIQ_1042_2: {}, aiq_1042_2: {} } }, 'crm.columns.aiq_1042_2'],
    ['activations', {}, 'activations'],
    ['records', {}, 'records'],
    ['users', {}, 'users'],
    ['crm', { columns: { a: { drop: false } } }, 'crm.columns.a.drop'],
    ['crm', { attributes: { allow: [] } }, 'crm.attributes.allow'],
    ['crm', { properties: { a: '' } }, 'crm.properties.a'],
    ['crm', { stripIdPrefix: '' }, 'crm.stripIdPrefix'],
    ['crm', { leaveWrites: null }, 'crm.leaveWrites'],
    ['crm', { attributePrefix: '{split}_' }, 'crm.attributePrefix'],
    ['crm', { attributePrefix: { 7: '$x' } }, 'crm.attributePrefix.7'],
    ['crm', { columns: { a: { drop: true, rename: 'b' } } }, 'crm.columns.a'],
    ['crm', { columns: { a: { type: 'float' } } }, 'crm.columns.a.type'],
    ['crm', { columns: { 'Loyalty Tier': {}, loyalty_tier: {} } }, 'crm.columns.loyalty_tier'],
    ['crm', { attributes: { allow: ['a'], deny: ['b'] } }, 'crm.attributes'],
    ['crm', { authentication: [] }, 'crm.authentication'],
    ['crm', { authentication: [{ kind: 'header', name: 'x y' }] }, 'crm.authentication.0.name'],
    ['crm', { authentication: [{ kind: 'basic', user: 'a:b' }] }, 'crm.authentication.0.user'],
    ['crm', { allowedIps: ['10.0.0.0/33'] }, 'crm.allowedIps.0'],
    ['crm', { defaultSplitId: 'a_b' }, 'crm.defaultSplitId'],
    ['crm', { emptyCells: 'drop' }, 'crm.emptyCells'],
    ['crm', { matchStandardFields: 'no' }, 'crm.matchStandardFields'],
    ['crm', { attributes: { deny: ['EMAIL'] } }, 'crm.attributes.deny'],
    ['crm', { attributes: { allow: ['tier', 'First Name'] } }, 'crm.attributes.allow'],
  ])('refuse %s %o at %s', (name, settings, path) => {
    const { error } = Connections.safeParse({ [name]: settings })
    expect(error?.issues[0]?.path.join('.')).toBe(path)
  })

  test.each([
    { attributes: { deny: ['email'] } },
    { attributes: { deny: ['EMAIL'] }, matchStandardFields: false },
    { attributes: { allow: ['Email'] }, columns: { EMAIL: { rename: 'Email' } } },
  ])('may list a standard field as it is written to Braze: %o', (settings) => {
    expect(Connections.safeParse({ crm: settings }).success).toBe(true)
  })

  test('tell two flags apart whose ids have the same digits', () => {
    const columns = { AIQ_1042_2: { drop: true }, AIQ_104_22: { type: 'bool' } }
    expect(Connections.safeParse({ crm: { columns } }).success).toBe(true)
  })
})
