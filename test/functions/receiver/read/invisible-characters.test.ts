import { describe, expect, test } from 'vitest'
import { outcome, send } from './send.ts'

describe('invisible characters around an id', () => {
  const around = [
    'u-1   ',
    '\ufeffu-1',
    'u-1\u200b',
    '\u00a0u-1\u00a0',
    '\tu-1',
    'u-1\u0000',
    '\u200eu-1',
    'u-1\u2060',
    'u-1\u3000',
    '\r\nu-1',
    'u-1\u00ad',
  ]
  test.each(around)('%j is u-1', async (id) => {
    const person = await send(
      JSON.stringify({ external_id: id, audience_id: id, split_id: id, run_id: id, op: 'enter' }),
    )
    expect(person.profiles).toEqual([
      {
        type: 'profile',
        external_id: 'u-1',
        memberships: [{ audience_id: 'u-1', split_id: 'u-1', member: true }],
        run_id: 'u-1',
      },
    ])
    const event = await send(
      JSON.stringify({ external_id: 'u-2', event_name: id, event_id: id, time: '2026-01-05' }),
    )
    expect(event.events).toMatchObject([{ name: 'u-1', event_id: 'u-1' }])
    const track = await send(
      JSON.stringify({
        attributes: [{ external_id: id, a: 1 }],
        events: [{ user_alias: { alias_name: id, alias_label: id }, name: id, time: '2026-01-05T10:00:00Z' }],
      }),
      {},
      { path: '/users/track', headers: { authorization: 'Bearer fixture-token-5f3a90b1' } },
    )
    expect([track.profiles, track.events]).toMatchObject([
      [{ external_id: 'u-1' }],
      [{ user_alias: { alias_name: 'u-1', alias_label: 'u-1' }, name: 'u-1' }],
    ])
  })

  test.each([
    'external_id\u200b',
    '\ufeffexternal_id',
    'external\u00ad_id',
    'EXTERNAL ID\u00a0',
    '\u200eexternal_id',
  ])('a header with one is read: %j', async (header) => {
    expect(await outcome(`tier,${header}\ngold,u-1\n`)).toMatchObject({ people: ['u-1'] })
    expect(await outcome(JSON.stringify([{ [header]: 'u-1', a: 1 }]))).toMatchObject({ people: ['u-1'] })
  })

  test('an attribute has no second spelling', async () => {
    const { profiles } = await send('{"external_id":"u-1","tier\u200b":"gold"}')
    expect(profiles).toMatchObject([{ attributes: { tier: 'gold' } }])
    expect(await outcome('{"external_id":"u-1","tier\u200b":"gold","tier":"silver"}')).toMatchObject({
      errors: [['COLUMNS_CONFLICT', undefined]],
    })
  })
})
