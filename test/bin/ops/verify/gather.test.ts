import { expect, test } from 'vitest'
import { gather, type VerifySource } from '../../../../bin/ops/verify/gather.ts'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const fileOf = (
  text: string,
  sent: Partial<Extract<VerifySource, { kind: 'file' }>['requestOptions']> = {},
): VerifySource => ({
  kind: 'file',
  read: async function* () {
    yield Buffer.from(text)
  },
  requestOptions: { endpoint: 'records', connection: 'default', contentType: undefined, query: {}, ...sent },
})

async function expected(source: VerifySource, rules: object = {}) {
  const connection = Connections.parse({ default: rules }).default
  const gathered = await gather(source, rowReader(connection), { size: undefined, seed: '' })
  if ('problem' in gathered) return gathered
  const { expectations, parked, ...counts } = gathered
  return {
    ...counts,
    parked: Object.fromEntries(parked),
    persons: expectations.map(({ user, row, wanted }) => ({
      user,
      row,
      wanted: Object.fromEntries(
        [...wanted].map(([name, want]) => [
          name,
          want.kind === 'value' ? [want.row, want.value] : [want.row],
        ]),
      ),
    })),
  }
}

test('the last value counts, with its row; a rejected row and an event are counted', async () => {
  const file = `[
    {"external_id":"fixture-a","audience_id":"1042","split_id":"2","op":"enter","tier":"x","city":"y"},
    {"tier":"x"},
    {"external_id":"fixture-a","event_name":"Seen","time":"2026-01-05T10:00:00Z"},
    {"external_id":"fixture-a","audience_id":"1042","split_id":"2","op":"leave","city":null},
    {"braze_id":"fixture-b","n":9007199254740994}
  ]`
  expect(await expected(fileOf(file))).toEqual({
    rows: 5,
    profileRows: 3,
    eventRows: 1,
    parked: { IDENTIFIER_MISSING: 1 },
    persons: [
      {
        user: { external_id: 'fixture-a' },
        row: 3,
        wanted: { tier: [0, 'x'], city: [3, null], AIQ_1042_2: [3, false] },
      },
      { user: { braze_id: 'fixture-b' }, row: 4, wanted: { n: [4, 9007199254740994] } },
    ],
  })
})

test('what the worker would park is not expected', async () => {
  const file = JSON.stringify([
    { external_id: 'fixture-a', tier: 'x' },
    { external_id: 'fixture-a', tier: 'y'.repeat(256) },
  ])
  expect(await expected(fileOf(file))).toMatchObject({
    parked: { ATTRIBUTE_REFUSED: 1 },
    persons: [{ row: 0, wanted: { tier: [0, 'x'] } }],
  })
})

test('after an addition the value is unknown, until one is set again', async () => {
  const attributes = [
    { external_id: 'fixture-a', n: { inc: 1 }, m: { inc: 1 }, list: { add: ['x'] } },
    { external_id: 'fixture-a', n: 7 },
    { external_id: 'fixture-a', _merge_objects: true, o: { a: 1 }, p: 1 },
    { external_id: 'fixture-a', push_token_import: false, twitter: { id: 1 }, first_name: 'fixture-name' },
  ]
  expect(await expected(fileOf(JSON.stringify({ attributes }), { endpoint: 'users/track' }))).toMatchObject({
    persons: [
      {
        wanted: {
          n: [1, 7],
          m: [0],
          list: [0],
          o: [2],
          p: [2, 1],
          twitter: [3],
          first_name: [3, 'fixture-name'],
        },
      },
    ],
  })
})

test('the settings of the connection and the parameters of the URL apply', async () => {
  const rules = {
    columns: { kunde: { rename: 'external_id' } },
    flagName: 'IN_{audience}_{split}',
    leaveWrites: 'null',
    attributePrefix: 'aud_',
  }
  const source = fileOf('kunde,city\nfixture-a,y\n', { query: { audience_id: '7', op: 'leave' } })
  expect(await expected(source, rules)).toMatchObject({
    persons: [{ user: { external_id: 'fixture-a' }, wanted: { aud_city: [0, 'y'], IN_7_0: [0, null] } }],
  })
})

test('ids: each is in the audience, or not, whatever the connection calls its columns', async () => {
  const ids: VerifySource = {
    kind: 'ids',
    ids: ['fixture-a', 'fixture-b'],
    query: { audience_id: '7', split_id: '1' },
  }
  expect(await expected(ids, { columns: { external_id: { drop: true } } })).toMatchObject({
    persons: [
      { user: { external_id: 'fixture-a' }, wanted: { AIQ_7_1: [0, true] } },
      { user: { external_id: 'fixture-b' }, wanted: { AIQ_7_1: [1, true] } },
    ],
  })
})

test('rows are numbered over the whole of a file that is read in parts', async () => {
  const lines = Array.from({ length: 5_003 }, (_, n) =>
    n === 5_000 ? '{"tier":"x"}' : `{"external_id":"fixture-${n}","n":${n}}`,
  )
  expect(await expected(fileOf(lines.join('\n')))).toMatchObject({
    rows: 5_003,
    parked: { IDENTIFIER_MISSING: 1 },
    persons: expect.arrayContaining([
      { user: { external_id: 'fixture-5001' }, row: 5_001, wanted: { n: [5_001, 5_001] } },
    ]),
  })
})

test('a file that the receiver would refuse is a problem', async () => {
  expect(await expected(fileOf('no rows'))).toEqual({
    problem: expect.stringContaining('From row 0 on: The format of the body is not clear'),
  })
})

test('a file of a connection whose requests are signed was not sent with a parameter in the URL', async () => {
  const hook = { authentication: [{ kind: 'standard-webhooks' }], signedEndpoint: 'records' }
  const source = fileOf('[{"external_id":"fixture-a"}]', { query: { audience_id: '1042' } })
  expect(await expected(source, hook)).toEqual({
    problem: expect.stringContaining('"audience_id" could be changed by others'),
  })
})
