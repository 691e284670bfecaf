import { expect, test } from 'vitest'
import { acceptedAt, createRedriveHarness, messageBody, profile, rowsBody } from './harness.ts'

/** A dead letter that is redriven in part is first replaced by dead letters that are redriven or stay as a whole. */

const parsed = (bodies: readonly string[]) => bodies.map((body) => JSON.parse(body))

test('rows that still cannot be read stay with their current reason, exactly as they came', async () => {
  const harness = createRedriveHarness()
  harness.park(
    'profiles',
    rowsBody(
      'AUDIENCE_ID_INVALID',
      ['{"user_id":"fixture-u1","n":12345678901234567891}', '{"user_id":"fixture-u2","tier":"a"}'],
      { from: 4 },
    ),
  )
  expect((await harness.redrive()).complete).toBe(true)
  expect(harness.recordsIn('profiles')).toEqual([profile({ tier: 'a' }, 'fixture-u2')])
  const [body = '', ...others] = harness.deadLetters('profiles')
  expect(others).toEqual([])
  expect(body.startsWith('{"failure": {\n  "reason": "The number is too large to be kept exactly.",\n')).toBe(
    true,
  )
  expect(body).toContain('"receivedAt":"2026-11-20T11:00:00.000Z"')
  expect(body).toContain(
    '"rows":[{"index":4,"field":"n","row":{"user_id":"fixture-u1","n":12345678901234567891}}]',
  )
  expect(harness.calls).toEqual([
    'send to profiles-dlq',
    'send to profiles-dlq',
    'delete profiles-dlq-1',
    'send to profiles',
    'delete profiles-dlq-2',
  ])
})

test('rows of which only the identifiers were kept stay with their reason and size', async () => {
  const harness = createRedriveHarness()
  const body = rowsBody('OP_UNKNOWN', ['{"external_id":"fixture-u1"}', '{"user_id":"fixture-u2","tier":"a"}'])
  harness.park('profiles', body.replace('"index":0,', '"index":0,"omittedBytes":200001,'))
  await harness.redrive()
  expect(harness.recordsIn('profiles')).toEqual([profile({ tier: 'a' }, 'fixture-u2')])
  expect(parsed(harness.deadLetters('profiles'))).toMatchObject([
    {
      failure: { code: 'OP_UNKNOWN' },
      rows: [{ index: 0, omittedBytes: 200_001, row: { external_id: 'fixture-u1' } }],
    },
  ])
})

test('each record of a whole message is decided on its own', async () => {
  const harness = createRedriveHarness()
  const records = [profile({ n: { inc: 1 } }), profile({ tier: 'a', city: 'x' })]
  harness.park('profiles', messageBody('WORKER_DIED', records, { id: 'm-1' }), 'm-1')
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], acceptedAt(12)))
  await harness.redrive()
  expect(harness.recordsIn('profiles')).toEqual([profile({ city: 'x' }), profile({ tier: 'b' })])
  expect(parsed(harness.deadLetters('profiles'))).toMatchObject([
    { failure: { code: 'WORKER_DIED' }, id: 'm-1', records: [profile({ n: { inc: 1 } })] },
    { failure: { code: 'WORKER_DIED' }, overtaken: true, id: 'm-1', records: [profile({ tier: 'a' })] },
  ])
})

test('the overtaken part of a row stays as a record', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1","tier":"a","city":"x"}']))
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], acceptedAt(12)))
  await harness.redrive()
  expect(harness.recordsIn('profiles')).toEqual([profile({ city: 'x' }), profile({ tier: 'b' })])
  expect(parsed(harness.deadLetters('profiles'))).toMatchObject([
    { failure: { code: 'OP_UNKNOWN' }, overtaken: true, records: [profile({ tier: 'a' })] },
  ])
})

test('a record that a redriven dead letter has overtaken is not redriven by later runs', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })], acceptedAt(10)))
  harness.park('profiles', messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], acceptedAt(11)))
  await harness.redrive({ codes: ['REJECTED_BY_BRAZE'] })
  const { plan } = await harness.redrive()
  expect(plan.map(({ parts }) => parts.map(({ decision }) => decision))).toEqual([
    [{ kind: 'stays', reason: 'overtaken' }],
  ])
  expect(harness.recordsIn('profiles')).toEqual([profile({ tier: 'b' })])
  await harness.redrive({ includeStale: true })
  expect([harness.recordsIn('profiles'), harness.deadLetters('profiles')]).toEqual([
    [profile({ tier: 'b' }), profile({ tier: 'a' })],
    [],
  ])
})

test('nothing is split where nothing is redriven', async () => {
  const harness = createRedriveHarness()
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })], acceptedAt(10)))
  harness.park('profiles', messageBody('REJECTED_BY_BRAZE', [profile({ tier: 'b' })], acceptedAt(11)))
  await harness.redrive({ maxAgeMs: 0 })
  expect(harness.calls).toEqual([])
})

test('all that can be redriven of the named dead letter is, and nothing of the others', async () => {
  const harness = createRedriveHarness()
  harness.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a', city: 'x' })], acceptedAt(10)),
  )
  harness.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], acceptedAt(11)))
  const { complete } = await harness.redrive({ deadLetterIds: ['profiles-dlq-1'] })
  expect([complete, harness.recordsIn('profiles')]).toEqual([true, [profile({ city: 'x' })]])
  expect(parsed(harness.deadLetters('profiles'))).toMatchObject([
    { id: 'm-11', records: [profile({ tier: 'b' })] },
    { id: 'm-10', overtaken: true, records: [profile({ tier: 'a' })] },
  ])
})
