import { describe, expect, test } from 'vitest'
import { send } from './send.ts'

describe('a column without a name', () => {
  test.each(['skip', 'null', 'keep'])(
    'is no column while it is empty, with emptyCells %s',
    async (emptyCells) => {
      for (const body of [
        'external_id,tier,\nu-1,gold,\n',
        'external_id,tier,,\nu-1,gold,,\n',
        ',external_id,tier\n,u-1,gold\n',
        'external_id,\u200b,tier\nu-1, ,gold\n',
        '[{"external_id":"u-1","tier":"gold","":""}]',
        '[{"external_id":"u-1","tier":"gold","":null}]',
        '{"external_id":"u-1","tier":"gold"," ":"\u00a0"}',
      ]) {
        const { profiles } = await send(body, { emptyCells })
        expect(profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes: { tier: 'gold' } }])
      }
    },
  )

  test.each([
    ',external_id,tier\n0,u-1,gold\n',
    'external_id,tier,\nu-1,gold,x\n',
    'external_id,"",tier\nu-1,0,gold\n',
    'external_id;tier; \nu-1;gold;1\n',
    'external_id\t\u200b\ttier\nu-1\t1\tgold\n',
    ',external_id,event_name\n0,u-1,e\n',
    'external_id|tier||\nu-1|gold|1|\n',
    ' ;external_id\n1;u-1\n',
    'external_id,tier,\nu-1,gold,\nu-2,gold,x\n',
    'external_id,tier,,\nu-1,gold,,2\n',
  ])('with a value is a problem of the whole table: %j', async (body) => {
    const { status, json, sent } = await send(body)
    expect([status, json.type, sent]).toEqual([400, 'urn:actioniq-braze-bridge:problem:column-unnamed', []])
  })

  test.each([
    '{"external_id":"u-2","":1}',
    '{"external_id":"u-2"," ":false}',
    '{"external_id":"u-2","\ufeff":[]}',
  ])('with a value costs only its row in JSON: %s', async (row) => {
    for (const body of [`[{"external_id":"u-1","a":1},${row}]`, `{"external_id":"u-1","a":1}\n${row}`]) {
      const { json, profiles } = await send(body)
      expect(json.errors).toMatchObject([{ index: 1, code: 'COLUMN_UNNAMED' }])
      expect(profiles).toMatchObject([{ external_id: 'u-1' }])
    }
  })

  test('can be dropped or named by a setting', async () => {
    const body = ',external_id,tier\n0,u-1,gold\n'
    const dropped = await send(body, { columns: { '': { drop: true } } })
    expect(dropped.profiles).toMatchObject([{ external_id: 'u-1', attributes: { tier: 'gold' } }])
    const named = await send(body, { columns: { '': { rename: 'row_number', type: 'int' } } })
    expect(named.profiles).toMatchObject([{ attributes: { row_number: 0, tier: 'gold' } }])
  })
})
