import { expect, test } from 'vitest'
import { additionalTokens } from '../../../bin/local/connection-tokens.ts'
import { Connections } from '../../../functions/shared/connection.ts'

test('each connection beside the default one has a token of its own, and a use for it', () => {
  const connections = Connections.parse({
    crm: {},
    shop: {
      authentication: [
        { kind: 'basic', user: 'fixture-user' },
        { kind: 'hmac', header: 'X-Signature' },
      ],
    },
    hook: { authentication: [{ kind: 'standard-webhooks' }] },
  })
  expect(additionalTokens(connections, 'fixture-token-5521')).toEqual([
    {
      name: 'crm',
      token: 'fixture-token-5521-crm',
      use: 'in the header x-api-key, or as Authorization: Bearer',
    },
    {
      name: 'shop',
      token: 'fixture-token-5521-shop',
      use: 'as the password of fixture-user, or as the key of the HMAC in x-signature',
    },
    {
      name: 'hook',
      // Made with `printf %s fixture-token-5521-hook | base64`.
      token: ['whsec', 'Zml4dHVyZS10b2tlbi01NTIxLWhvb2s='].join('_'),
      use: 'as the secret of Standard Webhooks',
    },
  ])
})
