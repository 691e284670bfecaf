import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge()
})
afterAll(() => discard(bridge))

test('nothing at all is fine: an empty body, {}, [], GET and HEAD', async () => {
  for (const body of ['', '{}', '[]']) {
    expect(await bridge.post('/v1/activations', body)).toMatchObject({
      status: 200,
      json: { accepted: 0, rejected: 0 },
    })
  }
  for (const method of ['GET', 'HEAD']) {
    const { status } = await fetch(`${bridge.url}/v1/events`, {
      method,
      headers: { authorization: 'Bearer fixture-inbound-token' },
    })
    expect(status).toBe(200)
  }
})

test('a body of 6 MB is taken whole, its users split over messages, each with the value of its last row', async () => {
  const note = 'fixture-note'.repeat(20)
  const rows = Array.from({ length: 18_000 }, (_, n) => ({
    external_id: `fixture-w${n % 6_000}`,
    fixture_note: note,
    fixture_n: n,
  }))
  const body = JSON.stringify({ records: rows })
  expect(body.length).toBeGreaterThan(5_500_000)
  expect(body.length).toBeLessThan(6 * 1024 * 1024)
  expect(await bridge.post('/v1/activations', body)).toMatchObject({
    status: 200,
    json: { accepted: 18_000 },
  })
  await bridge.queues.waitUntilQuiet(60_000)
  expect(
    bridge.simulator.profiles().filter(({ external_id }) => external_id?.startsWith('fixture-w')),
  ).toHaveLength(6_000)
  expect(attributesOf(bridge, 'fixture-w0')).toEqual({ fixture_note: note, fixture_n: 12_000 })
  expect(attributesOf(bridge, 'fixture-w5999')).toEqual({ fixture_note: note, fixture_n: 17_999 })
  expect(bridge.queues.deadLetters()).toEqual([])
})

test('gzip is taken by its header and by its first bytes', async () => {
  const body = gzipSync(JSON.stringify({ external_id: 'fixture-z1', fixture_n: 1 }))
  expect(await bridge.post('/v1/activations', body, { 'content-encoding': 'gzip' })).toMatchObject({
    status: 200,
    json: { accepted: 1 },
  })
  expect(
    await bridge.post('/v1/activations', body, { 'content-type': 'application/octet-stream' }),
  ).toMatchObject({ status: 200, json: { accepted: 1 } })
  await bridge.queues.waitUntilQuiet()
  expect(attributesOf(bridge, 'fixture-z1')).toEqual({ fixture_n: 1 })
})
