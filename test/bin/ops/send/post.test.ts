import { describe, expect, test } from 'vitest'
import { type HttpAnswer, postWithRetries, recognisedMsOf } from '../../../../bin/ops/send/post.ts'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'apigw-requestid': `id-${status}`, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const taken = answer(200, { requestId: 'x', received: 3, accepted: 2, rejected: 1, errors: [] })

/** Posts with a clock that only pauses move. The last answer repeats. */
async function posted(
  answers: readonly (HttpAnswer | undefined)[],
  { stopAtPause = false, recognisedMs = 240_000 } = {},
) {
  let now = 0
  let signatures = 0
  const tries: { at: number; key: string | undefined; signature: number }[] = []
  const left = [...answers]
  const stopping = new AbortController()
  const result = await postWithRetries(Buffer.from('[]'), 'key-7', {
    recognisedMs,
    prepare: (_body, key) => {
      const signature = ++signatures
      return async () => {
        tries.push({ at: now, key, signature })
        return left.length > 1 ? left.shift() : left[0]
      }
    },
    pause: async (ms) => {
      now += ms
      if (stopAtPause) stopping.abort()
    },
    now: () => now,
    stop: stopping.signal,
  })
  return { result, tries, times: tries.map(({ at }) => at) }
}

test('accepted rows are counted', async () => {
  const { result, times } = await posted([taken])
  expect(result).toEqual({ kind: 'taken', accepted: 2, rejected: 1, captured: false, requestIds: ['x'] })
  expect(times).toEqual([0])
})

test('so are those of an answer in Braze’s format', async () => {
  const body = { message: 'success', attributes_processed: 2, events_processed: 1, errors: [{ type: 'x' }] }
  const { result } = await posted([answer(201, body)])
  expect(result).toMatchObject({ kind: 'taken', accepted: 3, rejected: 1 })
})

const BRAZE_BODY = { message: 'success', attributes_processed: 1 }
const HEADER = { 'apigw-requestid': 'id-header' }

test.each<[string, HttpAnswer, string[]]>([
  [
    'the body, whatever the header says',
    answer(200, { requestId: 'id-body', accepted: 1, rejected: 0 }, HEADER),
    ['id-body'],
  ],
  [
    'the body, where a proxy drops the header',
    { ...answer(200, { requestId: 'id-body', accepted: 1, rejected: 0 }), headers: {} },
    ['id-body'],
  ],
  ['the header, where the body is in Braze’s format', answer(201, BRAZE_BODY, HEADER), ['id-header']],
  ['neither', { ...answer(201, BRAZE_BODY), headers: {} }, []],
])('the id of a request comes from %s', async (_, given, requestIds) => {
  expect((await posted([given])).result).toMatchObject({ kind: 'taken', requestIds })
})

describe('a request is sent again with the same key and signature, and followed by the ids of all tries', () => {
  test.each([
    ['503 that names the wait', answer(503, {}, { 'retry-after': '10' }), 10_000],
    ['429', answer(429, { message: 'Too Many Requests' }), 1_000],
    ['504', answer(504, ''), 1_000],
  ])('after a %s', async (_, trouble, waitMs) => {
    const { result, tries } = await posted([trouble, taken])
    expect(result).toMatchObject({ kind: 'taken', requestIds: [`id-${trouble.status}`, 'x'] })
    expect(tries).toEqual([
      { at: 0, key: 'key-7', signature: 1 },
      { at: waitMs, key: 'key-7', signature: 1 },
    ])
  })

  test('when there is no answer', async () => {
    const { result, times } = await posted([undefined, undefined, taken])
    expect(result).toMatchObject({ kind: 'taken', requestIds: ['x'] })
    expect(times).toEqual([0, 1_000, 3_000])
  })
})

test('no longer than SQS recognises a repetition', async () => {
  const { result, times } = await posted([
    answer(503, { title: 'Not every row could be stored', detail: 'Again.' }),
  ])
  expect(result).toMatchObject({ kind: 'unsure', reason: '503 Not every row could be stored. Again.' })
  expect(times.at(-1)).toBe(211_000)
})

test('stopped while it waits, nobody knows whether the request was taken', async () => {
  const { result, times } = await posted([undefined, taken], { stopAtPause: true })
  expect(result).toEqual({ kind: 'unsure', reason: 'There was no answer.', requestIds: [] })
  expect(times).toEqual([0])
})

const NONE_USABLE = { title: 'None', detail: '', accepted: 0, rejected: 3 }

test.each([
  [answer(401, { title: 'The token is wrong', detail: 'Send it.' }), '401 The token is wrong. Send it.', {}],
  [answer(403, { message: 'Forbidden' }), '403 Forbidden', {}],
  [answer(500, '<html>'), '500', {}],
  [answer(422, NONE_USABLE), '422 None.', { rejected: 3 }],
  [answer(422, { ...NONE_USABLE, captured: true }), '422 None.', { rejected: 3, captured: true }],
  [answer(200, 'no JSON'), '200', {}],
])('%j stops it', async (refusal, reason, more) => {
  const { result, times } = await posted([refusal])
  const requestIds = [`id-${refusal.status}`]
  expect(result).toEqual({ kind: 'refused', reason, rejected: 0, captured: false, requestIds, ...more })
  expect(times).toEqual([0])
})

describe('a request that the bridge would not recognise', () => {
  test('is not sent again when it may have been accepted', async () => {
    for (const trouble of [answer(503, {}), undefined])
      expect(await posted([trouble, taken], { recognisedMs: 0 })).toMatchObject({
        result: { kind: 'unsure' },
        times: [0],
      })
  })

  test('is sent again when API Gateway rejected it', async () => {
    const { result } = await posted([answer(429, {}), taken], { recognisedMs: 0 })
    expect(result).toMatchObject({ kind: 'taken' })
  })
})

const HMAC = {
  kind: 'hmac',
  header: 'x-signature',
  prefix: '',
  encoding: 'hex',
  toleranceSeconds: 240,
} as const

test.each([
  [{ kind: 'bearer' } as const, 240_000],
  [{ kind: 'standard-webhooks', toleranceSeconds: 240 } as const, 210_000],
  [{ ...HMAC, timestampHeader: 'x-time', toleranceSeconds: 60 }, 30_000],
  [{ ...HMAC, timestampHeader: 'x-time', toleranceSeconds: 10 }, 0],
  [HMAC, 0],
])('with %o, a repetition is recognised for %i ms', (method, ms) => {
  expect(recognisedMsOf(method)).toBe(ms)
})
