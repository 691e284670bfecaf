import { expect, test } from 'vitest'
import { messageBody, openDesk, rowsBody } from './desk.ts'

/** A letter of which some goes back and some stays is replaced by letters that go or stay as a whole. */

const profile = (attributes: object, external_id = 'fixture-u1') => ({
  type: 'profile',
  external_id,
  attributes,
})

const parsed = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body))

test('rows that still can’t be read stay with the reason they have today, exactly as they came', async () => {
  const desk = openDesk()
  desk.park(
    'profiles',
    rowsBody(
      'AUDIENCE_ID_INVALID',
      ['{"user_id":"fixture-u1","n":12345678901234567891}', '{"user_id":"fixture-u2","tier":"a"}'],
      { from: 4 },
    ),
  )
  expect((await desk.redrive()).complete).toBe(true)
  expect(desk.recordsIn('profiles')).toEqual([profile({ tier: 'a' }, 'fixture-u2')])
  const [body = '', ...others] = desk.letters('profiles')
  expect(others).toEqual([])
  expect(body.startsWith('{"failure": {\n  "reason": "The number is too large to be kept exactly.",\n')).toBe(
    true,
  )
  expect(body).toContain('"receivedAt":"2026-11-20T11:00:00.000Z"')
  expect(body).toContain(
    '"rows":[{"index":4,"field":"n","row":{"user_id":"fixture-u1","n":12345678901234567891}}]',
  )
  expect(desk.done).toEqual([
    'send to profiles-dlq',
    'send to profiles-dlq',
    'delete profiles-dlq-1',
    'send to profiles',
    'delete profiles-dlq-2',
  ])
})

test('rows of which only the identifiers were kept stay with the reason and the size they had', async () => {
  const desk = openDesk()
  const body = rowsBody('OP_UNKNOWN', ['{"external_id":"fixture-u1"}', '{"user_id":"fixture-u2","tier":"a"}'])
  desk.park('profiles', body.replace('"index":0,', '"index":0,"omittedBytes":200001,'))
  await desk.redrive()
  expect(desk.recordsIn('profiles')).toEqual([profile({ tier: 'a' }, 'fixture-u2')])
  expect(parsed(desk.letters('profiles'))).toMatchObject([
    {
      failure: { code: 'OP_UNKNOWN' },
      rows: [{ index: 0, omittedBytes: 200_001, row: { external_id: 'fixture-u1' } }],
    },
  ])
})

test('of a whole message each record goes its way', async () => {
  const desk = openDesk()
  const records = [profile({ n: { inc: 1 } }), profile({ tier: 'a', city: 'x' })]
  desk.park('profiles', messageBody('WORKER_DIED', records, { id: 'm-1' }), 'm-1')
  const later = { id: 'm-2', receivedAt: '2026-11-20T11:30:00.000Z' }
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], later))
  await desk.redrive()
  expect(desk.recordsIn('profiles')).toEqual([profile({ city: 'x' }), profile({ tier: 'b' })])
  expect(parsed(desk.letters('profiles'))).toMatchObject([
    { failure: { code: 'WORKER_DIED' }, id: 'm-1', records: [profile({ n: { inc: 1 } })] },
    { failure: { code: 'WORKER_DIED' }, overtaken: true, id: 'm-1', records: [profile({ tier: 'a' })] },
  ])
})

test('of a row what is overtaken stays as a record', async () => {
  const desk = openDesk()
  desk.park('profiles', rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1","tier":"a","city":"x"}']))
  const later = { id: 'm-2', receivedAt: '2026-11-20T11:30:00.000Z' }
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], later))
  await desk.redrive()
  expect(desk.recordsIn('profiles')).toEqual([profile({ city: 'x' }), profile({ tier: 'b' })])
  expect(parsed(desk.letters('profiles'))).toMatchObject([
    { failure: { code: 'OP_UNKNOWN' }, overtaken: true, records: [profile({ tier: 'a' })] },
  ])
})

test('what was overtaken by a letter that went back is not put back by the next run, nor by one without filters', async () => {
  const desk = openDesk()
  const [first, second] = [10, 11].map((hour) => ({
    id: `m-${hour}`,
    receivedAt: `2026-11-20T${hour}:00:00.000Z`,
  }))
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })], first))
  desk.park('profiles', messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], second))
  await desk.redrive({ codes: ['REJECTED_BY_BRAZE'] })
  desk.wait(1_000)
  const { plan } = await desk.redrive()
  expect(plan.map(({ parts }) => parts.map(({ verdict }) => verdict))).toEqual([
    [{ kind: 'stays', reason: 'overtaken' }],
  ])
  expect(desk.recordsIn('profiles')).toEqual([profile({ tier: 'b' })])
  desk.wait(1_000)
  await desk.redrive({ includeStale: true })
  expect([desk.recordsIn('profiles'), desk.letters('profiles')]).toEqual([
    [profile({ tier: 'b' }), profile({ tier: 'a' })],
    [],
  ])
})

test('where nothing goes back nothing is taken apart', async () => {
  const desk = openDesk()
  const [first, second] = [10, 11].map((hour) => ({
    id: `m-${hour}`,
    receivedAt: `2026-11-20T${hour}:00:00.000Z`,
  }))
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })], first))
  desk.park('profiles', messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], second))
  await desk.redrive({ maxAgeMs: 0 })
  expect(desk.done).toEqual([])
})

test('of a letter that was named all goes back that can, and of the others nothing', async () => {
  const desk = openDesk()
  const [first, second] = [10, 11].map((hour) => ({
    id: `m-${hour}`,
    receivedAt: `2026-11-20T${hour}:00:00.000Z`,
  }))
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a', city: 'x' })], first))
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], second))
  const { complete } = await desk.redrive({ letters: ['profiles-dlq-1'] })
  expect([complete, desk.recordsIn('profiles')]).toEqual([true, [profile({ city: 'x' })]])
  expect(parsed(desk.letters('profiles'))).toMatchObject([
    { id: 'm-11', records: [profile({ tier: 'b' })] },
    { id: 'm-10', overtaken: true, records: [profile({ tier: 'a' })] },
  ])
})
