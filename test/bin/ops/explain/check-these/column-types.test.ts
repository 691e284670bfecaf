import { describe, expect, test } from 'vitest'
import { type Check, column, csvColumn, left, suggested } from './check.ts'

const event = (property: string, values: readonly unknown[]): Check => ({
  endpoint: 'events',
  rows: values.map((value, index) => ({
    external_id: `fixture-u${index}`,
    event_name: 'fixture',
    time: '2026-01-05T10:00:00Z',
    [property]: value,
  })),
})

describe('numbers as text', () => {
  test.each<[string, string[], object]>([
    ['LTV', ['12.5', '7'], { type: 'number' }],
    ['lifetime_value', ['1', '20', '300'], { type: 'int' }],
    ['orderCount', ['0', '3'], { type: 'int' }],
    ['balance', ['-12.50', '+3.00', '0'], { type: 'number' }],
    ['ratio', ['.5', '0.25'], { type: 'number' }],
    ['score', ['1.5E-3', '2.25e+2'], { type: 'number' }],
    ['alter', ['34', '61'], { type: 'int' }],
    ['montant_total', ['99.90'], { type: 'number' }],
    ['is_vip', ['0', '1'], { type: 'bool' }],
    ['sms_opted_in', ['1', '1'], { type: 'bool' }],
    ['visits', ['3', 'NULL', '4'], { type: 'int' }],
    ['points', [' 10 ', '20'], { type: 'int' }],
    ['prepaid', ['12', '13'], { type: 'int' }],
    ['days_since_last_purchase', ['12', '400'], { type: 'int' }],
    ['max_bid', ['2.5'], { type: 'number' }],
  ])('%s with %j', (header, values, rule) => {
    const request = csvColumn(header, values)
    expect(suggested(request, 'NUMBERS_AS_TEXT', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, Check, string, unknown]>([
    ['a property', event('amount', ['12.5']), 'amount', { type: 'number' }],
    ['some texts among numbers', column('LTV', [1, '2.5']), 'LTV', { type: 'number' }],
    [
      'a property within an object',
      { ...event('properties', [{ amount: '12' }]) },
      'properties › amount',
      'no setting',
    ],
    [
      "Braze's own body",
      {
        endpoint: 'users/track',
        rows: [],
        body: '{"attributes":[{"external_id":"fixture-u1","LTV":"12.5"}]}',
      },
      'attributes › LTV',
      'no setting',
    ],
  ])('also of %s', (_, request, header, rule) => {
    expect(suggested(request, 'NUMBERS_AS_TEXT', header)).toEqual(rule)
  })

  test.each<[string, unknown[]]>([
    ['LTV', [12.5, 7]],
    ['store_code', ['17', '18']],
    ['ZIP', ['10115', '80331']],
    ['Postal Code', ['75001', '13001']],
    ['plz', ['10115']],
    ['homeStoreId', ['17']],
    ['phone_home', ['4915112345']],
    ['loyalty_card_number', ['12345']],
    ['code', ['007', '12']],
    ['tier', ['1', 'gold']],
    ['loyalty', ['1234567890123456']],
    ['dialled', ['+491701234567']],
    ['version', ['1.2', '1.3']],
    ['app_version', ['26.1']],
    ['price', ['12,50', '7,00']],
    ['range', ['1-2', '3-4']],
    ['barcode', ['4006381333931']],
    ['SKU', ['4711']],
    ['kundennummer_alt', ['123456789', '987654321']],
    ['note', ['']],
    ['size', ['12e4']],
    ['orderIDs', ['17']],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'NUMBERS_AS_TEXT', header)).toBeUndefined()
  })

  test('not if the connection gives the column a type', () => {
    const request = { ...csvColumn('LTV', ['12.5']), rules: { columns: { ltv: { type: 'string' } } } }
    expect(suggested(request, 'NUMBERS_AS_TEXT', 'LTV')).toBeUndefined()
  })
})

describe('numbers as people read them', () => {
  test.each<[string, string[]]>([
    ['umsatz', ['1.234,56', '12,00']],
    ['price', ['12,50', '7,00']],
    ['price', ['$12.50', '$7']],
    ['prix', ['12,50 €', '1 234,00 €']],
    ['revenue', ['1,234.50', '12.00']],
    ['revenue', ['1,234,567']],
    ['betrag', ["1'234.50"]],
    ['discount', ['15%', '7.5 %']],
    ['price', ['EUR 12.50']],
    ['price', ['12.50 USD', '3 USD']],
    ['balance', ['-12,50', '0']],
    ['precio', ['12,50', 'NULL']],
  ])('%s with %j', (header, values) => {
    expect(suggested(csvColumn(header, values), 'NUMBERS_FORMATTED', header)).toBe('no setting')
  })

  test.each<[string, string[]]>([
    ['categories', ['1,2', '3,4']],
    ['categories', ['1,22,333']],
    ['LTV', ['12.50']],
    ['price', ['12,50', 'free']],
    ['phone', ['030 123 456']],
    ['account_number', ['1 234 567']],
    ['size', ['12 cm']],
    ['label', ['100% cotton']],
    ['currency', ['EUR', 'USD']],
    ['sign', ['$', '%']],
    ['range', ['10-20']],
    ['version', ['1.2.3']],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(csvColumn(header, values), 'NUMBERS_FORMATTED', header)).toBeUndefined()
  })
})

describe('true and false as text', () => {
  test.each<[string, string[], unknown]>([
    ['vip', ['true', 'false'], { type: 'bool' }],
    ['VIP', ['TRUE', 'FALSE'], { type: 'bool' }],
    ['opted_in', ['True', 'False', ''], { type: 'bool' }],
    ['has_app', ['true'], { type: 'bool' }],
    ['stammkunde', ['WAHR', 'FALSCH'], 'no setting'],
    ['fidele', ['VRAI', 'FAUX'], 'no setting'],
    ['cliente_vip', ['VERDADERO', 'FALSO'], 'no setting'],
    ['attivo', ['VERO', 'FALSO'], 'no setting'],
    ['actief', ['WAAR', 'ONWAAR'], 'no setting'],
    ['vip', ['t', 'f', 't'], 'no setting'],
    ['verified', ['true', 'NULL'], { type: 'bool' }],
  ])('%s with %j', (header, values, rule) => {
    const request = csvColumn(header, values)
    expect(suggested(request, 'BOOLEANS_AS_TEXT', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['vip', [true, false]],
    ['vip', ['yes', 'no']],
    ['newsletter', ['ja', 'nein']],
    ['answer', ['true', 'false', 'unsure']],
    ['class', ['t', 't']],
    ['initial', ['f', 'm']],
    ['level', ['1', '0']],
    ['choice', ['A', 'B']],
    ['story', ['true story']],
    ['flag', ['T', 'F']],
    ['switch', ['on', 'off']],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'BOOLEANS_AS_TEXT', header)).toBeUndefined()
  })
})

describe('dates as numbers', () => {
  test.each<[string, unknown[], object]>([
    ['EXPIRY', ['1767571200000', '1767571300000'], { type: 'date_ms' }],
    ['last_seen', [1_767_571_200_000], { type: 'date_ms' }],
    ['signup_date', ['1767571200', '1577836800'], { type: 'date' }],
    ['created_at', [1_767_571_200], { type: 'date' }],
    ['lastLogin', ['1767571200'], { type: 'date' }],
    ['anything', ['1767571200000'], { type: 'date_ms' }],
    ['registered_on', ['1577836800'], { type: 'date' }],
    ['updatedAt', ['1767571200123'], { type: 'date_ms' }],
    ['Kaufdatum', ['1767571200'], { type: 'date' }],
    ['subscription_end', ['1767571200', 'NULL'], { type: 'date' }],
    ['partner_birth_date', ['346204800000', '-125000000000'], { type: 'date_ms' }],
  ])('%s with %j', (header, values, rule) => {
    const request = column(header, values)
    expect(suggested(request, 'DATES_AS_NUMBERS', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['points', ['1767571200']],
    ['order_id', ['1767571200000']],
    ['phone', ['1767571200']],
    ['ean', ['1067571200000']],
    ['last_seen', ['2026-01-05T10:00:00Z']],
    ['last_seen', ['2026-01-05 10:00']],
    ['signup_date', ['12', '34']],
    ['days_since_date', ['1767571200']],
    ['created_at', ['4006381333931']],
    ['revenue', [946_684_801]],
    ['time_spent', [1_200_000_000]],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'DATES_AS_NUMBERS', header)).toBeUndefined()
  })
})

describe('dates in other forms', () => {
  test.each<[string, string[]]>([
    ['signup', ['13/01/2026', '05/01/2026']],
    ['signup', ['01/05/1990']],
    ['signup', ['1/5/2026', '12/31/2025']],
    ['signup', ['05.01.2026']],
    ['signup', ['5.1.26', '31.12.25 10:00']],
    ['signup', ['05-01-2026']],
    ['signup', ['05-JAN-26']],
    ['signup', ['2026/01/05']],
    ['signup', ['Jan 5, 2026']],
    ['signup', ['5 janvier 2026']],
    ['signup', ['5 de enero de 2026']],
    ['signup', ['Monday, January 5, 2026']],
    ['signup_date', ['20260105']],
    ['dernier_achat', ['05/01/2026 10:00', '31/12/2025 09:30']],
  ])('%s with %j', (header, values) => {
    expect(suggested(csvColumn(header, values), 'DATES_NOT_ISO', header)).toBe('no setting')
  })

  test.each<[string, string[]]>([
    ['signup', ['2026-01-05']],
    ['signup', ['2026-01-05T10:00:00Z']],
    ['signup', ['2026-01-05 10:00:00']],
    ['signup', ['2026-01-05T10:00:00+02:00']],
    ['signup', ['01/31/2026', '02/01/2026']],
    ['fraction', ['1/2', '3/4']],
    ['version', ['1.2.3', '10.0.1']],
    ['article', ['20260105']],
    ['ip', ['10.1.2.3']],
    ['size', ['10-12']],
    ['quarter', ['Q1 2026']],
    ['label', ['Spring 2026']],
    ['month', ['January']],
    ['phone_b', ['030-12-345678']],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(csvColumn(header, values), 'DATES_NOT_ISO', header)).toBeUndefined()
  })
})

describe('lists and objects as text', () => {
  test.each<[string, string[], unknown]>([
    ['tags', ['["a","b"]', '[]'], { type: 'json' }],
    ['address', ['{"city":"fixture"}'], { type: 'json' }],
    ['pets', ['[{"name":"fixture"}]'], { type: 'json' }],
    ['sizes', ['[1, 2, 3]'], { type: 'json' }],
    ['prefs', [' {"a": 1} '], { type: 'json' }],
    ['empty', ['{}', '[]'], { type: 'json' }],
    ['nested', ['{"a":{"b":[1]}}'], { type: 'json' }],
    ['lines', ['[\n"a"\n]'], { type: 'json' }],
    ['tags', ["['a', 'b']"], 'no setting'],
    ['prefs', ["{'a': 'b'}"], 'no setting'],
    ['pg_array', ['{gold,silver}', '{red,blue}'], 'no setting'],
    ['tuple', ["('a', 'b')"], 'no setting'],
  ])('%s with %j', (header, values, rule) => {
    const request = csvColumn(header, values)
    expect(suggested(request, 'JSON_AS_TEXT', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['tags', [['a', 'b']]],
    ['address', [{ city: 'fixture' }]],
    ['note', ['[draft]']],
    ['note', ['[VIP] customer [old]']],
    ['note', ['{{first_name}}']],
    ['note', ['{gold}']],
    ['tags', ['a,b']],
    ['tags', ['["a"]', 'none']],
    ['quote', ['"a"']],
    ['note', ['(see file)']],
    ['note', ['[1, 2']],
    ['smile', ['[:-)']],
  ])('not of %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'JSON_AS_TEXT', header)).toBeUndefined()
  })
})
