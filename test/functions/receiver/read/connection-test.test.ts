import { describe, expect, test } from 'vitest'
import type { ask } from '../ask.ts'
import { send } from './send.ts'

describe('what a body without rows is answered', () => {
  const test200 = async (body: string, message: string, changes: Parameters<typeof ask>[1] = {}) => {
    const { status, json, sent } = await send(body, {}, changes)
    expect([status, sent]).toEqual([200, []])
    expect(json).toMatchObject({ ok: true, connection: 'default', mode: 'deliver', received: 0, message })
  }
  const NO_ROWS = 'The URL and the token are right. The request has no rows. Nothing was written.'
  const ONLY_HEADER =
    'The URL and the token are right. The table has a header and no rows. If the file has rows, its line breaks were lost on the way, as happens with curl -d instead of --data-binary. Nothing was written.'

  test.each(['', ' \n', '\ufeff', '[]', '{}', '{"records":[]}', '{"audience_id":"7","rows":[]}'])(
    '%j',
    async (body) => {
      await test200(body, NO_ROWS)
    },
  )

  test('a GET', () => test200('', NO_ROWS, { method: 'GET' }))

  test.each([
    'external_id',
    'external_id,tier\n',
    'external_id,tieru-1,goldu-2,silver',
    'external_id\ttier\r\n\r\n',
    'external_id,tier\n,\n',
  ])('a header alone: %j', async (body) => {
    await test200(body, ONLY_HEADER)
  })
})

describe('a body with content is never taken for a connection test', () => {
  test.each([
    '%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D=',
    '%5B%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D%5D=',
    '%7B%22external_id%22%3A%22u-1%22%2C%22a%22%3A1%7D',
    JSON.stringify('{"external_id":"u-1","a":1}'),
    JSON.stringify({ records: '[{"external_id":"u-1","a":1}]' }),
    JSON.stringify({ run_id: '7', data: ' [{"external_id":"u-1","a":1}]' }),
  ])('it is read: %s', async (body) => {
    const { json, profiles } = await send(body)
    expect(json).toMatchObject({ received: 1, accepted: 1 })
    expect(profiles).toMatchObject([{ external_id: 'u-1', attributes: { a: 1 } }])
  })

  test.each<[body: string, status: number]>([
    ['x=', 422],
    ['external_id=', 422],
    ['payload=', 422],
    ['a=&b=', 422],
    ['=', 400],
    ['[{}]', 422],
    ['[null]', 422],
    ['[[]]', 422],
    ['{}\n{}', 422],
    ['{"":""}', 422],
    ['{"records":{}}', 422],
    ['{"data":{"records":[]}}', 422],
    ['eyJleHRlcm5hbF9pZCI6InUtMSJ9', 400],
    ['""', 400],
    ['null', 400],
    ['0', 400],
    ['hello', 400],
    ['\u0000', 400],
    ['"[]', 400],
    ['records', 400],
  ])('or it is rejected: %j', async (body, status) => {
    const answer = await send(body)
    expect(answer.status).toBe(status)
    expect(answer.json.detail).toMatch(/\w/)
  })

  test('a GET with a body is no test', async () => {
    expect(await send('{"external_id":"u-1","a":1}', {}, { method: 'GET' })).toMatchObject({ status: 405 })
  })
})
