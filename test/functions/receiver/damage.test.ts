import { expect, test } from 'vitest'
import { Connections } from '../../../functions/shared/connection.ts'
import { ask } from './ask.ts'
import { SETTINGS } from './settings-fixture.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const asText = (body: Buffer) => ({ body: Buffer.from(body.toString('utf8')), text: body.toString('utf8') })

/** Each body has three rows, of which only the second has a damaged character. */
const around = (row: string) => latin1(`[{"external_id":"a","t":1},${row},{"external_id":"c","t":1}]`)

test.each<[where: string, body: Buffer, field: string, path?: string]>([
  ['an id', around('{"external_id":"K\xf6ln","t":1}'), 'external_id'],
  ['an attribute', around('{"external_id":"b","city":"K\xf6ln"}'), 'city'],
  [
    'an attribute as bytes of UTF-8',
    Buffer.from(around('{"external_id":"b","city":"K#ln"}').toString().replace('#', '\ufffd')),
    'city',
  ],
  ['an attribute in an escape', around('{"external_id":"b","city":"K\\ufffdln"}'), 'city'],
  ['an attribute in an escape in capitals', around('{"external_id":"b","city":"K\\uFFFDln"}'), 'city'],
  ['a name', around('{"external_id":"b","gr\xf6\xdfe":1}'), 'gr\ufffd\ufffde'],
  ['a nested value', around('{"external_id":"b","address":{"city":["K\xf6ln"]}}'), 'address'],
  ['a nested name', around('{"external_id":"b","address":{"stra\xdfe":"x"}}'), 'address'],
  [
    'a property',
    around('{"external_id":"b","event_name":"e","time":"2026-01-05","properties":{"shop":"K\xf6ln"}}'),
    'properties',
  ],
  [
    'the name of an event',
    around('{"external_id":"b","event_name":"caf\xe9","time":"2026-01-05"}'),
    'event_name',
  ],
  ['an audience', around('{"external_id":"b","audience_id":"\xe9"}'), 'audience_id'],
  ['a table in Latin-1', latin1('external_id,city\na,x\nb,K\xf6ln\nc,z\n'), 'city'],
  ['a table in Windows-1252', latin1('external_id;city\r\na;x\r\nb;\x80 12\r\nc;z\r\n'), 'city'],
  ['a table in GBK, whose second byte is a bar', latin1('external_id|city\na|x\nb|\x81\x7c1\nc|z\n'), ''],
  [
    'lines of JSON',
    latin1('{"external_id":"a","t":1}\n{"external_id":"b","city":"K\xf6ln"}\n{"external_id":"c","t":1}'),
    'city',
  ],
])('damaged text costs its row and no other: %s', async (_, body, field) => {
  for (const sent of [{}, asText(body)]) {
    const { status, json } = await ask(body, sent)
    expect(status).toBe(200)
    expect(json).toMatchObject({ received: 3, accepted: 2, rejected: 1, errors: [{ index: 1 }] })
    if (field !== '') expect(json.errors).toMatchObject([{ code: 'TEXT_DAMAGED', field }])
  }
})

test.each([
  ['a header', 'external_id,gr\xf6\xdfe\na,1\n'],
  ['the header of the person', 'external_id\xe9,a\nb,1\n'],
  ['a body of no format', 'K\xf6ln'],
  ['text that is not JSON', '{"external_id":"K\xf6ln"'],
])('damage outside the rows concerns the whole body: %s', async (_, body) => {
  for (const sent of [{}, asText(latin1(body))]) {
    const { status, json, parked } = await ask(latin1(body), sent)
    expect([status, json.type, parked]).toEqual([400, 'urn:actioniq-braze-bridge:problem:not-utf8', []])
  }
})

test("an object of Braze's own body is checked too", async () => {
  const body = latin1('{"attributes":[{"external_id":"a","city":"K\xf6ln"},{"external_id":"b","t":1}]}')
  const { status, json } = await ask(body, {
    path: '/users/track',
    headers: { authorization: 'Bearer fixture-token-5f3a90b1' },
  })
  expect(status).toBe(201)
  expect(json).toMatchObject({ attributes_processed: 1, errors: [{ input_array: 'attributes', index: 0 }] })
})

test.each([
  ['a form', 'external_id=a&city=K%F6ln', 'city'],
  ['JSON in a form', `payload=${encodeURIComponent('{"external_id":"a","city":"K\\ufffdln"}')}`, 'city'],
])('%s is checked after it is decoded', async (_, body, field) => {
  const { status, json } = await ask(body)
  expect([status, json.errors]).toMatchObject([422, [{ code: 'TEXT_DAMAGED', field }]])
})

test('a cell that holds JSON is checked, and a column that is dropped is not', async () => {
  const columns = { j: { type: 'json' as const }, junk: { drop: true as const } }
  const settings = { ...SETTINGS, connections: Connections.parse({ default: { columns } }) }
  const { json } = await ask(
    'external_id,j,junk\na,"{""x"":""\\ufffd""}",\nb,1,K\ufffdln\n',
    {},
    { settings },
  )
  expect(json).toMatchObject({ accepted: 1, errors: [{ index: 0, code: 'TEXT_DAMAGED', field: 'j' }] })
})

test('whole characters of all kinds are no damage', async () => {
  const { json } = await ask('[{"external_id":"a","city":"Köln 👩‍👩‍👧 \\ud83d\\ude00 李 \\u00e9"}]')
  expect(json).toMatchObject({ accepted: 1, rejected: 0 })
})
