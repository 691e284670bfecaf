import { mkdtemp, readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startBrazeSimulator } from '../../../bin/local/braze/server.ts'
import { SIMULATOR_KEY } from '../../../bin/local/braze/settings.ts'
import { track } from '../../../functions/shared/braze.edge.ts'
import { brazeCredentials, brazeSecret } from '../../../functions/shared/secrets.ts'
import { pacer } from '../../../functions/worker/send/pace.ts'
import { fileMarkers } from '../../../functions/worker/settle/markers.edge.ts'

test('one request over the wire, and its answer', async () => {
  const braze = await startBrazeSimulator({ port: 0 })
  const body = '{"events":[{"external_id":"fixture-u1","name":"fixture-e","time":"2026-11-20T10:00:00Z"}]}'
  const answer = await track({ apiKey: SIMULATOR_KEY, restEndpoint: braze.url }, body)
  expect(answer).toMatchObject({ kind: 'answer', status: 201 })
  expect(braze.core.events()).toHaveLength(1)
  braze.core.script([{ do: 'reset', apply: true }])
  expect(await track({ apiKey: SIMULATOR_KEY, restEndpoint: braze.url }, body)).toEqual({
    kind: 'no answer',
    cause: 'network',
  })
  await braze.close()
})

test('a redirect is not followed with the key', async () => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.url)
    response.writeHead(308, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(await track({ apiKey: 'fixture', restEndpoint: `http://127.0.0.1:${port}` }, '{}')).toMatchObject({
    status: 308,
  })
  expect(seen).toEqual(['/users/track'])
  server.close()
})

test.for([
  ['https://rest.iad-01.braze.com', true],
  ['https://rest.fra-02.braze.eu', true],
  ['http://rest.iad-01.braze.com', false],
  ['https://rest.braze.com.example.org', false],
  ['https://notbraze.com', false],
  ['http://127.0.0.1:8080', false],
  ['rest.iad-01.braze.com', false],
] as const)('in production the endpoint %s is allowed: %s', ([restEndpoint, allowed]) => {
  expect(brazeSecret({ allowLoopback: false }).safeParse({ apiKey: 'fixture', restEndpoint }).success).toBe(
    allowed,
  )
})

test('the local run may talk to loopback, and to nothing else over http', () => {
  const allows = (restEndpoint: string) =>
    brazeSecret({ allowLoopback: true }).safeParse({ apiKey: 'fixture', restEndpoint }).success
  expect(
    [
      'http://127.0.0.1:1',
      'http://localhost:1',
      'http://[::1]:1',
      'http://10.0.0.1',
      'https://rest.iad-01.braze.com',
    ].map(allows),
  ).toEqual([true, true, true, false, true])
})

test('a placeholder or an unreadable secret are states, no surprises', async () => {
  const restEndpoint = 'https://rest.iad-01.braze.com'
  const placeholder = brazeCredentials(async () => ({
    apiKey: 'put-the-braze-rest-api-key-here',
    restEndpoint,
  }))
  const unreadable = brazeCredentials(async () => Promise.reject(new Error('fixture')))
  expect(await placeholder({ fresh: false })).toEqual({ missing: 'BRAZE_SECRET_PLACEHOLDER' })
  expect(await unreadable({ fresh: false })).toEqual({ missing: 'BRAZE_SECRET_UNREADABLE' })
})

test('the placeholder is read again each time, and a key only when it has to be', async () => {
  const restEndpoint = 'https://rest.iad-01.braze.com'
  const keys = ['put-the-braze-rest-api-key-here', 'put-the-braze-rest-api-key-here', 'fixture-key']
  const reads: unknown[] = []
  const credentials = brazeCredentials(async (options) => {
    reads.push(options)
    return { apiKey: keys.shift() ?? 'fixture-key', restEndpoint }
  })
  const missing = { missing: 'BRAZE_SECRET_PLACEHOLDER' }
  expect(await credentials({ fresh: false })).toEqual(missing)
  expect(await credentials({ fresh: false })).toEqual(missing)
  expect(await credentials({ fresh: false })).toEqual({ apiKey: 'fixture-key', restEndpoint })
  await credentials({ fresh: false })
  expect(reads).toEqual([{ fresh: false }, { fresh: true }, { fresh: true }, { fresh: false }])
})

test('markers outlive whoever set them, until they are cleared', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'markers-'))
  expect(await fileMarkers(folder).set('m1')).toBe(0)
  expect(await fileMarkers(folder).set('m1')).toBe(1)
  await fileMarkers(folder).clear('m1')
  expect(await fileMarkers(folder).set('m1')).toBe(0)
  expect(await fileMarkers(folder).set('../m2')).toBe(0)
  expect(await readdir(folder)).toEqual(['handling-___m2', 'handling-m1'])
})

test('requests start a spacing apart, whatever they take', async () => {
  let now = 1_000
  const starts: number[] = []
  const pace = pacer(
    200,
    () => now,
    async (ms) => {
      now += ms
    },
  )
  for (const latency of [10, 350, 20, 0]) {
    await pace()
    starts.push(now)
    now += latency
  }
  expect(starts).toEqual([1_000, 1_200, 1_550, 1_750])
})
