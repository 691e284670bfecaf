import { expect, test } from 'vitest'
import { connectionTokens } from '../../../bin/local/connection-tokens.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const CONNECTIONS = Connections.parse({
  crm: {},
  shop: {
    authentication: [
      { kind: 'basic', user: 'fixture-user' },
      { kind: 'hmac', header: 'X-Signature' },
    ],
    signedEndpoint: 'records',
  },
  hook: { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'records' },
})

/** Bytes that differ with each call. */
const countingBytes = () => {
  let calls = 0
  return (count: number) => {
    calls += 1
    return new Uint8Array(count).fill(calls)
  }
}

test('the tokens of further connections are derived from a given token, and each has a use', () => {
  expect(connectionTokens(CONNECTIONS, 'fixture-token-5521', countingBytes())).toEqual([
    {
      name: 'default',
      token: 'fixture-token-5521',
      use: 'in the header x-api-key, or as Authorization: Bearer',
    },
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

test('without a given token, each connection has a random one that says nothing about the others', () => {
  const tokens = connectionTokens(CONNECTIONS, undefined, countingBytes())
  expect(tokens.map(({ name, token }) => [name, token])).toEqual([
    ['default', 'B'.repeat(48)],
    ['crm', 'C'.repeat(48)],
    ['shop', 'D'.repeat(48)],
    // 32 bytes of the value 4.
    ['hook', ['whsec', 'BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ='].join('_')],
  ])
})
