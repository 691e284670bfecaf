import { expect, test } from 'vitest'
import type { HttpAnswer } from '../../../../bin/ops/send/post.ts'
import { sendAll } from '../../../../bin/ops/send/requests.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const taken = (accepted: number, rejected = 0): HttpAnswer => ({
  status: 200,
  headers: {},
  body: JSON.stringify({ accepted, rejected }),
})

/** Sends five rows, two in a request. The fourth row is rejected. */
async function sent(answers: readonly HttpAnswer[], { stopAfter = 9, skip = 0 } = {}) {
  const posts: { key: string | undefined; body: string }[] = []
  const stopping = new AbortController()
  const rejectedByCode = new Map([['IDENTIFIER_MISSING', 1]])
  const none = new Map<string, number>()
  const { rejectedByCode: codes, ...sending } = await sendAll(
    async function* () {
      yield Buffer.from('[1,2,3,4,5]')
    },
    [
      { rows: 2, skipped: 0, rejectedByCode: none },
      { rows: 2, skipped: 0, rejectedByCode },
      { rows: 1, skipped: 0, rejectedByCode: none },
    ],
    Connections.parse({}).default,
    { limits: { rows: 2, bytes: 1_000, skip }, key: 'k' },
    async () => undefined,
    {
      recognisedMs: 240_000,
      prepare: (body, key) => async () => {
        posts.push({ key, body: body.toString() })
        if (posts.length === stopAfter) stopping.abort()
        return answers[posts.length - 1]
      },
      pause: async () => undefined,
      now: () => 0,
      stop: stopping.signal,
    },
  )
  return { ...sending, codes: Object.fromEntries(codes), posts }
}

test('each request has the key of its first row, and follows the one before', async () => {
  expect(await sent([taken(2), taken(1, 1), taken(1)])).toEqual({
    rows: 5,
    accepted: 4,
    skipped: 0,
    rejected: 1,
    captured: false,
    codes: { IDENTIFIER_MISSING: 1 },
    posts: [
      { key: 'k-0', body: '[1,\n2]' },
      { key: 'k-2', body: '[3,\n4]' },
      { key: 'k-4', body: '[5]' },
    ],
  })
})

test('stopped, it ends before the next request, and names the row to continue from', async () => {
  const { posts, ended } = await sent([taken(2), taken(1, 1)], { stopAfter: 2 })
  expect(posts).toHaveLength(2)
  expect(ended).toEqual({ row: 4, kind: 'stopped', reason: '' })
})

test('after a refusal nothing more is sent; skipped rows count, also in the keys', async () => {
  const refusal = { status: 413, headers: {}, body: '{"title":"Too large","detail":"Less."}' }
  const { posts, ended } = await sent([taken(2), refusal], { skip: 1 })
  expect(posts).toEqual([
    { key: 'k-1', body: '[2,\n3]' },
    { key: 'k-3', body: '[4,\n5]' },
  ])
  expect(ended).toEqual({ row: 3, kind: 'refused', reason: '413 Too large. Less.' })
})

test('where the bridge rejects another number of rows than this version, no reason is made up', async () => {
  const { codes } = await sent([taken(2), taken(0, 2), taken(1)])
  expect(codes).toEqual({ '(the deployed bridge reads these rows differently from this version)': 2 })
})
