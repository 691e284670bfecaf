import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
        allowedIps: ['127.0.0.0/8'],
      },
      hook: { authentication: [{ kind: 'standard-webhooks' }] },
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

describe('over HTTP, through the deployed handlers, to Braze', () => {
  test('each connection delivers what comes with its own token', async () => {
    expect(await send('/v1/activations', bearer(TOKEN.default), 'p-1')).toEqual([200, 'fixture-tier-p-1'])
    expect(await send('/v1/crm/activations', bearer(TOKEN.crm), 'p-2')).toEqual([200, 'fixture-tier-p-2'])
  })

  test('and nothing that comes with that of another', async () => {
    expect(await send('/v1/activations', bearer(TOKEN.crm), 'p-3')).toEqual([401, undefined])
    expect(await send('/v1/crm/activations', bearer(TOKEN.default), 'p-4')).toEqual([401, undefined])
    expect(await send('/v1/nobody/activations', bearer(TOKEN.crm), 'p-5')).toEqual([401, undefined])
    expect(await send('/v1/nobody/activations', bearer(TOKEN.default), 'p-6')).toEqual([404, undefined])
  })

  test('a signed body is delivered, compressed or not', async () => {
    const token = 'fixture-inbound-token-shop'
    expect(await send('/v1/shop/activations', signed(rowOf('p-7'), token), 'p-7')).toEqual([
      200,
      'fixture-tier-p-7',
    ])
    const gzipped = new Uint8Array(gzipSync(rowOf('p-8')))
    const headers = { ...signed(gzipped, token), 'content-encoding': 'gzip' }
    expect(await send('/v1/shop/activations', headers, 'p-8', gzipped)).toEqual([200, 'fixture-tier-p-8'])
  })

  test('and refused with the signature of another body or by another token', async () => {
    const token = 'fixture-inbound-token-shop'
    expect(await send('/v1/shop/activations', signed(rowOf('p-7'), token), 'p-9')).toEqual([401, undefined])
    expect(await send('/v1/shop/activations', signed(rowOf('p-9'), TOKEN.crm), 'p-9')).toEqual([
      401,
      undefined,
    ])
  })

  test('a connection test by GET signs nothing but the empty body', async () => {
    const get = (headers: Record<string, string>) =>
      fetch(new URL('/v1/shop/activations', bridge.url), { headers })
    expect((await get(signed('', 'fixture-inbound-token-shop'))).status).toBe(200)
    expect((await get({})).status).toBe(401)
  })

  test('a standard webhook is delivered', async () => {
    const id = 'p-10'
    const timestamp = String(Math.floor(Date.now() / 1_000))
    const token = Buffer.from('fixture-inbound-token-hook').toString('base64')
    const body = Buffer.from(rowOf(id))
    const headers = {
      'webhook-id': 'fixture-webhook-1',
      'webhook-timestamp': timestamp,
      'webhook-signature': standardWebhookSignature(token, 'fixture-webhook-1', timestamp, body) ?? '',
    }
    expect(await send('/v1/hook/activations', headers, id)).toEqual([200, 'fixture-tier-p-10'])
    const stale = { ...headers, 'webhook-timestamp': '1767607200' }
    expect(await send('/v1/hook/activations', stale, 'p-11', rowOf('p-11'))).toEqual([401, undefined])
  })

  test('an address that is not allowed is forbidden', async () => {
    const headers = { 'x-api-key': 'fixture-inbound-token-fenced' }
    expect(await send('/v1/fenced/activations', headers, 'p-12')).toEqual([403, undefined])
  })
})
