import { createServer, type RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../../../bin/local/listen.ts'
import { type BrazeCall, callBraze, track } from '../../../functions/shared/braze.edge.ts'
import { judge } from '../../../functions/worker/send/judge.ts'

const CALL = { path: '/users/track', body: '{}', timeoutMs: 60_000, maxAnswerBytes: 1_000 }

/** Starts a Braze on loopback that answers as the test says. */
async function startBraze(answer: RequestListener) {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  const restEndpoint = await listen(server, 0)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    server,
    restEndpoint,
    call: (changed: Partial<BrazeCall> = {}) =>
      callBraze({ apiKey: 'fixture-key', restEndpoint }, { ...CALL, ...changed }),
    /** How many connections there were. */
    connections: () => connections,
  }
}

/** Calls such a Braze once, and reads up to 1,000 bytes. */
const answerOf = async (answer: RequestListener) => (await startBraze(answer)).call()

const SUCCESS = '{"message":"success"}'

/** Begins with a confirmation, and then sends white space without end. */
const endless: RequestListener = (_request, response) => {
  response.writeHead(201).write(SUCCESS)
  const more = () => response.write(' '.repeat(10_000), more)
  more()
}

test('an answer without end is read up to its limit, and confirms nothing', async () => {
  const answer = await answerOf(endless)
  expect(answer).toMatchObject({ kind: 'answer', status: 201, body: '', isTooLarge: true })
  const one = { attributes: 1, events: 0, purchases: 0 }
  expect(judge(answer, { objects: one, countable: one }, 0)).toEqual({ kind: 'unconfirmed', status: 201 })
})

test('the connection of such an answer is closed', async () => {
  const closed = Promise.withResolvers<void>()
  await answerOf((request, response) => {
    response.on('close', closed.resolve)
    endless(request, response)
  })
  await closed.promise
})

test('the answers of /users/track have a limit', async () => {
  const server = createServer(endless)
  const restEndpoint = await listen(server, 0)
  onTestFinished(() => void server.close())
  expect(await track({ apiKey: 'fixture-key', restEndpoint }, '{}')).toMatchObject({ isTooLarge: true })
})

test.each([
  [1_000, { body: 'x'.repeat(1_000) }],
  [1_001, { body: '', isTooLarge: true }],
])('an answer of %i bytes with a limit of 1,000', async (bytes, expected) => {
  expect(await answerOf((_request, response) => void response.end('x'.repeat(bytes)))).toMatchObject(expected)
})

test('the limit counts what a compressed answer is unpacked to', async () => {
  const packed = gzipSync('x'.repeat(100_000))
  expect(packed.length).toBeLessThan(1_000)
  const answer = await answerOf((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)
  })
  expect(answer).toMatchObject({ body: '', isTooLarge: true })
})

test('text whose characters are cut by the chunks is read as it was sent', async () => {
  const bytes = Buffer.from('{"message":"Überall ☃"}')
  const answer = await answerOf((_request, response) => {
    for (const byte of bytes) response.write(Buffer.from([byte]))
    response.end()
  })
  expect(answer).toMatchObject({ body: '{"message":"Überall ☃"}' })
})

const accept: RequestListener = (request, response) => {
  request.resume().on('end', () => response.writeHead(201).end(SUCCESS))
}
const ACCEPTED = { kind: 'answer', status: 201, body: SUCCESS }

describe('a connection', () => {
  afterEach(() => vi.restoreAllMocks())

  test('is used again', async () => {
    const { call, connections } = await startBraze(accept)
    for (let n = 0; n < 5; n++) expect(await call()).toMatchObject(ACCEPTED)
    expect(connections()).toBe(1)
  })

  test.each([
    [3_999, 1],
    [4_001, 2],
    // The clock was set back, so nobody knows.
    [-1, 2],
  ])('that was idle for %i ms makes %i in all', async (ms, expected) => {
    const clock = vi.spyOn(Date, 'now').mockReturnValue(1_000_000)
    const { call, connections } = await startBraze(accept)
    await call()
    clock.mockReturnValue(1_000_000 + ms)
    expect(await call()).toMatchObject(ACCEPTED)
    expect(connections()).toBe(expected)
  })

  test('that Braze closed while it was idle is replaced', async () => {
    const other = await startBraze(accept)
    const { server, call, connections } = await startBraze(accept)
    await call()
    server.closeIdleConnections()
    // Once this answer is here, everything that was sent to this process before it has been read too.
    await other.call()
    expect(await call()).toMatchObject(ACCEPTED)
    expect(connections()).toBe(2)
  })

  test('that is half open is given up after the time-out, and not used again', async () => {
    let requests = 0
    const { call, connections } = await startBraze((request, response) => {
      requests += 1
      if (requests !== 2) accept(request, response)
    })
    await call()
    expect(await call({ timeoutMs: 100 })).toEqual({ kind: 'no answer', cause: 'timeout' })
    expect(await call()).toMatchObject(ACCEPTED)
    expect([requests, connections()]).toEqual([3, 2])
  })
})

test.each<[string, RequestListener, string]>([
  ['never begins', () => undefined, 'timeout'],
  ['stops after its headers', (_request, response) => void response.writeHead(201).flushHeaders(), 'timeout'],
  ['stops within its body', (_request, response) => void response.writeHead(201).write('{'), 'timeout'],
  ['is reset instead', (request) => void request.socket.resetAndDestroy(), 'network'],
  [
    'is cut off within its body',
    (request, response) => {
      response.writeHead(201, { 'content-length': '100' }).write('{', () => request.socket.destroy())
    },
    'network',
  ],
])('if an answer %s, there is no answer, and the request was sent once', async (_, answer, cause) => {
  let requests = 0
  const { call } = await startBraze((request, response) => {
    requests += 1
    answer(request, response)
  })
  expect(await call({ timeoutMs: cause === 'timeout' ? 100 : 60_000 })).toEqual({ kind: 'no answer', cause })
  expect(requests).toBe(1)
})

test('if nobody listens at the address, there is no answer', async () => {
  const { server, call } = await startBraze(accept)
  await new Promise((resolve) => server.close(resolve))
  expect(await call()).toEqual({ kind: 'no answer', cause: 'network' })
})

test('a redirect is not followed, so the key stays where it is', async () => {
  const elsewhere = await startBraze(accept)
  const { call } = await startBraze((_request, response) => {
    response.writeHead(307, { location: `${elsewhere.restEndpoint}/users/track` }).end()
  })
  expect(await call()).toMatchObject({ kind: 'answer', status: 307 })
  expect(elsewhere.connections()).toBe(0)
})

test('the key is taken out of the answer, and a header that comes twice is joined', async () => {
  const answer = await answerOf((_request, response) => {
    response.writeHead(401, { 'x-fixture': ['a', 'b'] }).end('{"message":"no fixture-key"}')
  })
  expect(answer).toMatchObject({ headers: { 'x-fixture': 'a, b' }, body: '{"message":"no (the key)"}' })
})
