import { describe, expect, it } from 'vitest'
import type { Json } from '../../../functions/shared/json.ts'
import {
  readStandardField,
  STANDARD_FIELDS,
  standardFieldNamed,
  standardFieldRule,
} from '../../../functions/shared/standard-fields.ts'

const accepts = (name: string, value: Json) => standardFieldRule(name, value) === undefined

describe('a header names a standard field', () => {
  it.each([
    ['EMAIL', 'email'],
    ['First Name', 'first_name'],
    ['first-name', 'first_name'],
    ['LASTNAME', 'last_name'],
    ['Email_Subscribe', 'email_subscribe'],
    ['dob', 'dob'],
  ])('%s is %s', (header, name) => {
    expect(standardFieldNamed(header)).toBe(name)
  })

  it.each(['e.mail', 'birthday', 'emails', 'external_id', 'name', '', '__proto__'])(
    '%j is none',
    (header) => {
      expect(standardFieldNamed(header)).toBeUndefined()
    },
  )

  it('and exact names are those of the table', () => {
    expect(STANDARD_FIELDS.has('dob')).toBe(true)
    expect(STANDARD_FIELDS.has('DOB')).toBe(false)
  })
})

/** Values of a row, and what is sent to Braze for them. */
const CONVERTED: [name: string, sent: Json, written: Json][] = [
  ['first_name', 'Ada', 'Ada'],
  ['first_name', '', ''],
  ['first_name', 7, '7'],
  ['home_city', ' Bern ', ' Bern '],
  ['phone', 4915112345678, '4915112345678'],
  ['phone', '+49 151 12345678', '+49 151 12345678'],
  ['phone', JSON.rawJSON('12345678901234567890'), '12345678901234567890'],
  ['email', ' a.b@example.com ', 'a.b@example.com'],
  ['image_url', 'https://example.com/a.png', 'https://example.com/a.png'],
  ['dob', '1980-12-21', '1980-12-21'],
  ['dob', ' 1980-12-21 ', '1980-12-21'],
  ['dob', '1980-12-21T00:00:00Z', '1980-12-21'],
  ['dob', '1980-12-21T00:00:00.000+02:00', '1980-12-21'],
  ['dob', '1980-12-21 00:00:00', '1980-12-21'],
  ['email_subscribe', 'opted_in', 'opted_in'],
  ['email_subscribe', 'Opted In', 'opted_in'],
  ['email_subscribe', 'OPT-IN', 'opted_in'],
  ['email_subscribe', 'optin', 'opted_in'],
  ['email_subscribe', 'Subscribed', 'subscribed'],
  ['email_subscribe', 'UNSUBSCRIBED', 'unsubscribed'],
  ['push_subscribe', 'opted out', 'unsubscribed'],
  ['push_subscribe', 'opt-out', 'unsubscribed'],
  ['gender', 'f', 'F'],
  ['gender', 'Male', 'M'],
  ['gender', 'other', 'O'],
  ['gender', 'Not applicable', 'N'],
  ['gender', 'prefer_not_to_say', 'P'],
  ['email_open_tracking_disabled', 'TRUE', true],
  ['email_open_tracking_disabled', 'no', false],
  ['email_click_tracking_disabled', 1, true],
  ['email_click_tracking_disabled', '0', false],
  ['email_click_tracking_disabled', false, false],
  ['country', 'us', 'US'],
  ['country', 'DEU', 'DE'],
  ['country', 'Germany', 'DE'],
  ['country', 'UK', 'GB'],
  ['country', 'United States of America', 'US'],
  ['country', "cote d'ivoire", 'CI'],
  ['country', 'Saint Kitts and Nevis', 'KN'],
  ['language', 'EN', 'en'],
  ['language', 'en-US', 'en'],
  ['language', 'zh_Hant_TW', 'zh'],
  ['language', 'gsw', 'gsw'],
  ['time_zone', 'America/New_York', 'America/New_York'],
  ['time_zone', 'america/new_york', 'America/New_York'],
  ['time_zone', 'Asia/Kolkata', 'Asia/Kolkata'],
  ['time_zone', 'Eastern Time (US & Canada)', 'Eastern Time (US & Canada)'],
  ['date_of_first_session', '2020-02-01', '2020-02-01'],
  ['date_of_first_session', ' 2020-02-01T10:00:00Z ', '2020-02-01T10:00:00Z'],
  ['date_of_last_session', '2020-02-01T10:00:00:123+0100', '2020-02-01T10:00:00:123+0100'],
  ['date_of_last_session', '02/01/2020', '02/01/2020'],
  ['date_of_last_session', 'Sat 02 01 10:00:00.UTC 2020', 'Sat 02 01 10:00:00.UTC 2020'],
  ['marked_email_as_spam_at', '2020-02-01T10:00:00Z', '2020-02-01T10:00:00Z'],
  ['current_location', '{"longitude":-73.9,"latitude":40.7}', { longitude: -73.9, latitude: 40.7 }],
  [
    'subscription_groups',
    '[{"subscription_group_id":"a","subscription_state":"subscribed"}]',
    [{ subscription_group_id: 'a', subscription_state: 'subscribed' }],
  ],
  [
    'push_tokens',
    '[{"app_id":"app","token":"t-1","device_id":"d"}]',
    [{ app_id: 'app', token: 't-1', device_id: 'd' }],
  ],
  ['facebook', '{"id":"1","num_friends":7}', { id: '1', num_friends: 7 }],
  ['twitter', { id: 1, screen_name: 'a' }, { id: 1, screen_name: 'a' }],
]

describe('a value of a standard field is converted if it has only one meaning', () => {
  it.each(CONVERTED)('%s %j becomes %j', (name, sent, written) => {
    const read = readStandardField(name, sent)
    expect(read).toEqual(written)
    expect(standardFieldRule(name, read)).toBeUndefined()
  })

  it.each([...STANDARD_FIELDS])('null removes %s', (name) => {
    expect(readStandardField(name, null)).toBeNull()
    expect(standardFieldRule(name, null)).toBeUndefined()
  })
})

const A_DAY = 'it must be a date in the form YYYY-MM-DD, such as 1980-12-21'
const A_SUBSCRIPTION = 'it must be opted_in, subscribed or unsubscribed'
const A_GENDER = 'it must be M, F, O, N, P or null'
const A_BOOLEAN = 'it must be true or false'
const A_COUNTRY = 'it must be a two-letter country code of ISO 3166-1, such as US'
const A_LANGUAGE = 'it must be a language code of ISO 639-1, such as en'
const A_ZONE = 'it must be a time zone of the IANA database, such as America/New_York'
const AN_INSTANT = 'it must be a date in ISO 8601, such as 2026-01-05T10:00:00Z'
const A_LOCATION = 'it must be an object with the numbers longitude (-180 to 180) and latitude (-90 to 90)'
const GROUPS =
  'it must be a list of objects with a subscription_group_id and a subscription_state, which is subscribed or unsubscribed'
const TOKENS = 'it must be a list of objects with an app_id and a token'

/** Values that nothing converts, and the rule that they break. */
const BROKEN: [name: string, sent: Json, rule: string][] = [
  ['first_name', { first: 'Ada' }, 'it must be a text'],
  ['last_name', true, 'it must be a text'],
  ['home_city', 'x'.repeat(256), 'it has at most 255 characters'],
  ['image_url', 'x'.repeat(1_025), 'it has at most 1024 characters'],
  ['email', 'nobody', 'it must be an e-mail address'],
  ['email', '', 'it must be an e-mail address'],
  ['email', 'a b@example.com', 'it must be an e-mail address'],
  ['email', 'a@b@example.com', 'it must be an e-mail address'],
  ['email', 'a@example.com, b@example.com', 'it must be an e-mail address'],
  ['email', 7, 'it must be an e-mail address'],
  ['dob', '31/12/1980', A_DAY],
  ['dob', '12/31/1980', A_DAY],
  ['dob', '1980-02-30', A_DAY],
  ['dob', '1980-12-21 about noon', A_DAY],
  ['dob', '19801221', A_DAY],
  ['dob', 346204800000, A_DAY],
  ['dob', '', A_DAY],
  ['email_subscribe', 'true', A_SUBSCRIPTION],
  ['email_subscribe', false, A_SUBSCRIPTION],
  ['email_subscribe', 'Y', A_SUBSCRIPTION],
  ['push_subscribe', 1, A_SUBSCRIPTION],
  ['gender', 'unknown', A_GENDER],
  ['gender', 'w', A_GENDER],
  ['gender', 1, A_GENDER],
  ['email_open_tracking_disabled', 'on', A_BOOLEAN],
  ['email_click_tracking_disabled', 2, A_BOOLEAN],
  ['country', 'Neverland', A_COUNTRY],
  ['country', 'Congo', A_COUNTRY],
  ['country', 'EU', A_COUNTRY],
  ['country', 49, A_COUNTRY],
  ['language', 'English', A_LANGUAGE],
  ['language', 7, A_LANGUAGE],
  ['time_zone', 'CET+1', A_ZONE],
  ['time_zone', '+01:00', A_ZONE],
  ['time_zone', 1, A_ZONE],
  ['date_of_first_session', '01.02.2020', AN_INSTANT],
  ['date_of_first_session', 1580551200, AN_INSTANT],
  ['date_of_last_session', '31/01/2020', AN_INSTANT],
  ['marked_email_as_spam_at', 'yesterday', AN_INSTANT],
  ['current_location', '40.7,-73.9', A_LOCATION],
  ['current_location', '{"longitude":-73.9,"latitude":91}', A_LOCATION],
  ['current_location', { longitude: '-73.9', latitude: '40.7' }, A_LOCATION],
  ['current_location', '{"longitude":', A_LOCATION],
  ['subscription_groups', 'newsletter', GROUPS],
  ['subscription_groups', [{ subscription_group_id: 'a', subscription_state: 'opted_in' }], GROUPS],
  ['subscription_groups', { subscription_group_id: 'a', subscription_state: 'subscribed' }, GROUPS],
  ['push_tokens', 'abcd', TOKENS],
  ['push_tokens', [{ token: 'abcd' }], TOKENS],
  ['facebook', 'ada', 'it must be an object'],
  ['twitter', '[]', 'it must be an object'],
]

describe('a value that could mean two things, or nothing, stays as it is and breaks the rule', () => {
  it.each(BROKEN)('%s %j', (name, sent, rule) => {
    expect(readStandardField(name, sent)).toEqual(sent)
    expect(standardFieldRule(name, sent)).toBe(rule)
  })
})

describe("what Braze's own body may hold passes unchanged", () => {
  it.each<[name: string, value: Json]>([
    ['email', '"a b"@example.com'],
    ['email', "o'hara+x@[192.0.2.1]"],
    ['email', 'a..b@sub.example.co.jp'],
    ['email', 'käthe@bücher.example'],
    ['phone', 4915112345678],
    ['gender', 'm'],
    ['country', 'Australia'],
    ['language', 'pt-BR'],
    ['dob', '1980-12-21'],
    ['subscription_groups', [{ subscription_group_id: 'a', subscription_state: 'subscribed', note: 1 }]],
    ['push_tokens', []],
    ['AIQ_1_2', 'anything'],
    ['loyalty_tier', { a: 1 }],
  ])('%s %j', (name, value) => {
    expect(accepts(name, value)).toBe(true)
  })
})

it('leaves other attributes as they are', () => {
  expect(readStandardField('DOB', '1980-12-21T00:00:00Z')).toBe('1980-12-21T00:00:00Z')
  expect(readStandardField('country_of_birth', 'us')).toBe('us')
})

it.each([
  ['current_location', '{"longitude":1,"latitude":2,"more":[{},{},{}]}'],
  ['facebook', '{"likes":[{},{},{}]}'],
])(
  'does not read JSON text with other contents, so that a small cell cannot become many objects',
  (name, cell) => {
    expect(readStandardField(name, cell)).toBe(cell)
  },
)
