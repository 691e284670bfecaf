import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { cachedSecret, SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { ReadFailedRecently } from '../../../functions/shared/secrets.ts'
import { jsonOnLoopback } from './json-on-loopback.ts'

const Shape = z.object({ apiKey: z.string().min(5) })
const good = (apiKey: string) => ({ status: 200, json: { SecretString: JSON.stringify({ apiKey }) } })
const DENIED = { status: 400, json: { __type: 'AccessDeniedException', message: 'fixture-message' } }
const FIRST = { apiKey: 'fixture-key-1' }
const SECOND = { apiKey: 'fixture-key-2' }

let answers: { status: number; json: object }[] = []
let requests: unknown[] = []
let time = 0
let server: Awaited<ReturnType<typeof jsonOnLoopback>>
let read: ReturnType<typeof cachedSecret<{ apiKey: string }>>

beforeEach(async () => {
  requests = []
  time = 1_000_000
  server = await jsonOnLoopback(({ body }) => {
    requests.push(body)
    return answers.shift() ?? DENIED
  })
  read = cachedSecret(new SecretsManagerClient(server.client), 'fixture-secret', Shape, () => time)
})
afterEach(() => server.close())

describe('cachedSecret', () => {
  it('reads the secret once in five minutes', async () => {
    answers = [good('fixture-key-1'), good('fixture-key-2')]
    expect(await read()).toEqual(FIRST)
    time += 299_999
    expect(await read()).toEqual(FIRST)
    time += 1
    expect(await read()).toEqual(SECOND)
    expect(requests).toEqual([{ SecretId: 'fixture-secret' }, { SecretId: 'fixture-secret' }])
  })

  it('reads it again at once when asked to', async () => {
    answers = [good('fixture-key-1'), good('fixture-key-2')]
    await read()
    expect(await read({ fresh: true })).toEqual(SECOND)
    expect(await read()).toEqual(SECOND)
  })

  it('reads it again when it is older than asked for', async () => {
    answers = [good('fixture-key-1'), good('fixture-key-2')]
    await read()
    time += 9_999
    expect(await read({ olderThanMs: 10_000 })).toEqual(FIRST)
    time += 1
    expect(await read({ olderThanMs: 10_000 })).toEqual(SECOND)
  })

  it('reads no more often than every three seconds while reading fails', async () => {
    answers = [DENIED, DENIED, good('fixture-key-1')]
    await expect(read()).rejects.toThrow('fixture-message')
    for (const options of [{}, { fresh: true }, { olderThanMs: 10_000 }])
      await expect(read(options)).rejects.toThrow(ReadFailedRecently)
    time += 2_999
    await expect(read()).rejects.toThrow(ReadFailedRecently)
    expect(requests).toHaveLength(1)
    time += 1
    await expect(read()).rejects.toThrow('fixture-message')
    time += 3_000
    expect(await read()).toEqual(FIRST)
    expect(requests).toHaveLength(3)
  })

  it('forgets a failure and a value if the clock is set back', async () => {
    answers = [DENIED, good('fixture-key-1'), good('fixture-key-2')]
    await expect(read()).rejects.toThrow('fixture-message')
    time -= 60 * 60_000
    expect(await read()).toEqual(FIRST)
    time -= 60 * 60_000
    expect(await read()).toEqual(SECOND)
  })

  it('keeps the value that it has over a failed reading', async () => {
    answers = [good('fixture-key-1'), DENIED]
    await read()
    await expect(read({ fresh: true })).rejects.toThrow()
    expect(await read()).toEqual(FIRST)
  })

  it.each([
    ['not JSON', 'fixture-text', '(whole value)'],
    ['another shape', '{"apiKey":"f-1"}', 'apiKey'],
    ['no text at all', undefined, '(whole value)'],
  ])('refuses a value that is %s, and names paths only', async (_, SecretString, where) => {
    answers = [{ status: 200, json: { SecretString } }]
    const error = await read().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(SecretMisshapen)
    expect(error).toHaveProperty('message', `the secret does not have the shape it must have: ${where}`)
  })
})
