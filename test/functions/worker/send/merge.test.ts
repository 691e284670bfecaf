import { describe, expect, test } from 'vitest'
import type { PendingRecord } from '../../../../functions/worker/map/map.ts'
import type { BrazeObject } from '../../../../functions/worker/map/mapped.ts'
import { merge } from '../../../../functions/worker/send/batch.ts'

const pendingRecord = (object: BrazeObject, index = 0, user = 'fixture-a'): PendingRecord => ({
  messageId: 'm1',
  index,
  mapped: { array: 'attributes', user, safe: true, object },
})
const written = (...sources: PendingRecord[]) => merge(sources).map(({ json }) => json)

describe('merged records', () => {
  test('of one user are one object, each field where it stood first and with its last value', () => {
    expect(
      written(
        pendingRecord({ external_id: 'a', tier: 'gold', age: 1 }),
        pendingRecord({ external_id: 'b' }, 1, 'fixture-b'),
        pendingRecord({ external_id: 'a', city: 'Bonn', tier: null }, 2),
      ),
    ).toEqual(['{"external_id":"a","tier":null,"age":1,"city":"Bonn"}', '{"external_id":"b"}'])
  })

  test('keep a field named __proto__ as data', () => {
    const named = (json: string) => pendingRecord(JSON.parse(json))
    expect(written(named('{"__proto__":1,"a":1}'), named('{"b":1}'), named('{"__proto__":{"a":2}}'))).toEqual(
      ['{"__proto__":{"a":2},"a":1,"b":1}'],
    )
  })

  test('leave what they were made of as it was', () => {
    const first = pendingRecord({ tier: 'gold' })
    merge([first, pendingRecord({ tier: 'none', city: 'Bonn' }, 1)])
    expect(first.mapped.object).toEqual({ tier: 'gold' })
  })

  test('of a whole batch that all write other attributes are joined long before the invocation’s time is up', () => {
    const records = Array.from({ length: 5_000 }, (_, n) =>
      pendingRecord({ external_id: 'a', [`a${n}`]: n, [`b${n}`]: n, [`c${n}`]: n, [`d${n}`]: n }, n),
    )
    expect(Object.keys(JSON.parse(written(...records)[0] ?? ''))).toHaveLength(20_001)
  }, 10_000)
})
