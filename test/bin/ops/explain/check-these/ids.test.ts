import { describe, expect, test } from 'vitest'
import { type Check, check, codesOf, rejectedAndWarned } from './check.ts'

const withIds = (ids: readonly unknown[], more: Partial<Check> = {}): Check => ({
  rows: ids.map((external_id) => ({ external_id, tier: 'gold' })),
  ...more,
})

/** The codes about ids, each with its number of rows. */
const aboutIds = (request: Check) =>
  Object.fromEntries(
    check(request)
      .filter(({ code }) => /ID_|_ID/.test(code))
      .map(({ code, rows }) => [code, rows]),
  )

const numbered = (count: number, from = 50_001) =>
  Array.from({ length: count }, (_, n) => String(from + n * 7))

describe('unlikely ids', () => {
  test.each<[unknown[], object]>([
    [['0', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [[0, -1, 17], { ID_STANDS_FOR_NOBODY: 2 }],
    [['-999', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [['00000000', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [[999_999_999, 17], { ID_STANDS_FOR_NOBODY: 1 }],
    [['x', 'X'], { ID_STANDS_FOR_NOBODY: 2 }],
    [['default', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [['TBD', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [[' 0 ', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [['unbekannt', 'u-1'], { ID_STANDS_FOR_NOBODY: 1 }],
    [['inconnu'], { ID_STANDS_FOR_NOBODY: 1 }],
    [['a@example.com', 'b@example.com'], { ID_IS_EMAIL: 2 }],
    [['u-1', 'a.b+c@mail.example.co.uk'], { ID_IS_EMAIL: 1 }],
    [['A@EXAMPLE.COM', ' b@example.com '], { ID_IS_EMAIL: 2 }],
    [['u 1', 'u-2'], { ID_HAS_SPACES: 1 }],
    [['u\u20601', 'u\u30001', 'u\n1'], { ID_HAS_SPACES: 3 }],
    [['u\u200b1'], { ID_HAS_SPACES: 1 }],
    [['u\u00a01', 'u-2'], { ID_HAS_SPACES: 1 }],
    [['u\t1'], { ID_HAS_SPACES: 1 }],
    [['u\u00ad1'], { ID_HAS_SPACES: 1 }],
    [['1234560000000', '7654320000000'], { ID_CUT_OFF: 2 }],
    [['1234567890123450', '2345678901234560', '3456789012345670'], { ID_CUT_OFF: 3 }],
    [['123456789012345000'], { ID_CUT_OFF: 1 }],
    [['12345678901234500000', 'u-1'], { ID_CUT_OFF: 1 }],
    [['507f1f77bcf86cd799439011', '507f191e810c19729de860ea'], { ID_LOOKS_LIKE_BRAZE_ID: 2 }],
    [[...numbered(150), 'Nord'], { ID_UNLIKE_OTHERS: 1 }],
    [[...numbered(150), 'K-17', '12a'], { ID_UNLIKE_OTHERS: 2 }],
    [[...numbered(150), 'a@example.com'], { ID_IS_EMAIL: 1 }],
    [Array(30).fill('u-1'), { ONE_ID_FOR_ALL: 30 }],
    [[...Array(30).fill('u-1'), 'u-2'], { ONE_ID_FOR_ALL: 30 }],
  ])('%j', (ids, codes) => {
    expect(aboutIds(withIds(ids))).toEqual(codes)
  })

  test.each<[unknown[]]>([
    [['u-1', 'u-2']],
    [['10', '20', '1000']],
    [[17, 18]],
    [['10000000', '20000000']],
    [['1234567890123450', '2345678901234567', '3456789012345670']],
    [['1000000000000017']],
    [['3f2b8c1e-0000-4000-8000-000000000001']],
    [['crm:17', 'crm:18']],
    [['truelove', 'nobodysaint', 'x1']],
    [['user@', '@fixture', 'a@b']],
    [['1042.10', 'v1.0.2']],
    [['123456789012345678901234']],
    [['507F1F77BCF86CD799439011']],
    [['507f1f77bcf86cd799439011', 'u-1']],
    [numbered(150)],
    [[...numbered(60), ...numbered(60).map((id) => `K${id}`)]],
    [[...numbered(50), 'K-17']],
    [Array(10).fill('u-1')],
    [['u_1', 'u.2', 'u/3', 'ü-4']],
  ])('not %j', (ids) => {
    expect(aboutIds(withIds(ids))).toEqual({})
  })

  test.each<[unknown[], object, string[]]>([
    [['true', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, []],
    [['unknown', 'Unknown', 'u-1'], { VALUE_MEANS_NOTHING: 2 }, []],
    [['anonymous', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, []],
    [['[object Object]', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, []],
    [['00000000-0000-0000-0000-000000000000', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, []],
    [['#DIV/0!', '#N/A', 'u-1'], { VALUE_MEANS_NOTHING: 2 }, []],
    [['-', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, []],
    [['{{user.id}}', 'u-1'], { PLACEHOLDER_UNFILLED: 1 }, []],
    [['%%ID%%', 'u-1'], { PLACEHOLDER_UNFILLED: 1 }, []],
    [['1042.0', '1043.0', '1044'], { NUMBER_REWRITTEN: 2 }, []],
    [['1.04E+15', '17'], { NUMBER_REWRITTEN: 1 }, []],
    [['1e+21', '17'], { NUMBER_REWRITTEN: 1 }, []],
    [['external_id', 'u-1'], { HEADER_REPEATED: 1 }, []],
    [[...numbered(150), 'Total'], { NOT_A_DATA_ROW: 1 }, []],
    [[...numbered(150), 'NULL', 'Nord'], { VALUE_MEANS_NOTHING: 1 }, ['ID_UNLIKE_OTHERS']],
    [['NULL', '0', 'u-1'], { VALUE_MEANS_NOTHING: 1 }, ['ID_STANDS_FOR_NOBODY']],
  ])('%j are rejected, and not warned about', (ids, rejected, warned) => {
    expect(rejectedAndWarned(withIds(ids))).toEqual({ rejected, warned })
  })

  test.each<[unknown[]]>([
    [['0', 'u-1']],
    [['unknown', 'u-1']],
    [['1042.0', '17']],
    [['a@example.com', 'u-1']],
  ])('not %j, if the connection allows them', (ids) => {
    const rules = { allowValues: ['0', 'unknown', '1042.0', 'a@example.com'] }
    expect(rejectedAndWarned(withIds(ids, { rules }))).toEqual({ rejected: {}, warned: [] })
  })

  test('suggests the other identifier', () => {
    expect(check(withIds(['507f1f77bcf86cd799439011']))).toMatchObject([
      { code: 'ID_LOOKS_LIKE_BRAZE_ID', setting: { columns: { external_id: { rename: 'braze_id' } } } },
    ])
  })

  test("says the same of Braze's own body", () => {
    const body = '{"attributes":[{"external_id":"a@example.com","tier":"gold"}]}'
    expect(check({ endpoint: 'users/track', body })).toMatchObject([
      { code: 'ID_IS_EMAIL', column: 'attributes › external_id', rows: 1 },
    ])
  })

  test('looks at ids without the prefix that the connection strips', () => {
    expect(aboutIds(withIds(['crm:0', 'crm:17'], { rules: { stripIdPrefix: 'crm:' } }))).toEqual({
      ID_STANDS_FOR_NOBODY: 1,
    })
  })
})

const withAudience = (audience_id: unknown): Check => ({ rows: [{ external_id: 'fixture-u1', audience_id }] })

describe('unlikely ids of audiences', () => {
  test.each([
    'Loyal customers',
    'VIP 2026',
    '10 42',
    '10\u200b42',
    '10\u00a042',
    '10\t42',
    '10\u00ad42',
    'Summer\nsale',
    'team@example.com',
    ' Loyal customers ',
  ])('%j', (id) => {
    expect(codesOf(withAudience(id))).toEqual(['AUDIENCE_ID_UNLIKELY'])
  })

  test.each([
    ['1042.0', 'NUMBER_REWRITTEN'],
    ['1.042E+03', 'NUMBER_REWRITTEN'],
    ['1,042', 'NUMBER_REWRITTEN'],
    ['NULL', 'VALUE_MEANS_NOTHING'],
    ['null', 'VALUE_MEANS_NOTHING'],
    ['NaN', 'VALUE_MEANS_NOTHING'],
    ['undefined', 'VALUE_MEANS_NOTHING'],
    ['#N/A', 'VALUE_MEANS_NOTHING'],
    ['{{audience.id}}', 'PLACEHOLDER_UNFILLED'],
    ['%%AUDIENCE%%', 'PLACEHOLDER_UNFILLED'],
    ['Loyal_customers', 'AUDIENCE_ID_INVALID'],
    ['Loyal customers, old', 'AUDIENCE_ID_INVALID'],
  ])('%s is rejected with %s, and not warned about', (id, code) => {
    expect(rejectedAndWarned(withAudience(id))).toEqual({ rejected: { [code]: 1 }, warned: [] })
  })

  test('not an id that the connection allows', () => {
    expect(codesOf({ ...withAudience('VIP 2026'), rules: { allowValues: ['VIP 2026'] } })).toEqual([])
  })

  test.each([
    '1042',
    1042,
    '3f2b8c1e-0000-4000-8000-000000000001',
    'summer-sale',
    'VIP',
    '1042.5',
    'v2.0',
    '0',
    ' 1042 ',
    'A.B',
  ])('not %s', (id) => {
    expect(codesOf(withAudience(id))).not.toContain('AUDIENCE_ID_UNLIKELY')
  })
})

describe('files that change nothing', () => {
  test.each<[string, Check, string]>([
    ['an empty file', { body: '' }, 'NO_ROWS'],
    ['a header', { body: 'external_id,tier\n' }, 'NO_ROWS'],
    ['lines joined into one', { body: 'external_id,tier u-1,gold' }, 'NO_ROWS'],
    ['an empty list', { body: '[]' }, 'NO_ROWS'],
    ['an empty list in an object', { body: '{"records":[]}' }, 'NO_ROWS'],
    ['a header and a ruler', { body: 'external_id,tier\n-----------,----\n' }, 'NO_ROWS'],
    ['a header twice', { body: 'external_id,tier\nexternal_id,tier\n' }, 'NO_ROWS'],
    [
      "objects of Braze's own body with an identifier alone",
      { endpoint: 'users/track', body: '{"attributes":[{"external_id":"u"}]}' },
      'NOTHING_TO_WRITE',
    ],
  ])('%s', (_, request, code) => {
    expect(codesOf(request)).toEqual([code])
  })

  test.each<[string, Check, string]>([
    ['no person', { body: '[{"tier":"gold"}]' }, 'IDENTIFIER_MISSING'],
    ['a person and nothing else', { body: 'external_id\nfixture-u1\n' }, 'ROW_EMPTY'],
  ])('%s is rejected, and not warned about', (_, request, code) => {
    expect(rejectedAndWarned(request)).toEqual({ rejected: { [code]: 1 }, warned: [] })
  })

  test('does not call a body empty whose lines were skipped', () => {
    const [warning] = check({ body: 'external_id,tier\n-----------,----\n' })
    expect(warning?.message).toContain('There are no rows: all lines were skipped because they are not data.')
  })

  test.each<[string, Check]>([
    ['an attribute', { body: 'external_id,tier\nfixture-u1,gold\n' }],
    ['a membership', { body: 'external_id,audience_id\nfixture-u1,7\n' }],
    ['an event', { body: 'external_id,event_name,time\nfixture-u1,Seen,2026-01-05\n' }],
    ['null', { body: '[{"external_id":"fixture-u1","tier":null}]' }],
    ['one row of several', { body: '[{"external_id":"fixture-u1","tier":"gold"},{"tier":"gold"}]' }],
  ])('not %s', (_, request) => {
    expect(codesOf(request)).toEqual([])
  })
})
