import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Connections } from '../../functions/shared/connection.ts'
import { hmacSignature, standardWebhookSignature } from '../../functions/shared/proofs.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

let bridge: RunningBridge

beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({
      crm: { authentication: [{ kind: 'bearer' }] },
      shop: {
        authentication: [{ kind: 'hmac', header: 'X-Shop-Signature', prefix: 'sha256=' }],
        signedEndpoint: 'activations',
        allowedIps: ['127.0.0.0/8'],
      },
      hook: { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'activations' },
      fenced: { allowedIps: ['192.0.2.0/24'] },
    }),
  })
})
afterAll(() => discard(bridge))

const TOKEN = { default: 'fixture-inbound-token', crm: 'fixture-inbound-token-crm' }
const rowOf = (id: string) => `{"external_id":"${id}","tier":"fixture-tier-${id}"}`

async function send(
  path: string,
  headers: Record<string, string>,
  id: string,
  body: string | Uint8Array<ArrayBuffer> = rowOf(id),
) {
  const response = await fetch(new URL(path, bridge.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
  await response.text()
  await bridge.queues.waitUntilQuiet()
  return [response.status, attributesOf(bridge, id)?.tier]
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/**
 * Signs with the bridge's own code. The tests of authentication have signatures that were made by other
 * means.
 */
const signed = (body: string | Uint8Array, token: string) => ({
  'x-shop-signature': `sha256=${hmacSignature(token, undefined, Buffer.from(body), 'hex')}`,
})

const SHOP = 'fixture-inbound-token-shop'
const zipped = new Uint8Array(gzipSync(rowOf('p-8')))

test.each<
  [
    what: string,
    connection: string,
    headers: Record<string, string>,
    id: string,
    status: number,
    body?: typeof zipped,
  ]
>([
  ['the default token', '', bearer(TOKEN.default), 'p-1', 200],
  ['its own token', 'crm/', bearer(TOKEN.crm), 'p-2', 200],
  ['the token of another', '', bearer(TOKEN.crm), 'p-3', 401],
  ['the default token', 'crm/', bearer(TOKEN.default), 'p-4', 401],
  ['the token of another, to nobody', 'nobody/', bearer(TOKEN.crm), 'p-5', 401],
  ['the default token, to nobody', 'nobody/', bearer(TOKEN.default), 'p-6', 401],
  ['a signature', 'shop/', signed(rowOf('p-7'), SHOP), 'p-7', 200],
  [
    'a signature of compressed bytes',
    'shop/',
    { ...signed(zipped, SHOP), 'content-encoding': 'gzip' },
    'p-8',
    200,
    zipped,
  ],
  ['a signature of another body', 'shop/', signed(rowOf('p-7'), SHOP), 'p-9', 401],
  ['a signature by another token', 'shop/', signed(rowOf('p-10'), TOKEN.crm), 'p-10', 401],
  ['a foreign address', 'fenced/', { 'x-api-key': 'fixture-inbound-token-fenced' }, 'p-11', 403],
])('with %s at /v1/%sactivations', async (_, connection, headers, id, status, body) => {
  const tier = status === 200 ? `fixture-tier-${id}` : undefined
  expect(await send(`/v1/${connection}activations`, headers, id, body)).toEqual([status, tier])
})

test('a connection test by GET signs nothing but the empty body', async () => {
  const get = (headers: Record<string, string>) => fetch(`${bridge.url}/v1/shop/activations`, { headers })
  expect((await get(signed('', SHOP))).status).toBe(200)
  expect((await get({})).status).toBe(401)
})

test('a standard webhook is delivered, and one that is too old is not', async () => {
  const body = Buffer.from(rowOf('p-12'))
  const token = Buffer.from('fixture-inbound-token-hook').toString('base64')
  const signedAt = (timestamp: string) => ({
    'webhook-id': 'fixture-webhook-1',
    'webhook-timestamp': timestamp,
    'webhook-signature': standardWebhookSignature(token, 'fixture-webhook-1', timestamp, body) ?? '',
  })
  expect(await send('/v1/hook/activations', signedAt('1767607200'), 'p-12')).toEqual([401, undefined])
  const now = signedAt(String(Math.floor(Date.now() / 1_000)))
  expect(await send('/v1/hook/activations', now, 'p-12')).toEqual([200, 'fixture-tier-p-12'])
})
