import { describe, expect, it } from 'vitest'
import { inboundSecrets } from '../../../../functions/shared/authenticate.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../../functions/shared/http-request.ts'
import { ask, TOKEN } from '../ask.ts'
import { SETTINGS } from '../settings-fixture.ts'

const SECRETS: Record<string, { token: string; previousToken?: string }> = {
  'fixture/inbound': { token: 'fixture-token-of-default' },
  'fixture/connections/crm': { token: 'fixture-token-of-crm', previousToken: 'fixture-token-crm-had' },
  'fixture/connections/shop': { token: 'fixture-token-of-shop' },
}

const connections = Connections.parse({
  crm: {},
  shop: {
    authentication: [{ kind: 'hmac', header: 'X-Signature', prefix: 'sha256=' }],
    signedEndpoint: 'activations',
    allowedIps: ['203.0.113.0/24'],
  },
})

const ROW = '{"external_id":"fixture-person-4471","tier":"fixture-tier-7731"}'

/** Sends one request to a receiver with three connections. */
async function askAt(path: string, headers: Record<string, string>, changes: Partial<BridgeRequest> = {}) {
  const secrets = new Set<string>()
  const readSecret = inboundSecrets(
    (id) => async () => {
      secrets.add(id)
      return SECRETS[id] ?? { token: 'fixture-token-of-none' }
    },
    { INBOUND_SECRET_ID: 'fixture/inbound', INBOUND_SECRET_PREFIX: 'fixture/connections/' },
    Object.keys(connections),
  )
  const request = { sourceIp: '203.0.113.9', path, headers, body: Buffer.from(ROW), ...changes }
  const answer = await ask('', request, { readSecret, settings: { ...SETTINGS, connections } })
  return { ...answer, secrets: [...secrets] }
}

const key = (token: string) => ({ 'x-api-key': token })
// Made with `printf %s <row> | openssl dgst -sha256 -hmac <token>`.
const SIGNED_BY_SHOP = {
  'x-signature': 'sha256=e61a00537cd2125206a512d3a4ef1a8c76fcf72a0afa61a2d49e23b47b8bf25b',
}
const SIGNED_BY_CRM = {
  'x-signature': 'sha256=c3d52cbccf8e8ac7830c3e51cacdb1f85e91baa7a073aa50c96dfb63e531fc02',
}

describe('a connection is entered with its own secret', () => {
  it.each([
    ['default', '/v1/activations', key('fixture-token-of-default'), 'fixture/inbound'],
    ['default', '/v1/default/activations', key('fixture-token-of-default'), 'fixture/inbound'],
    ['crm', '/v1/crm/activations', key('fixture-token-of-crm'), 'fixture/connections/crm'],
    ['crm', '/v1/crm/activations', key('fixture-token-crm-had'), 'fixture/connections/crm'],
    ['shop', '/v1/shop/activations', SIGNED_BY_SHOP, 'fixture/connections/shop'],
  ])('%s by %s', async (connection, path, headers, secret) => {
    expect(await askAt(path, headers)).toMatchObject({ status: 200, from: [connection], secrets: [secret] })
  })

  it.each([
    ['/v1/activations', key('fixture-token-of-crm')],
    ['/v1/activations', key('fixture-token-of-shop')],
    ['/v1/crm/activations', key('fixture-token-of-default')],
    ['/v1/crm/activations', key('fixture-token-of-shop')],
    ['/v1/crm/activations', SIGNED_BY_CRM],
    ['/v1/shop/activations', key('fixture-token-of-default')],
    ['/v1/shop/activations', key('fixture-token-of-shop')],
    ['/v1/shop/activations', SIGNED_BY_CRM],
  ])('and not with that of another, or in another way: %s with %j', async (path, headers) => {
    expect(await askAt(path, headers)).toMatchObject({ status: 401, from: [] })
  })
})

describe('a connection that there is not', () => {
  it.each(['nobody', 'constructor', 'toString', 'CRM'])(
    'is answered as one whose token is wrong, also to who holds the token of the default one: %s',
    async (name) => {
      for (const token of ['fixture-wrong', 'fixture-token-of-crm', 'fixture-token-of-default']) {
        const { status, json, from, secrets } = await askAt(`/v1/${name}/activations`, key(token))
        expect([status, from, secrets]).toEqual([401, [], []])
        expect(json).toEqual((await askAt('/v1/crm/activations', key('fixture-wrong'))).json)
      }
    },
  )

  it.each([
    ['no credentials', {}, 'no-token'],
    ['the signature of another', SIGNED_BY_SHOP, 'no-token'],
    ['the token of another', key('fixture-token-of-crm'), 'wrong-token'],
  ])('is answered with what to check, with %s', async (_, headers, problem) => {
    const { status, json } = await askAt('/v1/shpo/activations', headers)
    expect([status, json.type]).toEqual([401, `urn:actioniq-braze-bridge:problem:${problem}`])
    expect(json.detail).toContain('correct the name in the URL (/v1/<connection>/…;')
  })

  it('is answered in the same way from an address that the default one does not allow', async () => {
    const fenced = Connections.parse({ default: { allowedIps: ['203.0.113.0/24'] }, crm: {} })
    const elsewhere = { headers: key(TOKEN), sourceIp: '198.51.100.9' }
    const settings = { ...SETTINGS, connections: fenced }
    expect(await ask('', { ...elsewhere, path: '/v1/nobody/events' }, { settings })).toMatchObject({
      status: 401,
    })
  })
})

describe('a connection with an allow-list', () => {
  it('forbids another address', async () => {
    const { status, json, from, lines } = await askAt('/v1/shop/activations', SIGNED_BY_SHOP, {
      sourceIp: '198.51.100.9',
    })
    expect([status, from]).toEqual([403, []])
    expect(json.type).toBe('urn:actioniq-braze-bridge:problem:address-not-allowed')
    expect(JSON.stringify([json, lines])).not.toMatch(/198\.51|203\.0/)
  })

  it('tells a stranger nothing of it', async () => {
    const { status } = await askAt('/v1/shop/activations', SIGNED_BY_CRM, { sourceIp: '198.51.100.9' })
    expect(status).toBe(401)
  })
})

it('a signed body is checked as it came, before anything reads it', async () => {
  expect(await askAt('/v1/shop/activations', SIGNED_BY_SHOP, { body: Buffer.from(`${ROW} `) })).toMatchObject(
    {
      status: 401,
      from: [],
    },
  )
})
