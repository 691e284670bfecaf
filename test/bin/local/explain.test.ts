import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAnnounced } from '../../../bin/local/announce.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'

let bridge: RunningBridge
beforeAll(async () => {
  bridge = await startBridge({
    connections: Connections.parse({ shop: { columns: { LTV: { type: 'number' } } } }),
  })
})
afterAll(() => discard(bridge))

const explain = async (
  query: string,
  body: string | Buffer<ArrayBuffer>,
  contentType = 'text/csv',
  token = readAnnounced(bridge.stateDir)?.control.token,
) => {
  const response = await fetch(new URL(`/api/explain?${query}`, bridge.windowUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': contentType },
    body,
  })
  const text = await response.text()
  return { status: response.status, text, json: JSON.parse(text) }
}

const AS_DEFAULT = 'endpoint=activations&connection=default'
const AS_SHOP = 'endpoint=activations&connection=shop'
const NUMBERS = 'external_id,LTV,Score\nfixture-p1,12.5,7.5\nfixture-p2,13.5,8.5\n'
const NOTHING_WRONG = { rejectedRows: [], warnings: [], wouldPark: 0, wouldWithhold: 0 }
/** API Gateway passes on texts as UTF-8, which destroys UTF-16. */
const UTF_16 = Buffer.from('\ufeffexternal_id,tier\nfixture-p1,gold\n', 'utf16le')

test.each([
  [
    'a good file',
    AS_DEFAULT,
    'external_id,tier\nfixture-p1,gold\nfixture-p2,gold\n',
    {
      usable: true,
      result: { ...NOTHING_WRONG, rows: 2, rejected: 0, body: { contentType: 'text/csv', bytes: 49 } },
      checkThese: { mistakes: [] },
    },
  ],
  [
    'rejected rows',
    AS_DEFAULT,
    'external_id,audience_id,op\nfixture-p1,1042,enter\nfixture-p2,1042,jion\nfixture-p3,1042,jion\n',
    {
      usable: false,
      result: {
        rows: 3,
        rejected: 2,
        rejectedRows: [
          {
            code: 'OP_UNKNOWN',
            column: 'op',
            rows: 2,
            firstRows: [1, 2],
            firstLines: [3, 4],
            reason: 'The bridge does not know this operation.',
            hint: expect.stringContaining('Use add, join, enter'),
          },
        ],
      },
    },
  ],
  [
    'one mistake in two columns, with the setting for both',
    AS_DEFAULT,
    NUMBERS,
    {
      usable: true,
      result: { rejectedRows: [], warnings: [{ column: 'LTV' }, { column: 'Score' }] },
      checkThese: {
        mistakes: [
          {
            code: 'NUMBERS_AS_TEXT',
            subject: 'in LTV (2 rows), Score (2 rows)',
            message: expect.stringContaining('Every value is a number'),
            setting: '"columns": {"LTV": {"type": "number"}, "Score": {"type": "number"}}',
          },
        ],
      },
    },
  ],
  [
    'the same by the settings of another connection',
    AS_SHOP,
    NUMBERS,
    { result: { connection: 'shop', warnings: [{ column: 'Score' }] } },
  ],
  [
    'two mistakes, with all settings together',
    AS_SHOP,
    'external_id,Score,tier\nfixture-p1,7.5,gold\nfixture-p2,8.5,NULL\n',
    {
      checkThese: {
        mistakes: [{ code: 'NUMBERS_AS_TEXT' }, { code: 'EMPTY_WORDS' }],
        allSettings: '"columns": {"Score": {"type": "number"}}, "emptyWords": ["NULL"]',
      },
    },
  ],
  [
    'a problem of the whole body',
    AS_DEFAULT,
    'name,tier\nfixture-name,gold\n',
    {
      usable: false,
      result: {
        problem: {
          code: 'format-unclear',
          status: 400,
          reason: 'The format of the body is not clear',
          hint: expect.stringContaining('nor a CSV with a column for the person'),
        },
      },
    },
  ],
  [
    'an empty file',
    AS_DEFAULT,
    '',
    { usable: false, checkThese: { mistakes: [{ code: 'NO_ROWS', subject: '' }] } },
  ],
])('%s', async (_, query, body, expected) => {
  const { status, json, text } = await explain(query, body)
  expect({ status, json }).toMatchObject({ status: 200, json: expected })
  expect(text).not.toMatch(/fixture-|gold|7\.5/)
})

test('the content type decides how the bytes reach the receiver, as it does for a request', async () => {
  const asText = await explain(AS_DEFAULT, UTF_16)
  expect(asText.json).toMatchObject({ usable: false, result: { problem: { status: 400 } } })
  const asBytes = await explain(AS_DEFAULT, UTF_16, 'application/octet-stream')
  expect(asBytes.json).toMatchObject({ usable: true, result: { rows: 1 } })
})

test('nothing is sent', async () => {
  await explain(AS_DEFAULT, 'external_id,tier\nfixture-p9,gold\n')
  expect(bridge.queues.waiting()).toEqual({ profiles: 0, events: 0 })
  expect(bridge.queues.deadLetters()).toEqual([])
  expect(bridge.simulator.profile({ external_id: 'fixture-p9' })).toBeUndefined()
})

test.each([
  ['an unknown endpoint', 'endpoint=nowhere&connection=default'],
  ['no endpoint', 'connection=default'],
  ['an unknown connection', 'endpoint=activations&connection=nobody'],
  ['a connection that only the prototype of objects has', 'endpoint=activations&connection=toString'],
])('%s is a bad request', async (_, query) => {
  expect((await explain(query, NUMBERS)).status).toBe(400)
})

test('another token is unauthenticated', async () => {
  expect((await explain(AS_DEFAULT, NUMBERS, 'text/csv', 'fixture-not-the-token')).status).toBe(401)
})

test('more than 10 MiB is too large', async () => {
  const { status, json } = await explain(AS_DEFAULT, Buffer.alloc(10 * 1024 * 1024 + 1))
  expect({ status, json }).toEqual({ status: 413, json: { message: 'Send a body of at most 10 MiB.' } })
})
