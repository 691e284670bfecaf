import { expect, test } from 'vitest'
import { errorOf, openBraze, sendTrack } from './send.ts'

const BRAZE_ID = 'fixture-braze-id-0001'

test.each([
  ['external_id and braze_id', { external_id: 'u-1', braze_id: BRAZE_ID }],
  ['external_id and user_alias', { external_id: 'u-1', user_alias: { alias_name: 'a', alias_label: 'l' } }],
  ['braze_id and user_alias', { braze_id: BRAZE_ID, user_alias: { alias_name: 'a', alias_label: 'l' } }],
])('%s together are refused', (_, ids) => {
  expect(errorOf('attributes', ids)).toBe(
    "You must specify only one of 'external_id', 'user_alias' or 'braze_id'",
  )
})

test.each([
  ['an empty external_id', { external_id: '' }, 'external_id must be a string that is not empty'],
  ['a fraction as external_id', { external_id: 7.5 }, 'external_id must be a string that is not empty'],
  [
    'null as external_id',
    { external_id: null },
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
  ],
  ['a text as user_alias', { user_alias: 'a' }, 'user_alias must be an object'],
  [
    'half a user_alias',
    { user_alias: { alias_name: 'a' } },
    'user_alias must have an alias_name and an alias_label',
  ],
  ['an unknown braze_id', { braze_id: BRAZE_ID }, 'No user has this braze_id, and a braze_id creates none'],
])('%s is refused', (_, object, error) => {
  expect(errorOf('attributes', object)).toBe(error)
})

test('an external_id of 987 bytes passes, and one of 988 is refused', () => {
  expect(sendTrack(openBraze(), { attributes: [{ external_id: `${'é'.repeat(493)}x` }] }).status).toBe(201)
  expect(errorOf('attributes', { external_id: 'é'.repeat(494) })).toBe(
    "'external_id' must be fewer than 988 bytes",
  )
})

test('an unknown external_id creates a profile, whose braze_id is the same on every run', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ external_id: 'u-7731' }] })
  expect(braze.profile({ external_id: 'u-7731' })).toEqual({
    external_id: 'u-7731',
    braze_id: '7566ab596d7d92c22ea95a47',
    user_aliases: [],
    custom_attributes: {},
    standard: {},
  })
})

test('_update_existing_only creates nothing, and the object counts as processed', () => {
  const braze = openBraze()
  expect(
    sendTrack(braze, { attributes: [{ external_id: 'u-7731', _update_existing_only: true, tier: 1 }] }).body,
  ).toEqual({ message: 'success', attributes_processed: 1 })
  expect(braze.profiles()).toEqual([])
  expect(braze.vanished()).toMatchObject([{ user: 'external_id:u-7731', why: 'unknown user' }])
})

test('a known braze_id reaches its profile', () => {
  const braze = openBraze({ seed: [{ braze_id: BRAZE_ID, external_id: 'u-7731' }] })
  sendTrack(braze, { attributes: [{ braze_id: BRAZE_ID, tier: 'fixture-tier-7731' }] })
  expect(braze.profile({ external_id: 'u-7731' })?.custom_attributes).toEqual({ tier: 'fixture-tier-7731' })
})

test('a number as external_id counts as its digits', () => {
  const braze = openBraze()
  sendTrack(braze, {
    attributes: [
      { external_id: 4711, tier: 1 },
      { external_id: '4711', level: 2 },
    ],
  })
  expect(braze.profiles()).toMatchObject([{ external_id: '4711', custom_attributes: { tier: 1, level: 2 } }])
})

test('an alias creates a profile only with _update_existing_only: false, and then finds it', () => {
  const braze = openBraze()
  const user_alias = { alias_name: 'a-1', alias_label: 'fixture-label' }
  const answer = sendTrack(braze, { attributes: [{ user_alias, tier: 0 }] })
  expect([answer.body, braze.profiles()]).toEqual([{ message: 'success', attributes_processed: 1 }, []])
  expect(braze.vanished()).toMatchObject([{ user: 'user_alias:fixture-label:a-1', why: 'unknown user' }])
  sendTrack(braze, { attributes: [{ user_alias, _update_existing_only: false, tier: 1 }] })
  sendTrack(braze, { attributes: [{ user_alias, level: 2 }] })
  expect(braze.profiles()).toMatchObject([
    { user_aliases: [user_alias], custom_attributes: { tier: 1, level: 2 } },
  ])
})

test('an email identifies where no primary identifier is', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ external_id: 'u-7731', email: 'fixture-7731@example.com' }] })
  sendTrack(braze, { attributes: [{ email: 'fixture-7731@example.com', tier: 1 }] })
  expect(braze.profiles()).toMatchObject([
    {
      external_id: 'u-7731',
      standard: { email: 'fixture-7731@example.com' },
      custom_attributes: { tier: 1 },
    },
  ])
})

test('an unknown phone creates a profile', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ phone: '+4930000000' }] })
  expect(braze.profiles()).toMatchObject([{ standard: { phone: '+4930000000' } }])
})
