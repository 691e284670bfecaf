import { describe, expect, test } from 'vitest'
import { type Check, check, column, left, suggested } from './check.ts'

const two = (first: object, second: object, more: Partial<Check> = {}): Check => ({
  rows: [
    { external_id: 'fixture-u1', ...first },
    { external_id: 'fixture-u2', ...first },
    { external_id: 'fixture-u3', ...second },
  ],
  ...more,
})

describe('headers that are almost equal', () => {
  test.each<[string, Check, string, unknown]>([
    ['case', two({ tier: 'a' }, { TIER: 'b' }), 'TIER', undefined],
    ['a space', two({ loyalty_tier: 'a' }, { 'Loyalty Tier': 'b' }), 'Loyalty Tier', undefined],
    ['camel case', two({ loyalty_tier: 'a' }, { loyaltyTier: 'b' }), 'loyaltyTier', undefined],
    ['a dash', two({ 'loyalty-tier': 'a' }, { loyalty_tier: 'b' }), 'loyalty_tier', undefined],
    ['two underscores', two({ loyalty_tier: 'a' }, { loyalty__tier: 'b' }), 'loyalty__tier', undefined],
    ['a zero-width space', two({ tier: 'a' }, { 'ti\u200ber': 'b' }), 'ti<U+200B>er', undefined],
    [
      'a non-breaking space',
      two({ 'loyalty tier': 'a' }, { 'loyalty\u00a0tier': 'b' }),
      'loyalty<U+00A0>tier',
      undefined,
    ],
    ['a soft hyphen', two({ tier: 'a' }, { 'ti\u00ader': 'b' }), 'ti<U+00AD>er', undefined],
    [
      'composed letters',
      two({ prénom_b: 'a' }, { 'pre\u0301nom_b': 'b' }),
      'pre\u0301nom_b',
      { rename: 'prénom_b' },
    ],
    ['one row', two({ tier: 'a', TIER: 'a' }, {}), 'TIER', undefined],
  ])('%s', (_, request, header, rule) => {
    const warning = check(request).find(
      ({ code, column }) => code === 'HEADERS_ALMOST_EQUAL' && column === header,
    )
    expect(warning?.setting?.columns?.[header]).toEqual(rule)
    expect(Object.keys(warning?.setting?.columns ?? {})).toHaveLength(1)
    expect(left(request)).toEqual([])
  })

  test('of different values in one row, no setting helps', () => {
    const request = two({ tier: 'a', TIER: 'b' }, {})
    expect(suggested(request, 'HEADERS_ALMOST_EQUAL', 'TIER')).toBe('no setting')
  })

  test('properties of events', () => {
    const request = two({ event_name: 'e', page: 'a' }, { event_name: 'e', Page: 'b' })
    expect(check(request).find(({ code }) => code === 'HEADERS_ALMOST_EQUAL')).toMatchObject({
      column: 'Page',
      setting: { columns: { page: { rename: 'page' } } },
    })
  })

  test("Braze's own body", () => {
    const body = '{"attributes":[{"external_id":"u","Tier":"a"},{"external_id":"v","tier":"b"}]}'
    expect(suggested({ endpoint: 'users/track', body }, 'HEADERS_ALMOST_EQUAL', 'attributes › tier')).toBe(
      'no setting',
    )
  })

  test.each<[string, Check]>([
    ['other words', two({ tier: 'a' }, { tiers: 'b' })],
    ['an outer space', two({ tier: 'a' }, { 'tier ': 'b' })],
    ['a zero-width space at the end', two({ tier: 'a' }, { 'tier\u200b': 'b' })],
    ['a byte order mark', two({ tier: 'a' }, { '\ufefftier': 'b' })],
    ['digits apart', two({ score_1_0: 'a' }, { score_10: 'b' })],
    ['a number', two({ tier1: 'a' }, { tier2: 'b' })],
    ['the person', two({ EXTERNAL_ID: 'fixture-u1' }, {})],
    ['a standard field', two({ EMAIL: 'a@example.com' }, { email: 'b@example.com' })],
    ['memberships', two({ AIQ_1042_2: true }, { aiq_1042_2: true })],
    ['times', two({ timestamp: '2026-01-05' }, { TIMESTAMP: '2026-01-05' })],
    ['an attribute and a property', two({ page: 'a' }, { event_name: 'e', PAGE: 'b' })],
    [
      'a column that is dropped',
      two({ tier: 'a' }, { TIER: 'b' }, { rules: { columns: { tier: { drop: true } } } }),
    ],
    [
      'a column that is renamed',
      two({ tier: 'a' }, { TIER: 'b' }, { rules: { columns: { tier: { rename: 'level' } } } }),
    ],
    ['an empty column', two({ tier: 'a' }, { TIER: '' })],
  ])('not %s', (_, request) => {
    expect(check(request).filter(({ code }) => code === 'HEADERS_ALMOST_EQUAL')).toEqual([])
  })
})

describe('columns without a name', () => {
  test.each<[string, unknown[]]>([
    ['Unnamed: 0', ['0', '1']],
    ['Unnamed: 0.1', ['0']],
    ['_c0', ['a']],
    ['_col3', ['a']],
    ['...1', ['1']],
    ['__index_level_0__', [0, 1]],
    ['?column?', ['a']],
    ['f0_', ['a']],
    ['EXPR$0', ['a']],
    ['Column1', ['a']],
    ['(No column name)', ['a']],
    ['Spalte 3', ['a']],
    ['colonne2', ['a']],
    ['anon_1', ['a']],
    ['Expr1000', ['a']],
    ['count_star()', [3]],
    ['SUM(amount)', [3]],
    ['$1', ['a']],
    ['0', ['a']],
    ['level_0', [0]],
    ['index', [0, 1, 2]],
    ['X', ['1', '2', '3']],
    ['row_number', ['1', '2', '3']],
  ])('%s with %j', (header, values) => {
    const request = column(header, values)
    expect(suggested(request, 'COLUMN_WITHOUT_NAME', header)).toEqual({ drop: true })
    expect(left(request)).toEqual([])
  })

  test.each<[string, unknown[]]>([
    ['index', [120, 97, 103]],
    ['X', ['handle', 'other', 'third']],
    ['row_number', ['7', '7', '7']],
    ['column', ['a']],
    ['col_width', ['a']],
    ['level_up', ['a']],
    ['level', ['1']],
    ['unnamed_pet', ['a']],
    ['f1_fan', ['a']],
    ['expression', ['a']],
    ['anonymous', ['a']],
    ['sum', ['a']],
    ['field_of_study', ['a']],
    ['2026_spend', ['a']],
    ['1000points', ['a']],
    ['_private', ['a']],
  ])('not %s with %j', (header, values) => {
    expect(suggested(column(header, values), 'COLUMN_WITHOUT_NAME', header)).toBeUndefined()
  })
})
