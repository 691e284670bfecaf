import { describe, expect, test } from 'vitest'
import { send } from './send.ts'

describe('an empty cell of a typed column is never a text', () => {
  const types = ['int', 'number', 'bool', 'date', 'date_ms', 'json'] as const
  const settingsOf = (type: string, emptyCells?: string) => ({
    columns: { LTV: { type } },
    ...(emptyCells && { emptyCells }),
  })
  const bodies = ['', ' ', '\t', '\u00a0', '\u200b'].flatMap((cell) => [
    JSON.stringify([{ external_id: 'u-1', a: '1', LTV: cell }]),
    `external_id,a,LTV\nu-1,1,"${cell}"\n`,
    `external_id=u-1&a=1&LTV=${encodeURIComponent(cell)}`,
  ])
  test.each(types)('%s', async (type) => {
    for (const emptyCells of [undefined, 'skip', 'keep', 'null'])
      for (const body of bodies) {
        const { profiles } = await send(body, settingsOf(type, emptyCells))
        const attributes = emptyCells === 'null' ? { a: '1', LTV: null } : { a: '1' }
        expect(profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes }])
      }
  })

  test('nor of an event, a membership or a standard field', async () => {
    const columns = { LTV: { type: 'number' }, AIQ_7_0: { type: 'bool' }, FIRST_NAME: { type: 'int' } }
    const event = await send('{"external_id":"u-1","event_name":"e","LTV":""}', { columns })
    expect(event.events).toEqual([{ type: 'event', external_id: 'u-1', name: 'e' }])
    const profile = await send('{"external_id":"u-1","a":1,"AIQ_7_0":"","FIRST_NAME":""}', { columns })
    expect(profile.profiles).toEqual([{ type: 'profile', external_id: 'u-1', attributes: { a: 1 } }])
  })
})
