import { expect, test } from 'vitest'
import { openBraze, sendExport, sendTrack } from './send.ts'

const FIELDS = ['external_id', 'braze_id', 'custom_attributes']
const seed = [
  {
    external_id: 'u-7731',
    braze_id: 'fixture-braze-id-0001',
    custom_attributes: { tier: 'fixture-tier-7731' },
    standard: { first_name: 'Fixture-Ada' },
  },
  { braze_id: 'fixture-braze-id-0002' },
]

test('known users come with the asked fields, and unknown ids are named', () => {
  expect(
    sendExport(openBraze({ seed }), { external_ids: ['u-7731', 'u-none'], fields_to_export: FIELDS }),
  ).toEqual({
    status: 201,
    body: {
      message: 'success',
      users: [
        {
          external_id: 'u-7731',
          braze_id: 'fixture-braze-id-0001',
          custom_attributes: { tier: 'fixture-tier-7731' },
        },
      ],
      invalid_user_ids: ['u-none'],
    },
  })
})

test('one braze_id is found, and its empty fields are left out', () => {
  expect(
    sendExport(openBraze({ seed }), { braze_id: 'fixture-braze-id-0002', fields_to_export: FIELDS }).body,
  ).toEqual({ message: 'success', users: [{ braze_id: 'fixture-braze-id-0002' }] })
})

test('an unknown braze_id is named', () => {
  expect(sendExport(openBraze(), { braze_id: 'fixture-unknown', fields_to_export: FIELDS }).body).toEqual({
    message: 'success',
    users: [],
    invalid_user_ids: ['fixture-unknown'],
  })
})

test('standard fields are exported by their names', () => {
  const asked = { external_ids: ['u-7731'], fields_to_export: ['first_name'] }
  expect(sendExport(openBraze({ seed }), asked).body.users).toEqual([{ first_name: 'Fixture-Ada' }])
})

const ada = {
  external_id: 'u-ada',
  standard: {
    email: 'fixture-ada@example.com',
    phone: '+4930000000',
    push_tokens: [{ app_id: 'fixture-app', token: 'fixture', device_id: 'fixture-device' }],
  },
}

test.each([
  { email_address: 'fixture-ada@example.com' },
  { phone: '+4930000000' },
  { device_id: 'fixture-device' },
  { external_ids: ['u-ada'], email_address: 'fixture-ada@example.com' },
])('a user is found by %o, and only once', (asked) => {
  const braze = openBraze({ seed: [ada, ...seed] })
  expect(sendExport(braze, { ...asked, fields_to_export: ['external_id'] }).body).toEqual({
    message: 'success',
    users: [{ external_id: 'u-ada' }],
  })
})

test('all users with an e-mail address are found', () => {
  const braze = openBraze({ seed: [ada, { external_id: 'u-twin', standard: ada.standard }] })
  const asked = { email_address: 'fixture-ada@example.com', fields_to_export: ['external_id'] }
  expect(sendExport(braze, asked).body.users).toEqual([{ external_id: 'u-ada' }, { external_id: 'u-twin' }])
})

test('users are found by their aliases, and an unknown alias is named', () => {
  const braze = openBraze()
  const user_alias = { alias_name: 'a-1', alias_label: 'fixture-label' }
  sendTrack(braze, { attributes: [{ user_alias, _update_existing_only: false, tier: 1 }] })
  const asked = {
    user_aliases: [user_alias, { alias_name: 'a-2', alias_label: 'fixture-label' }],
    fields_to_export: ['user_aliases', 'custom_attributes'],
  }
  expect(sendExport(braze, asked).body).toEqual({
    message: 'success',
    users: [{ user_aliases: [user_alias], custom_attributes: { tier: 1 } }],
    invalid_user_ids: ['a-2'],
  })
})

test('50 external_ids are taken', () => {
  const external_ids = Array.from({ length: 50 }, (_, index) => `u-${index}`)
  expect(sendExport(openBraze(), { external_ids, fields_to_export: FIELDS }).status).toBe(201)
})

test.each([
  [
    '51 external_ids',
    { external_ids: new Array(51).fill('u-1'), fields_to_export: FIELDS },
    'At most 50 external_ids are taken',
  ],
  ['no fields_to_export', { external_ids: ['u-1'] }, 'fields_to_export is required'],
  [
    '51 user_aliases',
    {
      user_aliases: new Array(51).fill({ alias_name: 'a', alias_label: 'l' }),
      fields_to_export: FIELDS,
    },
    'At most 50 user_aliases are taken',
  ],
  ['no ids', { fields_to_export: FIELDS }, 'An identifier is required'],
  ['empty ids', { external_ids: [], fields_to_export: FIELDS }, 'An identifier is required'],
  ['numbers as ids', { external_ids: [1], fields_to_export: FIELDS }, 'An identifier has the wrong type'],
  [
    'an e-mail address and a phone',
    { email_address: 'fixture@example.com', phone: '+4930000000', fields_to_export: FIELDS },
    'Only one of device_id, email_address, phone may be given',
  ],
  ['no JSON', '{', 'The body could not be parsed as a JSON object'],
])('a request with %s is refused', (_, body, message) => {
  expect(sendExport(openBraze(), body)).toEqual({ status: 400, body: { message } })
})

test('it needs its own permission', () => {
  const braze = openBraze({ settings: { keys: { 'fixture-key-4410': ['users.track'] } } })
  expect(sendExport(braze, { external_ids: ['u-1'], fields_to_export: FIELDS })).toEqual({
    status: 403,
    body: { message: 'The key lacks users.export.ids' },
  })
})
