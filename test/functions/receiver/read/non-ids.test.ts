import { describe, expect, test } from 'vitest'
import { readOneRow } from './read-one-row.ts'

const person = (external_id: string, settings: object = {}) => readOneRow({ external_id, a: 1 }, { settings })
const audience = (audience_id: string) => readOneRow({ external_id: 'u-1', audience_id, op: 'enter' })
const split = (split_id: string) =>
  readOneRow({ external_id: 'u-1', audience_id: '7', split_id, op: 'enter' })
const event = (event_name: string) =>
  readOneRow({ external_id: 'u-1', event_name, time: '2026-01-05T10:00:00Z' }, { endpoint: 'events' })
const words = (text: string) => text.split('  ')

describe('a word for nothing is no id', () => {
  test.each([
    ...words(
      'NULL  null  Null  <null>  (null)  [null]  {null}  "null"  NIL  nil  None  none  NONE  N/A  n/a  N.A.  NA',
    ),
    ...words(
      '#N/A  #NA  #NV  #N/D  #REF!  #VALUE!  #¡VALOR!  #NAME?  #DIV/0!  #NULL!  NaN  nan  -nan  NaT  <NA>',
    ),
    ...words(
      '1.#IND  -1.#QNAN  \\N  \\\\N  undefined  UNDEF  nullptr  DBNull  System.DBNull  NA_character_  pd.NA',
    ),
    ...words(
      '[object Object]  [object Null]  Optional(nil)  %!s(<nil>)  <no value>  (not set)  not available  unset',
    ),
    ...words(
      '-  --  —  ?  .  ...  *  ""  \'\'  {}  []  ()  <>  #  null null  00000000-0000-0000-0000-000000000000',
    ),
  ])('of anything: %s', (word) => {
    expect(person(word)).toBe('VALUE_MEANS_NOTHING external_id')
    expect(audience(word)).toBe('VALUE_MEANS_NOTHING audience_id')
    expect(split(word)).toBe('VALUE_MEANS_NOTHING split_id')
    expect(event(word)).toBe('VALUE_MEANS_NOTHING event_name')
  })

  test.each(words('true  FALSE  void  missing  empty  (blank)  unknown  nulo  vide  vacío  leer  nessuno'))(
    'of a person or an audience, though an event may have its name: %s',
    (word) => {
      expect(person(word)).toBe('VALUE_MEANS_NOTHING external_id')
      expect(audience(word)).toBe('VALUE_MEANS_NOTHING audience_id')
      expect(event(word)).toMatchObject({ name: word })
    },
  )

  test.each(words('anonymous  Guest  nobody  no user  unidentified  string  not_authenticated'))(
    'of a person: %s',
    (word) => {
      expect(person(word)).toBe('VALUE_MEANS_NOTHING external_id')
      expect(event(word)).toMatchObject({ name: word })
    },
  )
})

describe('a placeholder that was not filled is no id', () => {
  test.each([
    ...['{userId}', '{user.id}'].map((name) => `$${name}`),
    ...words('{{user.id}}  {{ external_id }}  {{{id}}}  <%= id %>  #{id}  %{id}  {$id}  {%id%}'),
    ...words(
      '%%user_id%%  %%=v(@id)=%%  *|USER_ID|*  [[user.id]]  [%user.id%]  <<user_id>>  @{id}  $(USER_ID)  @@id@@',
    ),
    ...words(
      '{user_id}  {0}  [external_id]  [User ID]  <user_id>  <id>  %USER_ID%  {userId}  prefix-{{id}}-suffix',
    ),
  ])('of anything: %s', (text) => {
    expect(person(text)).toBe('PLACEHOLDER_UNFILLED external_id')
    expect(audience(text)).toBe('PLACEHOLDER_UNFILLED audience_id')
    expect(event(text)).toBe('PLACEHOLDER_UNFILLED event_name')
  })

  test.each(words('%s  %d  %(id)s  %1$s  :user_id  __UID__'))('of a person or an audience: %s', (text) => {
    expect(person(text)).toBe('PLACEHOLDER_UNFILLED external_id')
    expect(event(text)).toMatchObject({ name: text })
  })
})

describe('a number that a spreadsheet or a data frame rewrote is no id', () => {
  test.each(
    words(
      '1042.0  1042.00  1042,0  -7.0  0.0  1.23457E+12  1.04E+03  1,23457E+12  1.042e3  1e+15  1,042  12,345,678',
    ),
  )('%s', (text) => {
    expect(person(text)).toBe('NUMBER_REWRITTEN external_id')
    expect(audience(text)).toBe('NUMBER_REWRITTEN audience_id')
    expect(event(text)).toMatchObject({ name: text })
  })

  test.each(['="007"', "'007", '=1042', '"1042"', "1'042"])('%s', (text) => {
    expect(person(text)).toBe('NUMBER_REWRITTEN external_id')
  })
})

test.each([
  ...words(
    '(2 rows)  2 rows  (1 row)  1,234 rows selected.  2 row(s) affected  Query OK, 3 rows affected  (2 Zeilen)',
  ),
  ...words(
    '(3 lignes)  2 filas  (2 righe)  Total  TOTAL  Grand Total  Summe  Somme  EOF  End of file  Trailer',
  ),
])('a line of a report is no person: %s', (text) => {
  expect(person(text)).toBe('NOT_A_DATA_ROW external_id')
  expect(event(text)).toMatchObject({ name: text })
})

test.each(words('external_id  EXTERNAL_ID  user_id  Customer ID  braze_id'))(
  'the name of a column is no person: %s',
  (text) => {
    expect(person(text)).toBe('HEADER_REPEATED external_id')
  },
)

test('the name of another column of the row is no person, and no audience is called audience_id', () => {
  expect(readOneRow({ external_id: 'tier', tier: 'gold' })).toBe('HEADER_REPEATED external_id')
  expect(readOneRow({ external_id: 'u-1', segment_id: 'Audience ID' })).toBe('HEADER_REPEATED segment_id')
})

describe('what merely looks similar is an id', () => {
  test.each([
    ...words('007  0  1042  1e5  12e5  5e12345  1234e567  u-1  12.5  1.5.0  2.0.1  10.42  1042.5  7e10abc'),
    ...words(
      'nulla  nullable  Nullmeier  banana  nano-7  nil-1  NA-17  none-1  total-7  rows-2  2rows  annabel',
    ),
    ...words(
      '{3F2504E0-4F89-11D3-9A0C-0305E82C3301}  00000000-0000-0000-0000-000000000001  a{1}b  100%  [VIP]  <3',
    ),
    ...words(
      'jane@example.com  +33 6 00 00 00 00  user:42  crm|42  a.b.c  Zoë  李雷  О-7  $12  #1042  5fbd99bac125ca40511f2cb1',
    ),
  ])('of a person: %s', (text) => {
    expect(person(text)).toMatchObject({ external_id: text })
  })

  test.each([
    ...words('👍  ❤️  cart_abandoned  Order > 100  Home >> Cart  50% off  [VIP] Purchase  2.0  v1.0  Total'),
    ...words(
      'Nil return  None of the above  undefined behaviour  event  name  NA sales  C#  Añadir al carrito',
    ),
  ])('of an event: %s', (text) => {
    expect(event(text)).toMatchObject({ name: text })
  })
})

test('a connection can accept each of them, with its case', () => {
  const settings = { allowValues: ['NA', '1042.0', '{{x}}', 'Total', 'tier'] }
  for (const external_id of settings.allowValues)
    expect(readOneRow({ external_id, tier: 'gold' }, { settings })).toMatchObject({ external_id })
  expect(person('na', settings)).toBe('VALUE_MEANS_NOTHING external_id')
})

test.each([
  ['a person', { external_id: 'NULL', a: 1 }, 'IDENTIFIER_MISSING'],
  ['an audience', { external_id: 'u-1', audience_id: 'NULL', a: 1 }, { external_id: 'u-1', a: 1 }],
  ['an attribute', { external_id: 'u-1', a: 1, tier: ' \\N ' }, { external_id: 'u-1', a: 1 }],
  [
    'an attribute in another case',
    { external_id: 'u-1', tier: 'null' },
    { external_id: 'u-1', tier: 'null' },
  ],
  ['a column with a type', { external_id: 'u-1', a: 1, ltv: 'NULL' }, { external_id: 'u-1', a: 1 }],
])("a connection's word for nothing makes an empty cell: %s", (_, row, expected) => {
  const settings = { emptyWords: ['NULL', '\\N'], columns: { ltv: { type: 'number' } } }
  expect(readOneRow(row, { settings })).toEqual(expected)
})

test("a connection's word for nothing removes the attribute where empty cells do", () => {
  const settings = { emptyWords: ['NULL'], emptyCells: 'null' }
  expect(readOneRow({ external_id: 'u-1', tier: 'NULL' }, { settings })).toEqual({
    external_id: 'u-1',
    tier: null,
  })
})

test('a run and the id of an event that are words for nothing are not there', () => {
  const run = readOneRow({ external_id: 'u-1', run_id: 'NULL', a: 1 })
  expect(run).toEqual({ external_id: 'u-1', a: 1 })
})

test.each([
  ['an audience', { audience_id: 'NULL' }],
  ['a split', { audience_id: '7', split_id: '#N/A' }],
  ['a placeholder', { audience_id: '{{audience.id}}' }],
  ['a rewritten number', { audience_id: '1042.0' }],
])('%s beside the rows or in the URL concerns all rows', (_, beside) => {
  expect(() => readOneRow({ external_id: 'u-1' }, { beside })).toThrow('field-unreadable')
})
