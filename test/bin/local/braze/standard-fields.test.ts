import { expect, test } from 'vitest'
import { attributesAfter, errorOf, openBraze, sendTrack } from './send.ts'

const u = { external_id: 'u-7731' }
const GROUP = '0f2d3c1a-0000-4000-8000-000000000001'
const NOT_AN_EMAIL = "The value provided for the 'email' field is not a valid email."

test.each<[field: object, error: string]>([
  [{ email: 'fixture' }, NOT_AN_EMAIL],
  [{ email: 'fixture @example.com' }, NOT_AN_EMAIL],
  [{ email: 7 }, NOT_AN_EMAIL],
  [{ email_subscribe: 'true' }, "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"],
  [{ push_subscribe: true }, "'push_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'"],
  [{ current_location: '40.7,-73.9' }, 'BAD_LOCATION_UPDATE'],
  [{ current_location: { longitude: 2.5 } }, 'BAD_LOCATION_UPDATE'],
  [{ subscription_groups: '[]' }, 'BAD_SUBSCRIPTION_GROUP_ARRAY'],
  [{ subscription_groups: [{ subscription_group_id: GROUP }] }, 'BAD_SUBSCRIPTION_GROUP_HASH'],
  [
    { subscription_groups: [{ subscription_group_id: 7, subscription_state: 'subscribed' }] },
    'BAD_SUBSCRIPTION_GROUP_ID',
  ],
  [
    { subscription_groups: [{ subscription_group_id: GROUP, subscription_state: 'opted_in' }] },
    'BAD_SUBSCRIPTION_GROUP_STATE',
  ],
  [{ push_tokens: 'fixture' }, 'BAD_PUSH_TOKEN_VALUE'],
  [{ push_tokens: [{ app_id: 'fixture-app', token: 7 }] }, 'BAD_PUSH_TOKEN_STRING'],
  [{ push_tokens: [{ token: 'fixture' }] }, 'BAD_PUSH_TOKEN_APP_ID'],
  [{ first_name: 'x'.repeat(256) }, 'a string has at most 255 characters'],
])('%o fails its whole object', (field, error) => {
  expect(errorOf('attributes', { ...u, AIQ_1_1: true, ...field })).toBe(error)
})

test('a bad field costs the flag beside it, and no profile is made', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ ...u, AIQ_1_1: true, email: 'fixture' }, { external_id: 'u-2' }] })
  expect(braze.profile(u)).toBeUndefined()
})

test.each([
  { email: 'fixture.one+tag@mail.example.com' },
  { email_subscribe: 'opted_in', push_subscribe: 'unsubscribed' },
  { current_location: { longitude: -73.991443, latitude: 40.753824 } },
  { subscription_groups: [{ subscription_group_id: GROUP, subscription_state: 'unsubscribed' }] },
  { push_tokens: [{ app_id: 'fixture-app', token: 't'.repeat(300) }] },
  { country: 'FR', time_zone: 'Europe/Paris' },
  { time_zone: 'Eastern Time (US & Canada)' },
  { twitter: { id: null } },
  { gender: 'male', dob: '31/12/1980', language: 'English' },
])('%o is stored as it is, whether or not Braze documents the form', (fields) => {
  const braze = openBraze()
  attributesAfter(braze, fields)
  expect(braze.profile(u)?.standard).toEqual(fields)
  expect(braze.vanished()).toEqual([])
})

test.each(['email', 'email_subscribe', 'current_location', 'subscription_groups', 'country', 'time_zone'])(
  'null removes %s',
  (name) => {
    const braze = openBraze({ seed: [{ ...u, standard: { [name]: 'fixture' } }] })
    attributesAfter(braze, { [name]: null })
    expect(braze.profile(u)?.standard).toEqual({})
  },
)

test.each([
  ['fr', 'FR'],
  ['Australia', 'AU'],
  ['DEU', 'DE'],
])('the country %s becomes %s', (sent, stored) => {
  const braze = openBraze()
  attributesAfter(braze, { country: sent })
  expect(braze.profile(u)?.standard).toEqual({ country: stored })
})

test('a country that Braze cannot map removes the country', () => {
  const braze = openBraze({ seed: [{ ...u, standard: { country: 'FR' } }] })
  attributesAfter(braze, { country: 'Neverland' })
  expect(braze.profile(u)?.standard).toEqual({})
  expect(braze.vanished()).toMatchObject([{ attribute: 'country', rule: 'the country is unknown' }])
})

test.each(['CET+1', '+01:00', 'Neverland', 1])('the time zone %s is not set', (time_zone) => {
  const braze = openBraze({ seed: [{ ...u, standard: { time_zone: 'Europe/Paris' } }] })
  attributesAfter(braze, { time_zone })
  expect(braze.profile(u)?.standard).toEqual({ time_zone: 'Europe/Paris' })
  expect(braze.vanished()).toMatchObject([{ attribute: 'time_zone', rule: 'the time zone is unknown' }])
})
