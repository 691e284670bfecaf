import { describe, expect, test } from 'vitest'
import { send } from './send.ts'

test.each<[body: string, query: Record<string, string>]>([
  ['{"op":"NULL","audience_id":"7","records":[{"external_id":"a"}]}', {}],
  ['[{"external_id":"a"}]', { audience_id: '7', op: 'NULL' }],
  ['{"split_id":"NULL","audience_id":"7","records":[{"external_id":"a"}]}', {}],
])(
  "beside the rows, a connection's word for a missing value is not an operation or a split: %s %j",
  async (body, query) => {
    expect((await send(body, { emptyWords: ['NULL'] }, { query })).status).toBe(400)
  },
)

describe('people who enter by presence alone are counted', () => {
  test.each<[what: string, body: string, query: Record<string, string>, count: number | undefined]>([
    [
      'an audience and no operation',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"b","audience_id":"7"}]',
      {},
      2,
    ],
    [
      'the same person twice',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"a","audience_id":"8"}]',
      {},
      1,
    ],
    ['an audience in the URL', '[{"external_id":"a"}]', { audience_id: '7' }, 1],
    [
      'some with an operation',
      '[{"external_id":"a","audience_id":"7"},{"external_id":"b","audience_id":"7","op":"enter"}]',
      {},
      1,
    ],
    ['an operation in the URL', '[{"external_id":"a"}]', { audience_id: '7', op: 'enter' }, undefined],
    ['flags', '[{"external_id":"a","AIQ_7_0":true}]', {}, undefined],
    ['no audience', '[{"external_id":"a","x":1}]', {}, undefined],
  ])('%s', async (_, body, query, count) => {
    const { json } = await send(body, {}, { query })
    expect(json.enteredByPresence).toBe(count)
  })
})

describe('a name beside the rows or in the URL that seems to be the operation', () => {
  test.each<[body: string, query: Record<string, string>]>([
    ['[{"external_id":"a"}]', { audience_id: '7', operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', action: 'leave' }],
    ['[{"external_id":"a"}]', { audience_id: '7', member: 'false' }],
    ['[{"external_id":"a","audience_id":"7"}]', { operation: 'delete' }],
    ['{"audience_id":"7","operation":"remove","records":[{"external_id":"a"}]}', {}],
    ['{"audience_id":"7","isMember":false,"records":[{"external_id":"a"}]}', {}],
    ['{"action":"exited","records":[{"external_id":"a","segment_id":"7"}]}', {}],
    ['{"operation":"remove","audience_id":"7","records":[{"external_id":"a"}]}', { op: 'enter' }],
    ['{"op":"enter","audience_id":"7","records":[{"external_id":"a"}]}', { operation: 'remove' }],
    [
      '{"op":"enter","operation":"add","audience_id":"7","records":[{"external_id":"a"}]}',
      { operation: 'remove' },
    ],
  ])('is a problem of the whole request: %s %j', async (body, query) => {
    const { status, json, sent } = await send(body, {}, { query })
    expect([status, json.type, sent]).toEqual([400, 'urn:actioniq-braze-bridge:problem:op-unclear', []])
  })

  test.each<[body: string, query: Record<string, string>, settings?: object]>([
    ['[{"external_id":"a","x":1}]', { operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', op: 'leave', operation: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', source: 'remove' }],
    ['[{"external_id":"a"}]', { audience_id: '7', operation: 'remove' }, { presenceEnters: true }],
    ['{"audience_id":"7","type":"audience","records":[{"external_id":"a"}]}', {}],
    ['{"op":"enter","audience_id":"7","operation":"add","records":[{"external_id":"a"}]}', {}],
  ])('or is not one: %s %j', async (body, query, settings) => {
    expect(await send(body, settings, { query })).toMatchObject({ status: 200 })
  })
})
