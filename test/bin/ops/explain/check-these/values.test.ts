import { describe, expect, test } from 'vitest'
import { type Check, check, codesOf, column, csvColumn, left, rejectedAndWarned, suggested } from './check.ts'

describe('standard fields under other names', () => {
  test.each<[string, unknown[], unknown]>([
    ['e-mail address', ['a@example.com'], { rename: 'email' }],
    ['mail', ['a@example.com'], { rename: 'email' }],
    ['E-Mail-Adresse', ['a@example.com'], { rename: 'email' }],
    ['courriel', ['a@example.com'], { rename: 'email' }],
    ['correo_electrónico', ['a@example.com'], { rename: 'email' }],
    ['emial', ['a@example.com'], { rename: 'email' }],
    ['fname', ['Fixture'], { rename: 'first_name' }],
    ['Given Name', ['Zoé'], { rename: 'first_name' }],
    ['Vorname', ['Jürgen'], { rename: 'first_name' }],
    ['prénom', ['Zoé'], { rename: 'first_name' }],
    ['frist_name', ['Fixture'], { rename: 'first_name' }],
    ['surname', ["O'Fixture"], { rename: 'last_name' }],
    ['lname', ['Fixture'], { rename: 'last_name' }],
    ['Nachname', ['von Fixture'], { rename: 'last_name' }],
    ['apellidos', ['Fixture Example'], { rename: 'last_name' }],
    ['birthday', ['1990-01-05'], { rename: 'dob' }],
    ['birthdate', ['05/01/1990'], { rename: 'dob' }],
    ['date_of_birth', ['346204800000'], { rename: 'dob', type: 'date_ms' }],
    ['Geburtsdatum', ['05.01.1990'], { rename: 'dob' }],
    ['fecha de nacimiento', ['1990-01-05'], { rename: 'dob' }],
    ['mobile', ['+49 170 1234567'], { rename: 'phone' }],
    ['phone_number', [491_701_234_567], { rename: 'phone' }],
    ['msisdn', ['491701234567'], { rename: 'phone' }],
    ['Handynummer', ['0170/1234567'], { rename: 'phone' }],
    ['city', ['Köln'], { rename: 'home_city' }],
    ['Wohnort', ['Köln'], { rename: 'home_city' }],
    ['ville', ['Lyon'], { rename: 'home_city' }],
    ['country_code', ['DE', 'FR'], { rename: 'country' }],
    ['pays', ['FR'], { rename: 'country' }],
    ['contry', ['DE'], { rename: 'country' }],
    ['lang', ['en'], { rename: 'language' }],
    ['locale', ['de-DE', 'en_US'], { rename: 'language' }],
    ['Sprache', ['de'], { rename: 'language' }],
    ['tz', ['Europe/Berlin'], { rename: 'time_zone' }],
    ['sex', ['F', 'M'], { rename: 'gender' }],
    ['Geschlecht', ['w', 'm'], { rename: 'gender' }],
    ['newsletter_opt_in', ['opted_in', 'unsubscribed'], { rename: 'email_subscribe' }],
    ['email_opt_in', ['true', 'false'], 'no setting'],
    ['newsletter', ['ja', 'nein'], 'no setting'],
    ['email_opt_out', [true, false], 'no setting'],
    ['push_opt_in', [1, 0], 'no setting'],
    ['avatar_url', ['https://example.com/a.png'], { rename: 'image_url' }],
  ])('%s with %j', (header, values, rule) => {
    const request = column(header, values)
    expect(suggested(request, 'STANDARD_FIELD_NOT_READ', header)).toEqual(rule)
    expect(left(request)).toEqual([])
  })

  test.each<[string, string]>([
    ['EMAIL', 'email'],
    ['First Name', 'first_name'],
    ['homeCity', 'home_city'],
    ['Time-Zone', 'time_zone'],
    ['EMAIL_SUBSCRIBE', 'email_subscribe'],
  ])('%s, if the connection only reads exact names', (header, field) => {
    const values = field === 'email_subscribe' ? ['subscribed'] : ['a@example.com']
    const request = { ...column(header, values), rules: { matchStandardFields: false } }
    expect(suggested(request, 'STANDARD_FIELD_NOT_READ', header)).toEqual({ rename: field })
    expect(left(request)).toEqual([])
  })

  test("Braze's own body: only other spellings, without a setting", () => {
    const body = '{"attributes":[{"external_id":"u","EMAIL":"a@example.com","mobile":"+49 170 1234567"}]}'
    const request: Check = { endpoint: 'users/track', body }
    expect(suggested(request, 'STANDARD_FIELD_NOT_READ', 'attributes › EMAIL')).toBe('no setting')
    expect(suggested(request, 'STANDARD_FIELD_NOT_READ', 'attributes › mobile')).toBeUndefined()
  })

  test.each<[string, Check]>([
    ['mail', column('mail', ['yes', 'no'])],
    ['mail', { rows: [{ external_id: 'u', email: 'a@example.com', mail: 'b@example.com' }] }],
    ['EMAIL', column('EMAIL', ['a@example.com'])],
    ['mobile', column('mobile', [true, false])],
    ['cell', column('cell', ['A7'])],
    ['city', column('city', ['12', '13'])],
    ['land', column('land', ['500 acres'])],
    ['nombre', column('nombre', ['3'])],
    ['county', column('county', ['GB', 'FR'])],
    ['sender', column('sender', ['m'])],
    ['list_name', column('list_name', ['fixture'])],
    ['email_2', column('email_2', ['a@example.com'])],
    ['portable', column('portable', ['yes'])],
    ['photo', column('photo', [true])],
    ['birthday', column('birthday', ['soon'])],
    ['tz', column('tz', ['+01:00'])],
    ['locale', column('locale', ['Downtown Store'])],
    ['newsletter', column('newsletter', ['weekly', 'monthly'])],
    ['sex', column('sex', [1, 2])],
    ['surname', { ...column('surname', ['Fixture']), rules: { columns: { surname: { rename: 'name_2' } } } }],
    [
      'city',
      { endpoint: 'events', rows: [{ external_id: 'u', event_name: 'e', time: '2026-01-05', city: 'Lyon' }] },
    ],
  ])('not %s', (header, request) => {
    expect(suggested(request, 'STANDARD_FIELD_NOT_READ', header)).toBeUndefined()
  })
})

const emptyWords = (request: Check) =>
  check(request).find(({ code }) => code === 'EMPTY_WORDS')?.setting?.emptyWords

describe('words that mean nothing', () => {
  test.each([
    'NULL',
    'null',
    '\\N',
    'n/a',
    'N/A',
    'NaN',
    'nan',
    'undefined',
    '#N/A',
    '<null>',
    '(null)',
    '[NULL]',
    'NaT',
    '<NA>',
    '#REF!',
    '#DIV/0!',
    '#VALUE!',
    '#NV',
    '#NULL!',
    'k.A.',
    '#¡VALOR!',
    '00000000-0000-0000-0000-000000000000',
    '<none>',
    'System.DBNull',
  ])('%s', (word) => {
    expect(emptyWords(csvColumn('favourite', ['blue', word]))).toEqual([word])
  })

  test.each<[string, Check, string[]]>([
    ['None among numbers', csvColumn('LTV', ['12.5', 'None']), ['None']],
    ['None alone', csvColumn('favourite', ['None', 'None']), ['None']],
    ['None in two columns', { body: 'external_id,a,b\nfixture-u1,None,x\nfixture-u2,y,None\n' }, ['None']],
    ['a standard field', csvColumn('first_name', ['NULL', 'Fixture']), ['NULL']],
    ['a surname and another column', { body: 'external_id,last_name,b\nfixture-u1,NULL,NULL\n' }, ['NULL']],
    ['JSON', column('favourite', ['NULL', 'blue']), ['NULL']],
    ['two words', csvColumn('favourite', ['NULL', 'n/a', 'blue']), ['NULL', 'n/a']],
  ])('%s', (_, request, words) => {
    expect(emptyWords(request)).toEqual(words)
  })

  test('adds to the words of the connection, which are empty already', () => {
    const request = csvColumn('favourite', ['NULL', ' n/a ', 'blue'])
    expect(check({ ...request, rules: { emptyWords: ['NULL'] } })).toMatchObject([
      { code: 'EMPTY_WORDS', column: 'favourite', rows: 1, setting: { emptyWords: ['NULL', 'n/a'] } },
    ])
    expect(check({ ...request, rules: { emptyWords: ['NULL', 'n/a'] } })).toEqual([])
    expect(emptyWords({ ...request, rules: { emptyWords: ['null', 'n/a'] } })).toEqual([
      'null',
      'n/a',
      'NULL',
    ])
  })

  test("Braze's own body: no setting", () => {
    const body = '{"attributes":[{"external_id":"u","favourite":"NULL"}]}'
    expect(check({ endpoint: 'users/track', body })).toMatchObject([{ code: 'EMPTY_WORDS' }])
    expect(emptyWords({ endpoint: 'users/track', body })).toBeUndefined()
  })

  test.each<[string, Check]>([
    ['None as an answer', csvColumn('allergies', ['None', 'Nuts'])],
    ['a surname', csvColumn('last_name', ['Null', 'NULL', 'Fixture'])],
    ['Namibia', csvColumn('origin', ['NA', 'DE'])],
    ['first names', csvColumn('first_name', ['Nan', 'Nat'])],
    ['an answer', csvColumn('status', ['Not available', 'in stock'])],
    ['signs', csvColumn('mood', ['?', '...'])],
    [
      'a word that the connection allows',
      { ...csvColumn('favourite', ['NULL']), rules: { allowValues: ['NULL'] } },
    ],
    ['none in small letters', csvColumn('allergies', ['none', 'none'])],
    ['a longer text', csvColumn('note', ['NULL pointer'])],
    ['null', column('favourite', [null, 'blue'])],
    ['an empty text', column('favourite', ['', 'blue'])],
    ['unknown', csvColumn('favourite', ['unknown', 'blue'])],
    ['a dash', csvColumn('favourite', ['-', 'blue'])],
    ['zero', csvColumn('favourite', ['zero', '0'])],
    [
      'a dropped column',
      { ...csvColumn('favourite', ['NULL']), rules: { columns: { favourite: { drop: true } } } },
    ],
  ])('not %s', (_, request) => {
    expect(codesOf(request)).not.toContain('EMPTY_WORDS')
  })
})

describe('text in a wrong character set', () => {
  test.each([
    'Caf\u00c3\u00a9',
    'K\u00c3\u00b6ln',
    'M\u00c3\u00bcnchen',
    'don\u00e2\u20ac\u2122t',
    '\u00e2\u20ac\u0153quoted\u00e2\u20ac\u009d',
    '25 \u00c2\u00b0C',
    'S\u00c3\u00a3o Paulo',
    '\u00c5\u0081\u00c3\u00b3d\u00c5\u00ba',
    '\u00d0\u0178\u00d1\u20ac\u00d0\u00b8\u00d0\u00b2\u00d0\u00b5\u00d1\u201a',
    '\u00f0\u0178\u02dc\u20ac',
    'Caf\u00c3\u0192\u00c2\u00a9',
    'Caf\u221a\u00a9',
    'don\u201a\u00c4\u00f4t',
    'Zo\u00c3\u00ab',
    'Acme\u00c2\u00ae',
  ])('%s', (text) => {
    expect(codesOf(column('home_city', [text, 'Berlin']))).toContain('GARBLED_TEXT')
  })

  test('lost characters are rejected, and not warned about', () => {
    expect(rejectedAndWarned(column('home_city', ['K\ufffdln', 'Berlin']))).toEqual({
      rejected: { TEXT_DAMAGED: 1 },
      warned: [],
    })
  })

  test('also in headers, lists and objects', () => {
    expect(codesOf(column('Pr\u00c3\u00a9f\u00c3\u00a9rence', ['a']))).toContain('GARBLED_TEXT')
    expect(codesOf(column('tags', [['Caf\u00c3\u00a9']]))).toContain('GARBLED_TEXT')
    expect(codesOf(column('address', [{ city: 'K\u00c3\u00b6ln' }]))).toContain('GARBLED_TEXT')
  })

  test.each([
    'Café',
    'Köln',
    'São Paulo',
    'SÃO PAULO',
    'Ação',
    'NESCAFÉ®',
    '«CAFÉ»',
    'Łódź',
    'Привет',
    '日本語',
    '😀',
    'Ångström',
    'naïve',
    '25 °C',
    '€ 12',
    'don’t',
    '“quoted”',
    'Ð',
    'Đà Nẵng',
    'Björk Guðmundsdóttir',
    'Kraków',
    'MÜLLER™',
    '√2',
  ])('not %s', (text) => {
    expect(codesOf(column('home_city', [text, 'Berlin']))).not.toContain('GARBLED_TEXT')
  })
})
