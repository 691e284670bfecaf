import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Server } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { type LocalOptions, startLocal } from '../../../bin/local/start.ts'
import { StartProblem } from '../../../bin/local/state.ts'
import { tempDir } from './temp-dir.ts'

const TOKEN = 'fixture-token-5521-x'

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')

/** Starts the whole local run with the deployed handlers, and stops it after the test. */
const start = async (stateDir: string, options: Partial<LocalOptions> = {}) => {
  const lines: string[] = []
  const print = (line: string) => {
    lines.push(line)
  }
  const local = await startLocal({
    port: 0,
    simulatorPort: 0,
    token: TOKEN,
    stateDir,
    print,
    spacingMs: 0,
    ...options,
  })
  let stopping: Promise<boolean> | undefined
  const stop = () => {
    stopping ??= local.stop()
    return stopping
  }
  onTestFinished(async () => {
    await stop()
  })
  const post = async (path: string, body: string) => {
    const headers = { 'content-type': 'application/json', 'x-api-key': TOKEN }
    const response = await fetch(`${local.url}${path}`, { method: 'POST', headers, body })
    return response.status
  }
  return { ...local, stop, post, lines }
}

test('each request from a sender and each request to Braze is a live line', async () => {
  const { post, queues, lines } = await start(tempDir())
  expect(await post('/v1/activations', fixture('activation.json'))).toBe(200)
  await queues.waitUntilQuiet()
  const withoutTimes = lines.map((line) => line.slice(8).replace(/\d+ ms$/, 'N ms'))
  for (const line of [
    '  →  POST /v1/activations      200      5 accepted                        N ms',
    '  ⇒  Braze /users/track        201      5 profiles                        N ms',
  ])
    expect(withoutTimes).toContain(line)
})

test('the dead letters can be read with the token, any number of times', async () => {
  const { post, url, lines } = await start(tempDir())
  await post('/v1/events', '{"event_name":"fixture-event-7731"}')
  const read = (headers: Record<string, string>) => fetch(`${url}/dead-letters`, { headers })
  const deadLetters = [
    {
      queue: 'events',
      messageId: expect.any(String),
      body: {
        failure: { code: 'IDENTIFIER_MISSING' },
        rows: [{ index: 0, row: { event_name: 'fixture-event-7731' } }],
      },
    },
  ]
  for (const headers of [{ 'x-api-key': TOKEN }, { authorization: `Bearer ${TOKEN}` }])
    expect(await (await read(headers)).json()).toMatchObject(deadLetters)
  expect((await read({})).status).toBe(401)
  expect((await read({ 'x-api-key': 'fixture-token-wrong' })).status).toBe(401)
  expect((await fetch(`${url}/dead-letters`, { method: 'DELETE' })).status).toBe(404)
  expect(lines.join()).toMatch(/GET \/dead-letters +200 +1 dead letter /)
})

test('what was accepted while Braze failed is delivered after the next start', async () => {
  const dir = tempDir()
  const failed = Promise.withResolvers<void>()
  const first = await start(dir, {
    onLog: ({ message }) => {
      if (message === 'worked') failed.resolve()
    },
  })
  first.simulator?.script([{ do: 'answer', status: 503, times: 'always' }])
  expect(await first.post('/v1/activations', '{"external_id":"p-7731","tier":"fixture-tier-7731"}')).toBe(200)
  await failed.promise
  expect(await first.stop()).toBe(true)

  const second = await start(dir)
  await second.queues.waitUntilQuiet()
  expect(second.simulator?.profile({ external_id: 'p-7731' })?.custom_attributes).toEqual({
    tier: 'fixture-tier-7731',
  })
})

test('a folder or a port that is in use is explained', async () => {
  const dir = tempDir()
  const { url, brazeUrl } = await start(dir)
  const portOf = (address: string) => Number(new URL(address).port)
  await expect(start(dir)).rejects.toThrow(StartProblem)
  await expect(start(dir)).rejects.toThrow(`${dir} is in use by another start (process ${process.pid})`)
  await expect(start(tempDir(), { port: portOf(url) })).rejects.toThrow(`Port ${portOf(url)} is in use`)
  const simulatorPort = portOf(brazeUrl)
  const occupied = start(tempDir(), { simulatorPort })
  await expect(occupied).rejects.toThrow(StartProblem)
  await expect(occupied).rejects.toThrow(
    `Port ${simulatorPort} for the Braze simulator is in use, perhaps by an earlier start. Stop that one, or set SIMULATOR_PORT`,
  )
})

test('a start that failed leaves its folder free', async () => {
  const { url } = await start(tempDir())
  const dir = tempDir()
  await expect(start(dir, { port: Number(new URL(url).port) })).rejects.toThrow(StartProblem)
  await expect(start(dir)).resolves.toBeDefined()
})

test('a start that failed late leaves nothing running', async () => {
  const servers = new Set<Server>()
  const onListening = (message: unknown) => {
    servers.add(z.object({ server: z.instanceof(Server) }).parse(message).server)
  }
  subscribe('tracing:net.server.listen:asyncEnd', onListening)
  onTestFinished(() => {
    unsubscribe('tracing:net.server.listen:asyncEnd', onListening)
  })
  const dir = tempDir()
  // The file with the addresses is written last. A folder in its place makes that fail.
  mkdirSync(join(dir, 'running.json'))
  writeFileSync(join(dir, 'lock.db'), '')
  await expect(start(dir)).rejects.toThrow('running.json')
  expect(servers.size).toBe(5)
  expect([...servers].filter(({ listening }) => listening)).toEqual([])
})

test('messages that wait for one Braze are not sent to another', async () => {
  const dir = tempDir()
  const handlers = async () => ({
    receiver: async () => ({ statusCode: 200 }),
    exporter: async () => ({ statusCode: 200 }),
    worker: () => Promise.reject(new Error('must not be called')),
  })
  const first = await start(dir)
  first.simulator?.script([{ do: 'answer', status: 503, times: 'always' }])
  await first.post('/v1/activations', '{"external_id":"p-7731","tier":"fixture-tier-7731"}')
  await first.stop()
  const braze = { restEndpoint: 'https://rest.iad-01.braze.com', apiKey: 'fixture-key' }
  const second = await start(dir, { braze, handlers })
  expect(second.queues.waiting()).toEqual({ profiles: 0, events: 0 })
  expect(second.simulator).toBeUndefined()
})
