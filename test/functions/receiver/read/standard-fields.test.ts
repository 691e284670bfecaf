import { describe, expect, it } from 'vitest'
import { readAll } from './read-one-row.ts'

const WHO = { external_id: 'fixture-u1' }

/** The attributes of the record that a row becomes, before the worker checks them. */
function attributesOf(row: object | string, settings: object = {}) {
  const body = typeof row === 'string' ? row : [row]
  const { accepted, rejected } = readAll(body, settings, 'activations').records
  const [record] = accepted.map(({ json }) => JSON.parse(json))
  return record?.attributes ?? rejected
}

describe('a header that is a standard field except for case, spaces, "-" and "_" is written to that field', () => {
  it.each([
    [{ EMAIL: 'a@example.com' }, { email: 'a@example.com' }],
    [{ 'First Name': 'Ada' }, { first_name: 'Ada' }],
    [{ 'HOME-CITY': 'Bern' }, { home_city: 'Bern' }],
    [{ ' email ': 'a@example.com' }, { email: 'a@example.com' }],
    [{ DOB: '1980-12-21T00:00:00Z' }, { dob: '1980-12-21' }],
    [
      { GENDER: 'female', Country: 'Germany' },
      { gender: 'F', country: 'DE' },
    ],
    [{ gender: 'female' }, { gender: 'F' }],
    [{ PHONE: 4915112345678 }, { phone: '4915112345678' }],
    [{ EMAIL: null }, { email: null }],
    [{ EMAIL: 'a@example.com', email: ' a@example.com' }, { email: 'a@example.com' }],
  ])('%o', (row, attributes) => {
    expect(attributesOf({ ...WHO, ...row })).toEqual(attributes)
  })

  it('unless its connection says otherwise; the exact name is always the field', () => {
    const row = { ...WHO, EMAIL: 'a@example.com', 'First Name': 'Ada', gender: 'f' }
    expect(attributesOf(row, { matchStandardFields: false })).toEqual({
      EMAIL: 'a@example.com',
      'First Name': 'Ada',
      gender: 'F',
    })
  })

  it('and in an event it stays a property', () => {
    const { accepted } = readAll([
      { ...WHO, event_name: 'e', EMAIL: 'Nobody', dob: '1980-12-21T00:00:00Z' },
    ]).records
    expect(accepted[0]?.record).toMatchObject({
      properties: { EMAIL: 'Nobody', dob: '1980-12-21T00:00:00Z' },
    })
  })

  it.each<[object, object]>([
    [{ EMAIL: 'a@example.com', email: 'b@example.com' }, { email: [['a@example.com', 'b@example.com']] }],
    [{ EMAIL: 'a@example.com', email: 'a@example.com' }, { email: 'a@example.com' }],
    [{ EMAIL: null, email: 'a@example.com' }, { email: 'a@example.com' }],
    [{ email: 'a@example.com', EMAIL: null }, { email: 'a@example.com' }],
  ])('and two columns of one field cost no row: %o', (row, attributes) => {
    expect(attributesOf({ ...WHO, ...row })).toEqual(attributes)
  })
})

describe("a connection's rules name a standard field as Braze does", () => {
  const ROW = { ...WHO, audience_id: '7', EMAIL: 'a@example.com', TIER: 'gold' }

  it.each<[object, object]>([
    [{ attributes: { allow: ['email'] } }, { email: 'a@example.com' }],
    [{ attributes: { deny: ['email'] } }, { TIER: 'gold' }],
    [{ attributePrefix: 'vip_' }, { email: 'a@example.com', vip_TIER: 'gold' }],
    [{ columns: { email: { drop: true } } }, { TIER: 'gold' }],
    [{ columns: { tier: { rename: 'first_name' } } }, { email: 'a@example.com', first_name: 'gold' }],
  ])('%o', (settings, attributes) => {
    expect(attributesOf(ROW, settings)).toEqual(attributes)
  })

  it('and a column that it renames keeps the name that it is given', () => {
    const settings = { columns: { email: { rename: 'Email' } } }
    expect(attributesOf({ ...WHO, EMAIL: 'a@example.com' }, settings)).toEqual({ Email: 'a@example.com' })
  })
})

describe('a typed column of a standard field ends in the documented form', () => {
  it.each<[type: string, header: string, sent: unknown, attributes: object]>([
    ['date_ms', 'dob', '346204800000', { dob: '1980-12-21' }],
    ['date_ms', 'DOB', 346204800000, { dob: '1980-12-21' }],
    ['date', 'dob', '1980-12-21', { dob: '1980-12-21' }],
    ['date', 'dob', '1980-12-21T00:00:00+02:00', { dob: '1980-12-21' }],
    ['date', 'date_of_last_session', 1580551200, { date_of_last_session: '2020-02-01T10:00:00Z' }],
    ['bool', 'email_open_tracking_disabled', 'yes', { email_open_tracking_disabled: true }],
    [
      'json',
      'current_location',
      '{"longitude":1,"latitude":2}',
      { current_location: { longitude: 1, latitude: 2 } },
    ],
    ['int', 'phone', '+4915112345678', { phone: '+4915112345678' }],
  ])('%s %s %j', (type, header, sent, attributes) => {
    expect(attributesOf({ ...WHO, [header]: sent }, { columns: { [header]: { type } } })).toEqual(attributes)
  })
})

describe('a value that a standard field cannot hold never costs the row', () => {
  const LONG = '12345678901234567890'
  const DEEP = `${'['.repeat(100)}1${']'.repeat(100)}`

  it.each<[what: string, cell: string, attributes: object, settings?: object]>([
    ['another form', '"dob":"31/12/1980"', { dob: '31/12/1980' }],
    ['no cell of its column’s type', '"dob":"soon"', { dob: 'soon' }, { columns: { dob: { type: 'date' } } }],
    ['a number that is not exact', `"dob":${LONG}`, { dob: LONG }],
    ['a number that is not exact and is a text', `"phone":${LONG}`, { phone: LONG }],
    ['such a number inside', `"first_name":[${LONG}]`, { first_name: [`[${LONG}]`] }],
    ['a value that is nested too deeply', `"facebook":${DEEP}`, { facebook: [DEEP] }],
  ])('%s', (_what, cell, attributes, settings) => {
    const body = `{"records":[{"external_id":"fixture-u1","audience_id":"7",${cell}}]}`
    const { accepted, rejected } = readAll(body, settings).records
    expect(rejected).toEqual([])
    const record = JSON.parse(accepted[0]?.json ?? '')
    expect(record).toMatchObject({ memberships: [{ audience_id: '7', member: true }] })
    expect(record.attributes).toEqual(attributes)
  })

  it('and an empty cell says nothing of a field that holds no empty text', () => {
    expect(attributesOf({ ...WHO, dob: '', email: ' ', first_name: '' })).toEqual({ first_name: '' })
    expect(attributesOf({ ...WHO, dob: '', email: '', first_name: '' }, { emptyCells: 'null' })).toEqual({
      dob: null,
      email: null,
      first_name: null,
    })
  })
})
