import { expect, test } from 'vitest'
import { openBraze, sendExport } from './send.ts'

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
  ['no ids', { fields_to_export: FIELDS }, 'Either external_ids or one braze_id is required'],
  [
    'both kinds of ids',
    { external_ids: ['u-1'], braze_id: 'b', fields_to_export: FIELDS },
    'Either external_ids or one braze_id is required',
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
