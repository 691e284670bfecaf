import { createServer, type RequestListener } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../bin/local/listen.ts'
import { callBraze, track } from '../../../functions/shared/braze.edge.ts'
import { judge } from '../../../functions/worker/send/judge.ts'

/** Calls a Braze on loopback that answers as the test says, and reads up to 1,000 bytes. */
async function answerOf(answer: RequestListener, maxAnswerBytes = 1_000) {
  const server = createServer(answer)
  const restEndpoint = await listen(server, 0)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const call = { path: '/users/track', body: '{}', timeoutMs: 60_000, maxAnswerBytes }
  return callBraze({ apiKey: 'fixture-key', restEndpoint }, call)
}

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
