import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import { createWorkerHarness, onlook, profiles, workOnce } from '../harness.ts'

/** One bad field never costs a person the other values of the row, least of all a membership. */

const membership = { audience_id: '7', split_id: '1', member: true }
const member = (attributes: object, external_id = 'fixture-u1') => ({
  external_id,
  run_id: '889',
  memberships: [membership],
  attributes,
})
const lettersOf = (harness: ReturnType<typeof createWorkerHarness>) =>
  harness.deadLetters.map(({ body }) => JSON.parse(body))

test.each([
  ['a standard field in a wrong form', { dob: '31/12/1980' }],
  ['an attribute that is too long', { note: 'x'.repeat(256) }],
  ['a nested value that Braze would drop', { address: { city: null } }],
  ['an attribute under the name of an identifier', { braze_id: 'fixture' }],
  ['a text under the name of a flag', { AIQ_8_1: 'yes' }],
])('%s is dead-lettered alone, and the rest is delivered', async (_, bad) => {
  const {
    harness,
    back,
    codes,
    profiles: written,
  } = await workOnce([], [profiles('m1', [member({ ...bad, first: 1 })])])
  expect([back, written]).toEqual([[], { 'fixture-u1': { AIQ_7_1: true, first: 1 } }])
  expect(codes).toHaveLength(1)
  const [{ failure, records }] = lettersOf(harness)
  expect(records).toEqual([{ type: 'profile', external_id: 'fixture-u1', run_id: '889', attributes: bad }])
  expect(failure.reason).toContain(`'${Object.keys(bad)[0]}'`)
  expect(failure.reason).toContain('The rest of the record was delivered.')
})

test('a record that was delivered without a field counts as delivered, and its dead letter by its code', async () => {
  const { harness } = await workOnce([], [profiles('m1', [member({ dob: 'x' })])])
  const { fields } = harness.logged.find(({ message }) => message === 'worked') ?? {}
  const codes = { ATTRIBUTE_REFUSED: 1 }
  expect(fields).toMatchObject({ delivered: 1, parked: 0, finished: [{ delivered: 1, parked: 0, codes }] })
  expect(harness.counted).toContainEqual(['Parked', 1, { code: 'ATTRIBUTE_REFUSED' }])
})

test('several bad fields of a record are one dead letter that says what is wrong with each', async () => {
  const { harness } = await workOnce([], [profiles('m1', [member({ dob: 'x', gender: 'y' })])])
  const [{ failure, records }] = lettersOf(harness)
  expect(records[0].attributes).toEqual({ dob: 'x', gender: 'y' })
  expect(failure.reason).toMatch(/'dob'.*'gender'/)
})

test('a record of which nothing is left is dead-lettered whole', async () => {
  const { harness, profiles: written } = await workOnce(
    [],
    [profiles('m1', [{ external_id: 'fixture-u1', attributes: { dob: 'x', _update_existing_only: true } }])],
  )
  const [{ failure, records }] = lettersOf(harness)
  expect(written).toEqual({})
  expect(records[0].attributes).toEqual({ dob: 'x', _update_existing_only: true })
  expect(failure.reason).not.toContain('The rest')
})

test('the dead letter of a field keeps how Braze must handle its object', async () => {
  const directives = { _update_existing_only: true, _merge_objects: true }
  const { harness } = await workOnce([], [profiles('m1', [member({ ...directives, dob: 'x', tier: 1 })])])
  expect(lettersOf(harness)[0].records[0].attributes).toEqual({ ...directives, dob: 'x' })
})

test('the dead letter of a field does not take the place of one of the whole record', async () => {
  const { harness } = await workOnce([], [profiles('m1', [member({ dob: 'x' })])])
  expect(harness.deadLetters[0]?.dedupId).toBe('m1-0-fields')
})

describe('a standard field that only Braze rejects is dead-lettered alone', () => {
  const rejects = (field: string, type: string): ScriptStep => ({
    do: 'reject',
    rejected: ['external_id:fixture-u1'],
    rejects: (object: unknown) => JSON.stringify(object).includes(`"${field}"`),
    type,
    times: 'always',
  })

  test.each([
    ['by its name', 'phone', "The value provided for the 'phone' field is not valid."],
    ['by a code', 'email', 'EMAIL_BAD_FORMAT'],
    ['by the code of a subscription', 'email_subscribe', 'BAD_EMAIL_SUBSCRIPTION_STATE'],
  ])('if Braze names it %s', async (_, field, type) => {
    const values = { email: 'a@example.com', email_subscribe: 'opted_in', phone: '+15550100', first: 1 }
    const {
      harness,
      back,
      codes,
      profiles: written,
    } = await workOnce([rejects(field, type)], [profiles('m1', [member(values)])])
    expect([back, codes]).toEqual([[], ['REJECTED_BY_BRAZE']])
    expect(written).toEqual({ 'fixture-u1': { AIQ_7_1: true, first: 1 } })
    const [{ failure, records }] = lettersOf(harness)
    expect(Object.keys(records[0].attributes)).toEqual([field])
    expect(failure.reason).toContain(type)
  })

  test('together with the other standard fields if Braze names none', async () => {
    const { harness, profiles: written } = await workOnce(
      [rejects('phone', 'fixture words')],
      [profiles('m1', [member({ phone: '+15550100', first_name: 'A', first: 1 })])],
    )
    expect(written).toEqual({ 'fixture-u1': { AIQ_7_1: true, first: 1 } })
    expect(lettersOf(harness)[0].records[0].attributes).toEqual({ phone: '+15550100', first_name: 'A' })
  })

  test('one after the other if Braze names one at a time', async () => {
    const reject = (field: string, without: string): ScriptStep => ({
      do: 'reject',
      rejected: ['external_id:fixture-u1'],
      matches: (body) =>
        JSON.stringify(body).includes(`"${field}"`) && !JSON.stringify(body).includes(without),
      type: `'${field}' is not valid`,
      times: 'always',
    })
    const { harness, profiles: written } = await workOnce(
      [reject('email', '"none"'), reject('phone', '"email"'), reject('tier', '"phone"')],
      [profiles('m1', [member({ email: 'a@example.com', phone: '+15550100', tier: 1, first: 1 })])],
    )
    expect(written).toEqual({ 'fixture-u1': { AIQ_7_1: true, first: 1 } })
    expect(Object.keys(lettersOf(harness)[0].records[0].attributes)).toEqual(['email', 'phone', 'tier'])
  })

  test('also if Braze fails on the record because of it', async () => {
    const {
      harness,
      back,
      profiles: written,
    } = await workOnce(
      [
        {
          do: 'answer',
          status: 500,
          matches: (body) => JSON.stringify(body).includes('"email"'),
          times: 'always',
        },
      ],
      [profiles('m1', [member({ email: 'a@example.com' })], { receives: 5 })],
    )
    expect([back, written]).toEqual([[], { 'fixture-u1': { AIQ_7_1: true } }])
    expect(onlook(harness).codes).toEqual(['BRAZE_FAILS_ON_IT'])
    expect(Object.keys(lettersOf(harness)[0].records[0].attributes)).toEqual(['email'])
  })

  test('and the record whole if Braze rejects it without them, too', async () => {
    const { harness, profiles: written } = await workOnce(
      [rejects('AIQ_7_1', 'fixture words')],
      [profiles('m1', [member({ phone: '+15550100' })])],
    )
    expect(written).toEqual({})
    expect(lettersOf(harness)[0].records).toEqual([{ type: 'profile', ...member({ phone: '+15550100' }) }])
  })

  test('in one of several rows of a person, whose other values arrive in their order', async () => {
    const rows = [{ a: 1, email: 'x@example.com' }, { a: 2, phone: '+15550100' }, { b: 3 }]
    const { harness, profiles: written } = await workOnce(
      [rejects('phone', "'phone' is not valid")],
      [
        profiles(
          'm1',
          rows.map((row) => member(row)),
        ),
      ],
    )
    expect(written).toEqual({ 'fixture-u1': { AIQ_7_1: true, a: 2, b: 3 } })
    expect(harness.braze.profile({ external_id: 'fixture-u1' })?.standard).toEqual({ email: 'x@example.com' })
    expect(lettersOf(harness).map(({ records }) => records[0].attributes)).toEqual([{ phone: '+15550100' }])
  })
})

test('a newer value is written again after an older one, also if a field of its record was withheld', async () => {
  const harness = createWorkerHarness()
  const old = { external_id: 'fixture-u1', attributes: { tier: 'old' } }
  const messages = [
    profiles('m1', [old, { external_id: 'fixture-u2', attributes: { $bad: 1 } }]),
    profiles('m2', [{ external_id: 'fixture-u1', attributes: { tier: 'new', dob: 'x' } }]),
  ]
  harness.rejectsDeadLetters = () => true
  expect(await harness.work(messages)).toEqual(['m1', 'm2'])
  // Another execution environment writes the old value again.
  harness.bodies.length = 0
  harness.rejectsDeadLetters = () => false
  const [, newer] = messages
  expect(await harness.work(newer ? [newer] : [])).toEqual([])
  expect(harness.bodies).toEqual([{ attributes: [{ external_id: 'fixture-u1', tier: 'new' }] }])
  expect(onlook(harness).codes).toEqual(['ATTRIBUTE_REFUSED'])
})
