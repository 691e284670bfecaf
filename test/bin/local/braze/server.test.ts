import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import {
  type RunningBrazeSimulator,
  type StartOptions,
  serve,
  startBrazeSimulator,
} from '../../../../bin/local/braze/server.ts'
import { SIMULATOR_KEY } from '../../../../bin/local/braze/settings.ts'
import { createBrazeSimulator } from '../../../../bin/local/braze/simulator.ts'

const running: RunningBrazeSimulator[] = []
async function start(options: Omit<StartOptions, 'port'> = {}) {
  const braze = await startBrazeSimulator({ port: 0, ...options })
  running.push(braze)
  return braze
}
afterEach(async () => {
  await Promise.all(running.splice(0).map((braze) => braze.close()))
})

const one = { attributes: [{ external_id: 'u/1 é', tier: 'fixture-tier-7731' }] }
const send = (url: string, body: unknown, path = '/users/track') =>
  fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${SIMULATOR_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

test('a request over HTTP is answered, and told to onRequest', async () => {
  const seen: unknown[] = []
  const { url, core } = await start({ onRequest: (entry) => seen.push(entry) })
  const response = await send(url, one)
  expect(response.status).toBe(201)
  expect(response.headers.get('x-ratelimit-limit')).toBe('3000')
  expect(await response.json()).toEqual({ message: 'success', attributes_processed: 1 })
  expect(core.profile({ external_id: 'u/1 é' })?.custom_attributes).toEqual({ tier: 'fixture-tier-7731' })
  expect(seen).toMatchObject([
    {
      path: '/users/track',
      status: 201,
      objects: { attributes: 1, events: 0, purchases: 0 },
      ms: expect.any(Number),
    },
  ])
})

test('a body over the limit is read to its end and refused', async () => {
  const { url } = await start()
  expect((await send(url, { pad: 'x'.repeat(6_000_000) })).status).toBe(413)
})

test('known braze_ids exist from the start', async () => {
  const { url } = await start({ knownBrazeIds: ['fixture-braze-id-0001'] })
  expect((await send(url, { attributes: [{ braze_id: 'fixture-braze-id-0001', tier: 1 }] })).status).toBe(201)
})

test('a scripted reset breaks the connection, after the request was carried out', async () => {
  const { url, core } = await start()
  core.script([{ do: 'reset', apply: true }])
  await expect(send(url, one)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  expect(core.profiles()).toHaveLength(1)
})

test('a scripted delay holds the answer back', async () => {
  const { url, core } = await start()
  core.script([{ do: 'delay', delayMs: 60 }])
  const begun = performance.now()
  await send(url, one)
  expect(performance.now() - begun).toBeGreaterThan(50)
})

test('closing breaks what is delayed', async () => {
  const { url, core, close } = await start()
  const arrived = Promise.withResolvers<void>()
  const matches = () => {
    arrived.resolve()
    return true
  }
  core.script([{ do: 'delay', delayMs: 600_000, matches }])
  const answer = expect(send(url, one)).rejects.toThrow('fetch failed')
  await arrived.promise
  await close()
  await answer
})

test('what it holds is there again after a restart, and not twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'braze-server-'))
  const options = { journalFile: join(folder, 'braze.jsonl'), knownBrazeIds: ['fixture-braze-id-0001'] }
  const first = await start(options)
  await send(first.url, one)
  await first.close()
  const second = await start(options)
  expect(second.core.profiles()).toMatchObject([
    { braze_id: 'fixture-braze-id-0001' },
    { external_id: 'u/1 é', custom_attributes: { tier: 'fixture-tier-7731' } },
  ])
  rmSync(folder, { recursive: true })
})

test('a request that cannot be kept is answered with 500, and not told to onRequest', async () => {
  const braze = createBrazeSimulator({
    now: Date.now,
    onChanges: () => {
      throw new Error('fixture: disk full')
    },
  })
  const seen: unknown[] = []
  const server = createServer((request, response) => {
    serve(braze, request, response, new AbortController().signal, (entry) => seen.push(entry)).catch(() => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const response = await send(`http://127.0.0.1:${port}`, one)
  server.close()
  expect(await response.json()).toEqual({ message: 'The simulator failed: fixture: disk full' })
  expect({ status: response.status, seen }).toEqual({ status: 500, seen: [] })
})

test('profiles and events can be asked for', async () => {
  const { url, core } = await start()
  await send(url, { ...one, events: [{ external_id: 'u-2', name: 'seen', time: '2026-11-20T10:00:00Z' }] })
  const get = async (path: string) => (await fetch(url + path)).json()
  const brazeId = core.profile({ external_id: 'u-2' })?.braze_id
  expect(await get('/simulator/profiles/u%2F1%20%C3%A9')).toMatchObject({ external_id: 'u/1 é' })
  expect(await get(`/simulator/profiles/${brazeId}`)).toMatchObject({ external_id: 'u-2' })
  expect(await get('/simulator/profiles')).toMatchObject({
    profiles: [{ external_id: 'u/1 é' }, { external_id: 'u-2' }],
  })
  expect(await get('/simulator/events')).toMatchObject({ events: [{ external_id: 'u-2', name: 'seen' }] })
})

test('the guide says what can be asked', async () => {
  const { url } = await start()
  expect(await (await fetch(`${url}/simulator`)).text()).toContain('POST   /simulator/script')
})

test.each(['/simulator/profiles/u-none', '/simulator/profiles/%E0%A4%A', '/simulator/x'])(
  '%s is not there',
  async (path) => {
    const { url } = await start()
    expect((await fetch(url + path)).status).toBe(404)
  },
)

test('steps can be posted and forgotten', async () => {
  const { url } = await start()
  const posted = await send(url, [{ do: 'answer', status: 503, times: 'always' }], '/simulator/script')
  expect(await posted.json()).toEqual({ steps: 1 })
  expect((await send(url, one)).status).toBe(503)
  await fetch(`${url}/simulator/script`, { method: 'DELETE' })
  expect((await send(url, one)).status).toBe(201)
})

test('a step that is none is explained', async () => {
  const { url } = await start()
  const response = await send(url, [{ do: 'answer', status: 503, time: 3 }], '/simulator/script')
  expect(response.status).toBe(400)
  expect(await response.json()).toEqual({ message: expect.stringContaining('Unrecognized key: "time"') })
})
