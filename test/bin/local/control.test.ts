import { statSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
})
afterAll(() => discard(bridge))

const control = () => {
  const announced = readAnnounced(bridge.stateDir)
  if (!announced) throw new Error('the local run has not announced its addresses')
  return announced.control
}

const ask = async (method: string, path: string, headers: Record<string, string>, body?: string) => {
  const { url } = control()
  const { hostname, port } = new URL(url)
  return new Promise<{ status: number; json: unknown }>((resolve, reject) => {
    request({ hostname, port, method, path, headers }, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }))
    })
      .on('error', reject)
      .end(body)
  })
}
const bearer = () => ({ authorization: `Bearer ${control().token}` })

test('a paused queue keeps what is accepted until it is enabled, even across a restart', async () => {
  const off = await ask('PUT', '/api/event-sources/profiles', bearer(), '{"enabled":false}')
  expect(off).toEqual({ status: 200, json: { enabled: false } })
  await bridge.post('/v1/activations', { external_id: 'fixture-paused', tier: 'x' })
  await bridge.post('/v1/events', { external_id: 'fixture-paused', event: 'e', time: 1_767_607_200 })
  await bridge.stop()
  bridge = { ...(await startBridge({ stateDir: bridge.stateDir })), logs: bridge.logs }
  expect(await ask('GET', '/api/event-sources', bearer())).toEqual({
    status: 200,
    json: { profiles: { enabled: false }, events: { enabled: true } },
  })
  expect(await ask('GET', '/api/queues', bearer())).toMatchObject({
    json: { profiles: { waiting: 1, inFlight: 0, lanes: [{ waiting: 1, inFlight: 0 }] } },
  })
  expect(bridge.simulator.profile({ external_id: 'fixture-paused' })?.custom_attributes ?? {}).toEqual({})
  await ask('PUT', '/api/event-sources/profiles', bearer(), '{"enabled":true}')
  await bridge.queues.waitUntilQuiet()
  expect(bridge.simulator.profile({ external_id: 'fixture-paused' })?.custom_attributes).toEqual({
    tier: 'x',
  })
})

test('the messages that the worker has finished are listed', async () => {
  const before = Date.now()
  await bridge.post('/v1/activations', { external_id: 'fixture-u1', tier: 'x' })
  await bridge.queues.waitUntilQuiet()
  const asked = (since: number) => ask('POST', '/api/finished', bearer(), JSON.stringify({ since }))
  expect(await asked(before)).toEqual({
    status: 200,
    json: {
      finished: [{ requestId: expect.any(String), messageId: expect.any(String), delivered: 1, parked: 0 }],
    },
  })
  expect(await asked(before + 600_000)).toEqual({ status: 200, json: { finished: [] } })
})

test.each([
  ['no token', () => ({})],
  ['another token', () => ({ authorization: 'Bearer fixture-not-the-token' })],
  ['the token, from a page of another origin', () => ({ ...bearer(), origin: 'http://fixture.example' })],
  ['the token, under a name that somebody else owns', () => ({ ...bearer(), host: 'fixture.example' })],
])('%s is unauthenticated', async (_, headers) => {
  expect(await ask('PUT', '/api/event-sources/events', headers(), '{"enabled":false}')).toMatchObject({
    status: 401,
  })
  expect(await ask('GET', '/api/event-sources', bearer())).toMatchObject({
    json: { events: { enabled: true } },
  })
})

test('without the token, the answer does not wait for the body', async () => {
  const { hostname, port } = new URL(control().url)
  const endless = request({ hostname, port, method: 'POST', path: '/api/finished' })
  const status = new Promise((resolve, reject) => {
    endless.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject)
  })
  endless.write('{')
  expect(await status).toBe(401)
  endless.destroy()
})

test('a body of more than 10 MiB is too large', async () => {
  const sized = async (bytes: number) =>
    (await ask('POST', '/api/finished', bearer(), '{"since":0}'.padEnd(bytes))).status
  expect(await sized(10 * 1024 * 1024)).toBe(200)
  expect(await sized(10 * 1024 * 1024 + 1)).toBe(413)
})

test.each([
  ['PUT', '/api/event-sources/profiles', '{"enabled":"no"}', 400],
  ['PUT', '/api/event-sources/profiles', 'no JSON', 400],
  ['PUT', '/api/event-sources/others', '{"enabled":false}', 404],
  ['POST', '/api/queues', '', 404],
  ['POST', '/api/finished', '{}', 400],
])('%s %s with %s is an error', async (method, path, body, status) => {
  expect((await ask(method, path, bearer(), body)).status).toBe(status)
})

test('only the owner can read the file with the token', () => {
  expect(statSync(join(bridge.stateDir, 'running.json')).mode & 0o777).toBe(0o600)
})
