import { expect, test } from 'vitest'
import { inboundSecrets } from '../../../functions/shared/authenticate.ts'

const ENV = { INBOUND_SECRET_ID: 'fixture:arn', INBOUND_SECRET_PREFIX: 'fixture-stack/connections/' }

/** Records the ids of the secrets that readers are made for. */
function readers(connections: readonly string[]) {
  const secretIds: string[] = []
  const readSecret = inboundSecrets(
    (id) => {
      secretIds.push(id)
      return async () => ({ token: `token of ${id}` })
    },
    ENV,
    connections,
  )
  return { secretIds, readSecret }
}

test('the default connection has the secret that AWS named, each other one the secret named after it', async () => {
  const { readSecret } = readers(['default', 'crm', 'shop-2'])
  expect(await readSecret('default')()).toEqual({ token: 'token of fixture:arn' })
  expect(await readSecret('crm')()).toEqual({ token: 'token of fixture-stack/connections/crm' })
  expect(await readSecret('shop-2')()).toEqual({ token: 'token of fixture-stack/connections/shop-2' })
})

test('each secret has one reader, so that what it keeps is kept', () => {
  const { secretIds, readSecret } = readers(['default', 'crm'])
  readSecret('crm')
  expect(readSecret('crm')).toBe(readSecret('crm'))
  expect(secretIds).toEqual(['fixture:arn', 'fixture-stack/connections/crm'])
})

test.each(['nobody', '', 'constructor', '../inbound'])(
  'no secret is read for a name that is none: %j',
  (name) => {
    const { secretIds, readSecret } = readers(['default', 'crm'])
    expect(() => readSecret(name)).toThrow('there is no connection with this name')
    expect(secretIds).toHaveLength(2)
  },
)
